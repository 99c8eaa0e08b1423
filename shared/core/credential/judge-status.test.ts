import { beforeEach, describe, expect, it } from 'vitest'
import { Party, testSigner } from '../../../tests/fixtures/party.ts'
import { World } from '../../../tests/fixtures/world.ts'
import { signJws } from '../../ports/sign-jws.ts'
import type { Signer } from '../../ports/signer.ts'
import { sha256 } from '../crypto/hash.ts'
import { formatDidKey } from '../did/key.ts'
import { encodeBase64 } from '../encoding/base64.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { utf8 } from '../encoding/bytes.ts'
import type { Json } from '../encoding/json.ts'
import { limits } from '../limits.ts'
import { mergeEvidence, type EvidenceItem } from '../presentation/evidence.ts'
import { VerifiedCache } from '../presentation/verified-cache.ts'
import { compressStatusList, packStatusList } from '../status/list.ts'
import { formatStatusToken } from '../status/token.ts'
import type { IssuerJudgement } from '../trust/judge-issuer.ts'
import type { Policy } from '../trust/policy.ts'
import type { StatusReference } from './credential.ts'
import { judgeStatus } from './judge-status.ts'

const now = World.start
const unknown = 'credential.status_unknown'
const wrongSigner = ['status.wrong_signer', unknown]

let world: World
beforeEach(async () => {
  world = await World.make()
})

interface Asked {
  readonly reference?: StatusReference | 'broken' | undefined
  readonly issuer?: Partial<IssuerJudgement>
  readonly token?: Uint8Array
  readonly more?: readonly Omit<EvidenceItem, 'fetchedAt'>[]
  readonly policy?: Partial<Policy>
  readonly now?: number
}

async function judge(asked: Asked = {}) {
  const { publicJwk: key } = world.issuer.signer()
  const logged = { codes: [], subject: world.issuer.did, isLogged: true, key, authorityKeyIds: [] }
  const reference = 'reference' in asked ? asked.reference : { uri: world.statusUri, index: 7 }
  const items = (asked.more ?? []).map((item) => ({ ...item, fetchedAt: now }))
  const evidence = mergeEvidence(world.evidence(asked.token ? { status_token: asked.token } : {}), { items })
  const policy = world.policy(asked.policy)
  return judgeStatus(
    reference,
    { ...logged, ...asked.issuer },
    { evidence, policy, now: asked.now ?? now, cache: new VerifiedCache() },
  )
}

type Members = Readonly<Record<string, Json | undefined>>

/** A token over four entries of two bits: valid, revoked, suspended, unheard of. */
async function token(header: Members, payload: Members = {}, signer: Signer = world.issuer.signer()) {
  const packed = await compressStatusList(packStatusList(2, [0, 1, 2, 3]))
  const content = { uri: world.statusUri, issuer: world.issuer.did, bits: 2, packed, ttl: 600 } as const
  const made = formatStatusToken(content, now)
  const defined = (members: Members) =>
    Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Record<string, Json>
  return utf8(await signJws(signer, defined({ ...made.header, ...header }), defined({ ...made.payload, ...payload })))
}

/** The log's word on that list, in the name of the agency unless told otherwise. */
async function logged(
  changes: object = {},
  by = world.issuer,
  status: 'active' | 'suspended' | 'withdrawn' = 'active',
) {
  const packed = await compressStatusList(packStatusList(2, [0, 1, 2, 3]))
  const digest = encodeBase64url(sha256(packed))
  const body = { uri: world.statusUri, bits: 2, entries: 4, digest, size: packed.length, ...changes } as const
  await by.state('sl', body, now, status)
  const name = `${by.did} ${world.statusUri}`
  return { kind: 'status_digest', name, bytes: world.log.proofBytes('sl', name) } as const
}

describe('the status of a credential', () => {
  it('is nothing where it has none', async () => {
    expect(await judge({ reference: undefined })).toEqual([])
  })

  it('is unknown where its reference leads nowhere', async () => {
    expect(await judge({ reference: 'broken' })).toEqual([unknown])
    expect(await judge({ reference: { uri: `${world.statusUri}/`, index: 7 } })).toEqual([unknown])
  })

  it('is the value at its index', async () => {
    const [more, text] = [[await logged()], await token({ kid: world.issuer.kid() })]
    const at = (index: number) => judge({ token: text, more, reference: { uri: world.statusUri, index } })
    expect([await at(0), await at(1), await at(2), await at(3), await at(4)]).toEqual([
      [],
      ['credential.revoked'],
      ['credential.suspended'],
      ['credential.suspended'],
      ['status.out_of_range'],
    ])
  })

  it('is told though it is old, though the proof is, though the key was changed since', async () => {
    await world.setStatus(7, 1)
    const late = now + 86_400
    const offline = { log: world.log.trust({ maxEvidenceAge: 2 * 86_400, offlineGrace: 60 }) }
    expect(await judge({ now: late, policy: offline })).toEqual(['credential.status_old', 'credential.revoked'])
    const old = { log: world.log.trust({ maxEvidenceAge: 10, offlineGrace: 86_400 }) }
    expect(await judge({ now: now + 11, policy: old })).toEqual(['evidence.old', 'credential.revoked'])
    const agency = await Party.join('status agency', world.log, now)
    await agency.update({ keys: [{ ...agency.key('k1'), retired: now + 5 }] }, now)
    const text = await token({ kid: agency.kid() }, { iss: agency.did }, agency.signer())
    const more = [
      { kind: 'did_state', name: agency.did, bytes: world.log.proofBytes('did', agency.did) } as const,
      await logged({}, agency),
    ]
    const reference = { uri: world.statusUri, index: 1 }
    const issuer = { statusDelegate: agency.did }
    expect(await judge({ token: text, more, reference, issuer })).toEqual(['issuer.key_rotated', 'credential.revoked'])
  })

  it('is unknown by what cannot be read or is too large to look at, and why is told', async () => {
    for (const bytes of [utf8('x'), new Uint8Array(), Uint8Array.of(0xff), utf8('e30.e30.AA')])
      expect(await judge({ token: bytes })).toEqual(['status.signature_invalid', unknown])
    const long = new Uint8Array(2 * limits.statusListPacked + 1).fill(0x61)
    expect(await judge({ token: long })).toEqual(['status.too_large', unknown])
  })

  it('names what is wrong once', async () => {
    const text = await token({ kid: world.issuer.kid('k9') }, { sub: 'https://a.example', exp: undefined })
    expect(await judge({ token: text, more: [await logged()] })).toEqual([
      'status.wrong_subject',
      'status.no_expiry',
      ...wrongSigner,
    ])
    const missing = await token({ kid: world.issuer.kid() })
    expect(await judge({ token: missing, more: [await logged({}, world.issuer, 'withdrawn')] })).toEqual([unknown])
  })
})

describe('the signer of a status list', () => {
  const first = () => ({ uri: world.statusUri, index: 0 })

  it('is the key of the credential where it names none', async () => {
    const more = [await logged()]
    expect(await judge({ token: await token({}), more, reference: first() })).toEqual([])
    expect(await judge({ token: await token({}, { iss: undefined }), more, reference: first() })).toEqual([])
    expect(await judge({ token: await token({}, {}, testSigner('thief')), more, reference: first() })).toEqual([
      'status.signature_invalid',
      unknown,
    ])
  })

  it('is nobody where the credential is nobody’s', async () => {
    const [more, text] = [[await logged()], await token({})]
    for (const gone of ['subject', 'key'] as const) {
      const issuer = { [gone]: undefined } as never
      expect(await judge({ token: text, more, reference: first(), issuer })).toEqual(wrongSigner)
    }
  })

  it('may name the credential’s key by its certificate, and no other', async () => {
    const more = [await logged()]
    const x5c = [encodeBase64(world.certificate)]
    const text = await token({ x5c }, { iss: world.issuerUrl })
    expect(await judge({ token: text, more, reference: first() })).toEqual([])
    const issuer = { key: testSigner('another').publicJwk }
    expect(await judge({ token: text, more, reference: first(), issuer })).toEqual(wrongSigner)
    const strange = await token({ x5c }, { iss: 'https://a.example' })
    expect(await judge({ token: strange, more, reference: first() })).toEqual(wrongSigner)
  })

  it('may not name another key of its issuer’s, nor one that is not there', async () => {
    await world.issuer.update({ keys: [...world.issuer.doc.keys, world.issuer.key('k2')] }, now)
    const more = [await logged()]
    const by = async (id: string) =>
      judge({ token: await token({ kid: world.issuer.kid(id) }), more, reference: first() })
    expect([await by('k1'), await by('k2'), await by('k3')]).toEqual([[], wrongSigner, wrongSigner])
  })

  it('is found in its own name where a verifier trusts it without a log', async () => {
    const signer = testSigner('foreigner')
    const did = formatDidKey(signer.publicJwk)
    const fragment = did.slice('did:key:'.length)
    const issuer = { subject: did, isLogged: false, key: signer.publicJwk }
    const by = async (kid: string, index: number, key = signer) =>
      judge({ token: await token({ kid }, { iss: did }, key), reference: { uri: world.statusUri, index }, issuer })
    expect(await by(`${did}#${fragment}`, 0)).toEqual([])
    expect(await by(`${did}#${fragment}`, 3)).toEqual(['status.value_unknown'])
    expect(await by(`${did}#other`, 0)).toEqual(wrongSigner)
    expect(await by(`${did}#${fragment}`, 0, testSigner('thief'))).toEqual(['status.signature_invalid', unknown])
  })

  it('may be the delegate, with the key it had when it signed', async () => {
    const agency = await Party.join('status agency', world.log, now)
    await agency.update({ keys: [{ ...agency.key('k1'), from: now }] }, now)
    const more = [
      { kind: 'did_state', name: agency.did, bytes: world.log.proofBytes('did', agency.did) } as const,
      await logged({}, agency),
    ]
    const delegated = { statusDelegate: agency.did }
    const by = async (payload: Members, id = 'k1', issuer: Partial<IssuerJudgement> = delegated) =>
      judge({
        token: await token({ kid: agency.kid(id) }, { iss: agency.did, ...payload }, agency.signer()),
        more,
        reference: first(),
        issuer,
      })
    expect(await by({})).toEqual([])
    expect(await by({}, 'k1', {})).toEqual(wrongSigner)
    expect(await by({}, 'k1', { statusDelegate: world.root.did })).toEqual(wrongSigner)
    expect(await by({}, 'k2')).toEqual(['issuer.key_unknown', unknown])
    expect(await by({ iat: now - 1 })).toEqual(['issuer.key_unknown', unknown])
    expect(await by({ iat: undefined })).toEqual(['status.expired', ...wrongSigner])
  })
})

describe('the list that the log knows last', () => {
  it('is the one that counts', async () => {
    const text = await token({ kid: world.issuer.kid() })
    const at = async (changes: object) =>
      judge({ token: text, more: [await logged(changes)], reference: { uri: world.statusUri, index: 0 } })
    expect(await at({})).toEqual([])
    for (const changes of [{ digest: 'A'.repeat(43) }, { bits: 4 }, { entries: 8 }]) {
      world = await World.make()
      expect(await at(changes)).toEqual(['status.rolled_back', unknown])
    }
  })

  it('is not known where it was withdrawn or never was, and old where the log’s word is', async () => {
    const text = await token({ kid: world.issuer.kid() })
    const reference = { uri: world.statusUri, index: 0 }
    for (const status of ['suspended', 'withdrawn'] as const) {
      world = await World.make()
      const more = [await logged({}, world.issuer, status)]
      expect(await judge({ token: text, more, reference })).toEqual([unknown])
      const old = { log: world.log.trust({ maxEvidenceAge: 10, offlineGrace: 60 }) }
      expect(await judge({ token: text, more, reference, policy: old, now: now + 11 })).toEqual([
        'evidence.old',
        unknown,
      ])
    }
  })
})
