import { Tagged } from 'cborg'
import { beforeAll, describe, expect, it } from 'vitest'
import { systemRandom } from '../../adapters/random-system.ts'
import { generatePrivateJwk, type PrivateJwk } from '../../adapters/signer-file.ts'
import { createEncrypter } from '../../web/encrypter.ts'
import {
  issueLicence,
  licence,
  licenceElements,
  licencePaths,
  licenceQuery,
  licenceRequest,
  licenceSpace,
  presentLicence,
} from '../../../tests/fixtures/mdoc.ts'
import { testSigner } from '../../../tests/fixtures/party.ts'
import { World } from '../../../tests/fixtures/world.ts'
import { signEvidence, type EvidenceSigning, type JudgedOccasion } from '../../ports/sign-evidence.ts'
import { signJws } from '../../ports/sign-jws.ts'
import { parseMdoc } from '../credential/mdoc.ts'
import { openJwe } from '../crypto/jwe.ts'
import { parsePublicJwk } from '../crypto/key.ts'
import { digestOfText } from '../crypto/hash.ts'
import { decodeBase64url, encodeBase64url } from '../encoding/base64url.ts'
import { encodeCbor } from '../encoding/cbor.ts'
import { jsonObject, parseJsonObject, type Json, type JsonObject } from '../encoding/json.ts'
import { faultCode } from '../fault.ts'
import type { Policy } from '../trust/policy.ts'
import type { FindingCode } from '../verdict.ts'
import { evidenceBundleType, parseEvidenceBundle, parseSealed } from './evidence-bundle.ts'
import type { Evidence } from './evidence.ts'
import { judgePresentation } from './judge.ts'
import { formatPresentationFile, parsePresentationFile, type Presentation } from './presentation.ts'
import { redactCredential, restoreToken } from './redact.ts'
import { replayBundle, type Difference } from './replay.ts'

let world: World
beforeAll(async () => {
  world = await World.make()
  const type = { owner: world.root.did, regions: ['*'], depth: 0 }
  const window = { notBefore: World.start - 365 * 86_400, notAfter: World.start + 365 * 86_400 }
  const types = [licence, 'urn:fujie:cn:resident-id*'].map((vct) => ({ vct, ...type, ...window }))
  await world.accredit({ types })
})

function evidenceOf(changes: Parameters<World['evidence']>[0] = {}): Evidence {
  const { did } = world.verifier
  const state = { kind: 'did_state', name: did, fetchedAt: world.now, bytes: world.log.proofBytes('did', did) } as const
  return { items: [...world.evidence(changes).items, state] }
}

async function judged(
  presentation: Presentation,
  policy: Partial<Policy> = {},
  evidence = evidenceOf(),
): Promise<JudgedOccasion> {
  const whole = world.policy(policy)
  const { outcome, findings } = await judgePresentation(presentation, evidence, whole, world.now)
  return {
    ...{ request: presentation.request, evidence, policy: whole, at: world.now, policyId: 'test' },
    presented: presentation.credentials.map(redactCredential),
    verdict: { outcome, findings },
  }
}

const publicOf = ({ kty, crv, x, y }: PrivateJwk) => parsePublicJwk(jsonObject({ kty, crv, x, y }))
const auditor: PrivateJwk = generatePrivateJwk('P-256')

function signing(more: Partial<EvidenceSigning> = {}): EvidenceSigning {
  return { signer: world.verifier.signer(), header: { kid: world.verifier.kid() }, now: world.now, ...more }
}

function full(): EvidenceSigning {
  return signing({ auditor: { key: publicOf(auditor), encrypter: createEncrypter(systemRandom) } })
}

function payloadOf(text: string): JsonObject {
  const bytes = decodeBase64url(text.split('.')[1] ?? '') ?? new Uint8Array()
  return parseJsonObject(new TextDecoder().decode(bytes), { array: 4_096, string: 1024 * 1024 })
}

/** The same bundle with other claims, signed again by the verifier: what a dishonest one could hand out. */
function signedAgain(text: string, changes: Readonly<Record<string, Json>>): Promise<string> {
  const header = { typ: evidenceBundleType, kid: world.verifier.kid() }
  return signJws(world.verifier.signer(), header, jsonObject({ ...payloadOf(text), ...changes }))
}

async function unsealed(text: string): Promise<readonly (readonly string[])[]> {
  const { sealed = '' } = parseEvidenceBundle(text).bundle
  return parseSealed((await openJwe(sealed, auditor, { maxBytes: 1024 * 1024 })) ?? new Uint8Array())
}

type Disclosures = readonly (readonly string[])[]

/** What a replay says: nothing, where it differs, or why it cannot be done. */
async function told(text: string, disclosures?: Disclosures): Promise<Difference | string | undefined> {
  try {
    const { difference } = await replayBundle(
      parseEvidenceBundle(text),
      disclosures === undefined ? {} : { disclosures },
    )
    return difference
  } catch (thrown) {
    return faultCode(thrown)
  }
}

async function toldOf(text: string, changes: Readonly<Record<string, Json>>, disclosures?: Disclosures) {
  return told(await signedAgain(text, changes), disclosures)
}

const code = (work: () => unknown) =>
  Promise.resolve()
    .then(work)
    .then(
      () => 'done',
      (thrown: unknown) => faultCode(thrown),
    )

const presentedIn = (text: string) =>
  payloadOf(text).presented as unknown as readonly (JsonObject & { token: string })[]
const requestIn = (text: string) => payloadOf(text).request as JsonObject

/** The letter replaced by another one of the alphabet. */
function otherLetter(text: string, at: number): string {
  return text.slice(0, at) + (text.charAt(at) === 'A' ? 'B' : 'A') + text.slice(at + 1)
}

const codes = ({ verdict }: JudgedOccasion): readonly FindingCode[] => verdict.findings.map((each) => each.code)

/** As a disclosure has it. */
const embeddedItem = new Tagged(24, new Uint8Array([0xa0]))

describe('a bundle of an mdoc', () => {
  let occasion: JudgedOccasion
  let text: string
  beforeAll(async () => {
    occasion = await judged(await presentLicence(world, await issueLicence(world)))
    text = await signEvidence(occasion, signing())
  })

  it('replays an accepted verdict, and holds nothing that was disclosed', async () => {
    expect(occasion.verdict).toEqual({ outcome: 'accepted', findings: [] })
    const replay = await replayBundle(parseEvidenceBundle(text))
    expect(replay).toMatchObject({ verdict: { outcome: 'accepted', findings: [] }, carried: [] })
    expect(replay).not.toHaveProperty('difference')
    const [kept] = presentedIn(text)
    expect(kept?.disclosed).toEqual(licencePaths)
    expect(parseMdoc(kept?.token ?? '').items).toEqual([])
    const bytes = Buffer.from(kept?.token ?? '', 'base64url').toString('latin1')
    for (const hidden of ['1990-02-03', Buffer.from(licenceElements.family_name).toString('latin1'), 'family_name'])
      expect(bytes).not.toContain(hidden)
  })

  it('puts back what was cut, to the letter', async () => {
    const presentation = await presentLicence(world, await issueLicence(world))
    const [{ credential }] = presentation.credentials as [(typeof presentation.credentials)[number]]
    const { format, token, disclosures } = redactCredential({ queryId: 'licence', credential })
    expect(disclosures).toHaveLength(licencePaths.length)
    expect(restoreToken(format, token, disclosures)).toBe(credential.text)
  })

  it('keeps an answer of two namespaces, and one that shows nothing', async () => {
    const nameSpaces = { [licenceSpace]: licenceElements, 'org.example.more': { club: 'blue' } }
    const issued = await issueLicence(world, { nameSpaces })
    const all = await presentLicence(world, issued, { paths: [...licencePaths, ['org.example.more', 'club']] })
    const bundle = await signEvidence(await judged(all), full())
    const disclosures = await unsealed(bundle)
    expect(disclosures[0]).toHaveLength(4)
    expect([await told(bundle), await told(bundle, disclosures)]).toEqual([undefined, undefined])
    const none = await judged(await presentLicence(world, issued, { paths: [] }))
    expect(await told(await signEvidence(none, signing()))).toBeUndefined()
  })

  it('reckons again that the holder did not sign, and carries that a value is another', async () => {
    const issued = await issueLicence(world)
    const thief = await judged(await presentLicence(world, issued, { holder: testSigner('thief') }))
    expect(codes(thief)).toEqual(['key_binding.signature_invalid'])
    expect((await replayBundle(parseEvidenceBundle(await signEvidence(thief, signing())))).carried).toEqual([])
    const query = licenceQuery(licencePaths, { claims: [{ path: [licenceSpace, 'family_name'], values: ['李四'] }] })
    const other = await judged(await presentLicence(world, issued, { request: licenceRequest(world, query) }))
    const replay = await replayBundle(parseEvidenceBundle(await signEvidence(other, signing())))
    expect(replay.carried.map((each) => each.code)).toContain('query.value_mismatch')
    expect(replay).not.toHaveProperty('difference')
  })

  it('carries that an element was not signed for', async () => {
    const whole = await presentLicence(world, await issueLicence(world))
    const [{ credential }] = whole.credentials as [(typeof whole.credentials)[number]]
    const { token } = redactCredential({ queryId: 'licence', credential })
    const other = await presentLicence(world, await issueLicence(world, { index: 11 }))
    const foreign = redactCredential(other.credentials[0] as (typeof other.credentials)[number]).disclosures
    const mixed = parseMdoc(restoreToken('mso_mdoc', token, foreign))
    const mixedUp = await judged({ ...whole, credentials: [{ queryId: 'licence', credential: mixed }] })
    expect(codes(mixedUp)).toContain('disclosure.unreferenced')
    const bundle = await signEvidence(mixedUp, signing())
    expect((await replayBundle(parseEvidenceBundle(bundle))).carried.map((each) => each.code)).toContain(
      'disclosure.unreferenced',
    )
  })

  it.each<[string, (request: JsonObject) => Readonly<Record<string, Json>>]>([
    ['nonce', (request) => ({ ...request, nonce: 'another' })],
    ['address of the answer', (request) => ({ ...request, response_uri: 'https://thief.example/r' })],
    ['key of the answer', (request) => ({ ...request, response_key: encodeBase64url(new Uint8Array(32)) })],
  ])('is refused with another %s', async (_, change) => {
    expect(await toldOf(text, { request: jsonObject(change(requestIn(text))) })).toEqual({
      at: 'credentials/0/key_binding',
      found: 'key_binding.signature_invalid',
    })
  })

  it('is refused without what proves its issuer, with another outcome, and with a finding nobody may carry', async () => {
    const evidence = (payloadOf(text).evidence as unknown as readonly JsonObject[]).filter(
      ({ kind }) => kind !== 'accreditation',
    )
    expect(await toldOf(text, { evidence })).toMatchObject({ at: 'credentials/0/issuer', found: 'issuer.unknown' })
    const finding = jsonObject({ code: 'credential.revoked', at: 'credentials/0/status' })
    const verdict = jsonObject({ outcome: 'rejected', findings: [finding] })
    expect(await toldOf(text, { verdict })).toEqual({ at: 'credentials/0/status', stated: 'credential.revoked' })
    expect(await toldOf(text, { verdict, carried: [finding] })).toMatchObject({ found: 'carried' })
  })

  it('is refused with any letter of the answer changed', async () => {
    const [kept] = presentedIn(text)
    const token = kept?.token ?? ''
    for (let at = 0; at < token.length; at += 11) {
      const presented = [jsonObject({ ...kept, token: otherLetter(token, at) })]
      expect([at, await toldOf(text, { presented })]).not.toEqual([at, undefined])
    }
  })

  it('is refused with any letter of a disclosure changed, with one too few, twice, or of another', async () => {
    const bundle = await signEvidence(occasion, full())
    const [disclosures = []] = await unsealed(bundle)
    expect(await told(bundle, [disclosures])).toBeUndefined()
    const [first = '', ...rest] = disclosures
    for (let at = 0; at < first.length; at += 5)
      expect([at, await told(bundle, [[otherLetter(first, at), ...rest]])]).not.toEqual([at, undefined])
    expect(await told(bundle, [rest])).toMatchObject({ found: 'query.claim_absent' })
    expect(await told(bundle, [[first, ...disclosures]])).toMatchObject({ found: 'disclosure.duplicate' })
    const other = await judged(await presentLicence(world, await issueLicence(world, { index: 12 })))
    expect(await told(bundle, [other.presented[0]?.disclosures ?? []])).toMatchObject({
      found: 'disclosure.unreferenced',
    })
    expect(await told(bundle, [])).toBe('evidence.malformed')
    expect(await told(bundle, [disclosures, []])).toBe('evidence.malformed')
  })

  it.each<[string, unknown]>([
    ['not CBOR', undefined],
    ['no pair', ['a']],
    ['without a namespace', [1, 2]],
    ['not of an item', [licenceSpace, new Uint8Array([0xa0])]],
    ['of three', [licenceSpace, embeddedItem, 1]],
    ['of an item under a number', [1, embeddedItem]],
  ])('refuses a disclosure that is %s', async (_, value) => {
    const bundle = await signEvidence(occasion, full())
    const spelled = value === undefined ? '!' : encodeBase64url(encodeCbor(value))
    expect(await told(bundle, [[spelled]])).toBe('evidence.malformed')
  })

  it('refuses disclosures of an answer that still has its items', async () => {
    const bundle = await signEvidence(occasion, full())
    const [disclosures = []] = await unsealed(bundle)
    const [kept] = presentedIn(bundle)
    const token = restoreToken('mso_mdoc', kept?.token ?? '', disclosures)
    const again = await signedAgain(bundle, { presented: [jsonObject({ ...kept, token })] })
    expect(await told(again, [disclosures])).toBe('evidence.malformed')
  })
})

/** Device name spaces that say something: the holder's own word. */
const selfSaid = encodeCbor({ [licenceSpace]: { family_name: 'Somebody Else' } })

describe('an mdoc in which the holder speaks of itself', () => {
  it('gets no bundle: that cannot be cut out of what it signed', async () => {
    const presentation = await presentLicence(world, await issueLicence(world))
    const [{ credential, queryId }] = presentation.credentials as [(typeof presentation.credentials)[number]]
    if (credential.format !== 'mso_mdoc' || credential.deviceAuth === undefined) throw new Error('no mdoc')
    const speaking = {
      ...credential,
      deviceAuth: { ...credential.deviceAuth, nameSpaces: selfSaid },
      defects: ['disclosure.unreferenced'],
    } as const
    expect(await code(() => redactCredential({ queryId, credential: speaking }))).toBe('evidence.not_replayable')
  })

  it('gets one where only its items were not signed for', async () => {
    const presentation = await presentLicence(world, await issueLicence(world))
    const [{ credential, queryId }] = presentation.credentials as [(typeof presentation.credentials)[number]]
    const other = { ...credential, defects: ['disclosure.unreferenced'] } as typeof credential
    expect(redactCredential({ queryId, credential: other }).disclosures).toHaveLength(licencePaths.length)
  })

  it('gets one with a MAC for its proof, which is not looked at', async () => {
    const presentation = await presentLicence(world, await issueLicence(world))
    const [{ credential, queryId }] = presentation.credentials as [(typeof presentation.credentials)[number]]
    if (credential.format !== 'mso_mdoc' || credential.deviceAuth === undefined) throw new Error('no mdoc')
    const { nameSpaces } = credential.deviceAuth
    const { token, format, disclosures } = redactCredential({
      queryId,
      credential: { ...credential, deviceAuth: { nameSpaces } },
    })
    const again = parseMdoc(restoreToken(format, token, disclosures))
    expect(again.deviceAuth).toEqual({ nameSpaces })
  })

  it('nor does one that nobody showed', async () => {
    const credential = await issueLicence(world)
    expect(await code(() => redactCredential({ queryId: licence, credential }))).toBe('evidence.not_replayable')
  })
})

describe('a bundle of VC-JWTs', () => {
  let occasion: JudgedOccasion
  let text: string
  let disclosures: Disclosures
  beforeAll(async () => {
    occasion = await judged(await world.presentVc([await world.issueVc()]))
    text = await signEvidence(occasion, full())
    disclosures = await unsealed(text)
  })

  it('is made for an auditor alone: nothing can be cut out of what was signed', async () => {
    expect(occasion.verdict).toEqual({ outcome: 'accepted', findings: [] })
    expect(await code(() => signEvidence(occasion, signing()))).toBe('evidence.not_replayable')
    expect(await told(text)).toBe('evidence.not_replayable')
    expect(await told(text, disclosures)).toBeUndefined()
  })

  it('says outside of what is sealed no more than the digest of what was presented', () => {
    const [kept] = presentedIn(text)
    expect(kept).toEqual({
      id: 'guest',
      format: 'vc+jwt',
      token: digestOfText(disclosures[0]?.[0] ?? ''),
      disclosed: [],
    })
    expect(JSON.stringify(payloadOf(text))).not.toContain(disclosures[0]?.[0]?.split('.')[1])
  })

  it('replays two credentials of one presentation, and one that nobody showed', async () => {
    const query = world.vcQuery()
    const [only] = query.credentials as readonly JsonObject[]
    const many = jsonObject({ credentials: [jsonObject({ ...only, multiple: true })] })
    const held = [await world.issueVc(), await world.issueVc({ index: 8 })]
    // As it comes over the wire: one text for both.
    const two = parsePresentationFile(
      JSON.stringify(formatPresentationFile(await world.presentVc(held, { query: many }))),
    )
    const both = await signEvidence(await judged(two), full())
    expect(parseEvidenceBundle(both).bundle.presented).toHaveLength(2)
    expect(await told(both, await unsealed(both))).toBeUndefined()
    const [credential] = held as [(typeof held)[number]]
    const bare = { request: two.request, credentials: [{ queryId: 'guest', credential }] }
    const unshown = await judged(bare)
    expect(codes(unshown)).toContain('key_binding.missing')
    const bundle = await signEvidence(unshown, full())
    expect(await told(bundle, await unsealed(bundle))).toBeUndefined()
  })

  it('carries only what was remembered', async () => {
    const query = world.vcQuery()
    const [only] = query.credentials as readonly JsonObject[]
    const claims = [{ path: ['credentialSubject', 'name'], values: ['李四'] }]
    const other = jsonObject({ credentials: [jsonObject({ ...only, claims })] })
    const mismatched = await judged(await world.presentVc([await world.issueVc()], { query: other }))
    expect(codes(mismatched)).toContain('query.value_mismatch')
    const bundle = await signEvidence(mismatched, full())
    expect(parseEvidenceBundle(bundle).bundle.carried).toEqual([])
    expect(await told(bundle, await unsealed(bundle))).toBeUndefined()
    const replayed = { code: 'key_binding.replayed', at: 'credentials/0/key_binding' } as const
    const again = { ...occasion, verdict: { outcome: 'rejected', findings: [replayed] } } as const
    const seen = await signEvidence(again, full())
    expect(parseEvidenceBundle(seen).bundle.carried).toEqual([replayed])
    expect(await told(seen, await unsealed(seen))).toBeUndefined()
  })

  it('is refused with another text than the one whose digest it holds, with none, or with two', async () => {
    const [presented = ''] = disclosures[0] ?? []
    for (const wrong of [[otherLetter(presented, 40)], [], [presented, presented]])
      expect(await told(text, [wrong])).toBe('evidence.malformed')
    expect(await told(text, [])).toBe('evidence.malformed')
    const [kept] = presentedIn(text)
    const token = otherLetter(kept?.token ?? '', 3)
    expect(await toldOf(text, { presented: [jsonObject({ ...kept, token })] }, disclosures)).toBe('evidence.malformed')
  })

  it('is refused with any letter of the text changed, though the digest be made to fit', async () => {
    const [presented = ''] = disclosures[0] ?? []
    const [kept] = presentedIn(text)
    for (let at = 0; at < presented.length; at += 41) {
      const other = otherLetter(presented, at)
      const changes = { presented: [jsonObject({ ...kept, token: digestOfText(other) })] }
      expect([at, await toldOf(text, changes, [[other]])]).not.toEqual([at, undefined])
    }
  })

  it('is refused with one credential more or fewer than were presented', async () => {
    const [kept] = presentedIn(text)
    expect(
      await toldOf(text, { presented: [kept as JsonObject, kept as JsonObject] }, [...disclosures, ...disclosures]),
    ).toBe('evidence.malformed')
    expect(await toldOf(text, { presented: [] }, [])).not.toBeUndefined()
  })

  it('is refused for another nonce or audience, and without the evidence for its issuer', async () => {
    const request = requestIn(text)
    expect(await toldOf(text, { request: jsonObject({ ...request, nonce: 'another' }) }, disclosures)).toMatchObject({
      found: 'key_binding.wrong_nonce',
    })
    const evidence = (payloadOf(text).evidence as unknown as readonly JsonObject[]).filter(
      ({ kind }) => kind !== 'accreditation',
    )
    expect(await toldOf(text, { evidence }, disclosures)).toMatchObject({ found: 'issuer.unknown' })
  })

  it('names a format nobody knows', async () => {
    const [kept] = presentedIn(text)
    for (const format of ['jwt_vc_json', 'toString', '__proto__', '']) {
      const presented = [jsonObject({ ...kept, format })]
      expect(await toldOf(text, { presented })).toBe('evidence.not_replayable')
      expect(await toldOf(text, { presented }, disclosures)).toBe('evidence.not_replayable')
    }
  })
})

describe('a bundle of an SD-JWT and a VC-JWT together', () => {
  it('is made for an auditor alone', async () => {
    const sdJwt = await world.present(await world.issue())
    const vc = await world.presentVc([await world.issueVc()])
    const [asked] = world.query().credentials as readonly JsonObject[]
    const [other] = world.vcQuery().credentials as readonly JsonObject[]
    const query = jsonObject({ credentials: [asked as JsonObject, jsonObject({ ...other, id: 'vc' })] })
    const request = world.request({ query })
    const credentials = [...sdJwt.credentials, ...vc.credentials.map((each) => ({ ...each, queryId: 'vc' }))]
    const occasion = await judged({ request, credentials })
    expect(occasion.verdict.outcome).toBe('accepted')
    expect(await code(() => signEvidence(occasion, signing()))).toBe('evidence.not_replayable')
    const text = await signEvidence(occasion, full())
    expect(await told(text)).toBe('evidence.not_replayable')
    expect(await told(text, await unsealed(text))).toBeUndefined()
  })
})
