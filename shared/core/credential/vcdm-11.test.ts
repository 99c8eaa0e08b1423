import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { Foreigner, foreignClaims, foreignPresentation, foreignType } from '../../../tests/fixtures/foreign.ts'
import { World } from '../../../tests/fixtures/world.ts'
import { readVectors, vectorsFolder } from '../../../tests/house/vectors.ts'
import { parsePublicJwk, type PublicJwk } from '../crypto/key.ts'
import { formatDidKey } from '../did/key.ts'
import type { Json, JsonObject } from '../encoding/json.ts'
import { noEvidence } from '../presentation/evidence.ts'
import { judgePresentation } from '../presentation/judge.ts'
import { parsePresentation } from '../presentation/presentation.ts'
import type { LocalAnchor } from '../trust/policy.ts'
import { judgeVcClaims, judgeVcSignature, matterOfVc } from './judge-vc-jwt.ts'
import { holderKeyOfVc } from './vc-document.ts'
import { parseVcJwt } from './vc-jwt.ts'
import { parseVcPresentation } from './vp-jwt.ts'

let world: World
beforeAll(async () => {
  world = await World.make()
})

type Members = Readonly<Record<string, Json | undefined>>
interface Circumstances {
  readonly document?: Members
  readonly credential?: Members
  readonly credentialHeader?: Members
  readonly presentation?: Members
  readonly header?: Members
  readonly presenter?: Foreigner
  readonly holder?: Foreigner
  readonly anchors?: readonly LocalAnchor[]
  readonly query?: JsonObject
}

const issuer = new Foreigner('issuer')
const holder = new Foreigner('holder', 'EdDSA')
const now = World.start
const asking: JsonObject = {
  credentials: [
    {
      ...{ id: 'card', format: 'jwt_vc_json', meta: { type_values: [['VerifiableCredential', foreignType]] } },
      claims: [{ path: ['credentialSubject', 'given_name'] }],
    },
  ],
}

async function found(circumstances: Circumstances = {}): Promise<string> {
  const { document, credential, credentialHeader, presentation, header, query = asking } = circumstances
  const who = circumstances.holder ?? holder
  const presenter = circumstances.presenter ?? who
  const claims = { ...foreignClaims(issuer, who, now - 3_600, document), ...credential }
  const token = await issuer.sign(credentialHeader ?? {}, claims)
  const request = world.request({ query })
  const shown = { ...foreignPresentation(presenter, [token], request, now), ...presentation }
  const answer = parsePresentation(request, { card: [await presenter.sign(header ?? {}, shown)] })
  const anchors = circumstances.anchors ?? [{ did: issuer.did, types: [foreignType] }]
  const { outcome, findings } = await judgePresentation(answer, noEvidence, world.policy({ anchors }), now)
  return [outcome, ...findings.map(({ code, at }) => `${code} ${at}`).sort()].join(', ')
}

const binding = 'credentials/0/key_binding'

describe('a credential of VCDM 1.1 in its presentation', () => {
  it('is accepted of an issuer this verifier trusts by itself', async () => {
    expect(await found()).toBe('accepted')
    expect(await found({ holder: new Foreigner('holder', 'ES256K') })).toBe('accepted')
    expect(await found({ holder: new Foreigner('holder', 'ES256') })).toBe('accepted')
  })

  it('is unknown of any other, and refused for another type', async () => {
    expect(await found({ anchors: [] })).toBe('undecided, issuer.unknown credentials/0/issuer')
    expect(await found({ anchors: [{ did: issuer.did, types: ['urn:other'] }] })).toBe(
      'rejected, issuer.not_accredited credentials/0/issuer',
    )
  })

  it.each<[string, Circumstances, string]>([
    ['another party in the document', { document: { issuer: holder.did } }, 'issuer.names_disagree credentials/0'],
    ['no party in the token', { credential: { iss: undefined } }, 'accepted'],
    ['another subject', { credential: { sub: issuer.did } }, 'credential.names_disagree credentials/0'],
    ['another name', { document: { id: 'urn:uuid:2' } }, 'credential.names_disagree credentials/0'],
    ['a subject that is no text', { credential: { sub: {} } }, 'credential.names_disagree credentials/0'],
    ['an end in the document', { document: { expirationDate: '2026-01-01T00:00:00Z' } }, 'credential.expired'],
    ['an end without zone', { document: { expirationDate: '2027-01-01T00:00:00' } }, 'credential.claim_missing'],
    ['a start in the document', { document: { issuanceDate: '2027-01-01T00:00:00Z' } }, 'credential.not_yet_valid'],
    [
      'the context of 2.0',
      { document: { '@context': ['https://www.w3.org/ns/credentials/v2'] } },
      'credential.claim_missing',
    ],
    ['no type', { document: { type: [foreignType] } }, 'rejected, credential.claim_missing credentials/0'],
    ['no subject', { document: { credentialSubject: undefined } }, 'credential.claim_missing'],
    ['a presentation beside', { credential: { vp: {} } }, 'jws.type_wrong credentials/0'],
    ['credentials inside', { document: { verifiableCredential: [] } }, 'jws.type_wrong credentials/0'],
    ['an audience', { credential: { aud: 'https://a.example' } }, 'jws.type_wrong credentials/0'],
    ['another type of token', { credentialHeader: { typ: 'at+jwt' } }, 'jws.type_wrong credentials/0'],
    [
      'a status nobody can follow',
      { document: { credentialStatus: { type: 'StatusList2021Entry' } } },
      'undecided, credential.status_unknown credentials/0/status',
    ],
    ['the subject named by the token alone', { document: { credentialSubject: { given_name: 'A' } } }, 'accepted'],
    ['no type of token', { credentialHeader: { typ: undefined } }, 'accepted'],
  ])('with %s is judged', async (_what, circumstances, expected) => {
    expect(await found(circumstances)).toContain(expected)
  })

  it.each<[string, Circumstances, string]>([
    [
      'by somebody else',
      { presenter: new Foreigner('thief', 'EdDSA') },
      `rejected, key_binding.signature_invalid ${binding}`,
    ],
    ['by the issuer', { presenter: issuer }, `jws.algorithm_refused ${binding}`],
    ['for another', { presentation: { aud: 'https://a.example' } }, `rejected, key_binding.wrong_audience ${binding}`],
    ['for nobody', { presentation: { aud: undefined } }, `rejected, key_binding.wrong_audience ${binding}`],
    ['for several', { presentation: { aud: ['a', 'b'] } }, `rejected, key_binding.wrong_audience ${binding}`],
    ['for another occasion', { presentation: { nonce: 'other' } }, `rejected, key_binding.wrong_nonce ${binding}`],
    ['without a time', { presentation: { iat: undefined } }, `rejected, key_binding.stale ${binding}`],
    ['past its end', { presentation: { exp: now - 60 } }, `rejected, key_binding.stale ${binding}`],
    ['59 s past its end', { presentation: { exp: now - 59 } }, 'accepted'],
    ['with a credential beside', { presentation: { vc: {} } }, `rejected, jws.type_wrong ${binding}`],
    [
      'under the name of another',
      { presentation: { iss: issuer.did } },
      `rejected, key_binding.signature_invalid ${binding}`,
    ],
    ['with a key of another', { header: { kid: issuer.kid } }, `rejected, key_binding.signature_invalid ${binding}`],
    ['with a type of its own', { header: { typ: 'vp+ld+jwt' } }, `rejected, jws.type_wrong ${binding}`],
  ])('shown %s is judged', async (_what, circumstances, expected) => {
    expect(await found(circumstances)).toContain(expected)
  })

  it('without a presentation is not shown by its holder', async () => {
    const token = await issuer.sign({}, foreignClaims(issuer, holder, now - 3_600))
    const answer = parsePresentation(world.request({ query: asking }), { card: [token] })
    const anchors = [{ did: issuer.did, types: [foreignType] }]
    const judge = (requireKeyBinding: boolean) =>
      judgePresentation(answer, noEvidence, world.policy({ anchors, requireKeyBinding }), now)
    expect((await judge(true)).findings).toEqual([{ code: 'key_binding.missing', at: binding }])
    expect((await judge(false)).outcome).toBe('accepted')
  })

  it('is bound to cnf, where there is one, and not to its subject', async () => {
    const other = new Foreigner('other', 'EdDSA')
    const cnf = { jwk: { ...other.publicJwk } }
    expect(await found({ credential: { cnf } })).toContain(`key_binding.signature_invalid ${binding}`)
    expect(await found({ credential: { cnf }, presenter: other })).toBe('accepted')
  })

  it('of a subject without a key of its own is bound to nobody', async () => {
    const credential = { sub: 'did:example:1' }
    const document = { credentialSubject: { id: 'did:example:1', given_name: 'A' } }
    expect(await found({ credential, document })).toContain('credential.unbound')
  })

  it('is not taken in the presentation of the other version', async () => {
    const own = await issuer.sign({}, foreignClaims(issuer, holder, now - 3_600))
    const shown = foreignPresentation(holder, [(await world.issueVc()).text], world.request(), now)
    const inOld = parseVcPresentation(await holder.sign({}, shown))
    const request = world.request({ query: world.vcQuery() })
    const judge = (held: typeof inOld) =>
      judgePresentation(
        { request, credentials: held.map((credential) => ({ queryId: 'guest', credential })) },
        world.evidence(),
        world.policy({ anchors: [{ did: issuer.did, types: [foreignType] }] }),
        now,
      )
    expect((await judge(inOld)).findings).toContainEqual({ code: 'jws.type_wrong', at: binding })
    const inNew = parseVcPresentation(await world.signVp([parseVcJwt(own)]))
    expect((await judge(inNew)).findings).toContainEqual({ code: 'jws.type_wrong', at: binding })
  })

  it.each([{ vc: 'text' }, { vc: [] }, { vc: null }])('refuses %j', async (claims) => {
    const text = await issuer.sign({}, claims)
    expect(() => parseVcJwt(text)).toThrow('credential.malformed')
  })
})

const folder = vectorsFolder('dif-jws-test-suite')
const keys: Readonly<Record<string, string>> = {
  'key-0-ed25519': 'EdDSA',
  'key-1-secp256k1': 'ES256K',
  'key-2-secp256r1': 'ES256',
  'key-3-secp384r1': 'ES384',
  'key-4-rsa2048': 'PS256',
}

describe.skipIf(folder === undefined)('the JWS test suite of DIF', () => {
  const kinds = ['spruce', 'transmute'] as const
  const all = kinds.flatMap((kind) =>
    folder === undefined ? [] : readdirSync(join(folder, 'implementations', kind)).map((file) => `${kind}/${file}`),
  )
  const ofKind = (end: string) => all.filter((file) => file.endsWith(end))
  const textOf = (file: string) =>
    readVectors<{ jwt: string }>('dif-jws-test-suite', `implementations/${file}`)?.jwt ?? ''
  const keyName = (file: string) => Object.keys(keys).find((name) => file.includes(name)) ?? ''
  const keyOf = (file: string): PublicJwk => {
    const key = readVectors<{ publicKeyJwk: Json }>('dif-jws-test-suite', `keys/${keyName(file)}.json`)
    return parsePublicJwk(key?.publicKeyJwk)
  }
  const isTaken = (file: string) => ['EdDSA', 'ES256K', 'ES256'].includes(keys[keyName(file)] ?? '')

  it('is all there', () => {
    expect([ofKind('.vc-jwt.json').length, ofKind('.vp-jwt.json').length]).toEqual([32, 24])
  })

  it.each(ofKind('.vc-jwt.json').filter(isTaken))(
    '%s: accepts the signature, and names what it lacks',
    async (file) => {
      const credential = parseVcJwt(textOf(file))
      expect(credential.format).toBe('vc-jwt-1.1')
      expect(await judgeVcSignature(credential, keyOf(file))).toEqual([])
      const thief = new Foreigner('thief', keys[keyName(file)] as 'ES256')
      expect(await judgeVcSignature(credential, thief.publicJwk)).toEqual(['jws.signature_invalid'])
      const { nbf, exp, sub } = credential.payload
      // A leap second is none of XML Schema's, and `null` is no time.
      const isDated = !JSON.stringify(credential.claims).includes(':60Z')
      if (isDated) expect(matterOfVc(credential, 0).at).toBe(nbf)
      const hasEnd = exp !== undefined
      // One writes the whole subject into `sub` where it has no id.
      const hasSubject = typeof (sub ?? '') === 'string'
      expect(judgeVcClaims(credential, true, 1_700_000_000)).toEqual([
        ...(hasEnd && isDated ? [] : ['credential.claim_missing']),
        ...(hasSubject ? [] : ['credential.names_disagree']),
      ])
    },
  )

  it.each(ofKind('.vc-jwt.json').filter((file) => !isTaken(file)))('%s: refuses the algorithm', async (file) => {
    const credential = parseVcJwt(textOf(file))
    expect(await judgeVcSignature(credential, new Foreigner('any').publicJwk)).toContain('jws.algorithm_refused')
  })

  it.each(ofKind('.vp-jwt.json'))('%s: refuses a presentation that holds none, or none in a token', (file) => {
    expect(() => parseVcPresentation(textOf(file))).toThrow('credential.malformed')
  })
})

describe('holderKeyOfVc', () => {
  it('keeps to cnf in VCDM 2.0, whatever the subject is called', async () => {
    const subject = { id: formatDidKey(holder.publicJwk) }
    expect(holderKeyOfVc(await world.issueVc({ subject }))).toEqual(world.holder.publicJwk)
    expect(holderKeyOfVc(await world.issueVc({ subject, payload: { cnf: undefined } }))).toBeUndefined()
  })
})
