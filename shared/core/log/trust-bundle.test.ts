import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { MemoryLog } from '../../../tests/fixtures/memory-log.ts'
import { Party, testSigner } from '../../../tests/fixtures/party.ts'
import { signJws } from '../../ports/sign-jws.ts'
import { signRecord } from '../../ports/sign-record.ts'
import { sha256 } from '../crypto/hash.ts'
import { thumbprint } from '../crypto/key.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { concatBytes, toHex, uintBytes, utf8, utf8Text } from '../encoding/bytes.ts'
import type { Json } from '../encoding/json.ts'
import { Fault } from '../fault.ts'
import { lastInstant } from '../instant.ts'
import { limits } from '../limits.ts'
import type { Namespace } from '../record/record.ts'
import type { DocumentKey } from '../record/operation.ts'
import type { TrustPayload } from '../record/trust.ts'
import type { PresenceBundle } from './bundle-form.ts'
import { formatProofBundleCbor, type Head, type LogTrust } from './bundle.ts'
import { formatVerifierKey, noteTypes, verifierKey } from './note.ts'
import { formatTrustBody, type TrustBody } from './trust-body.ts'
import {
  joinTrustBundle,
  judgeTrustBundle,
  parseTrustBundle,
  scopeName,
  trustBundleClaims,
  trustBundleType,
} from './trust-bundle.ts'

const start = 1_795_392_000
const day = 86_400
const made = start + 100
const scope = { types: ['urn:a:*'], regions: ['33', '*'], roots: ['did:fujie:root'] }
const admin = testSigner('admin', 'Ed25519')

let log: MemoryLog
let root: Party
let publisher: Party
let body: TrustBody
let packed: Uint8Array
let file: Uint8Array

beforeAll(async () => {
  log = await MemoryLog.open('log.example/bundles', testSigner('log', 'Ed25519'), admin, start)
  root = await Party.join('root', log, start)
  const keys = (['k1', 'gone', 'late', 'stolen', 'mute'] as const).map((id) => keyOf(id))
  publisher = await Party.join('publisher', log, start, keys)
  const closed = await Party.join('closed', log, start)
  await closed.deactivate(start)
  await decide([publisher.did, closed.did, 'did:fujie:ciqjt3ehpvkhrmp2uespqgjqt5notg6iidlwbvudngisulmbnmiipka'])
  await stateAll(publisher.did)
  await log.stamp(made)
  const names: readonly (readonly [Namespace, string])[] = [
    ...[root, publisher, closed].map(({ did }) => ['did', did] as const),
    ['pol', 'main'],
    ['acc', `${root.did} ${publisher.did}`],
    ['ver', `${root.did} ${publisher.did}`],
    ['qry', `${root.did} ${publisher.did} hotel-check-in`],
    ['typ', `${root.did} urn:a:1`],
    ['sl', `${root.did} https://a.example/status`],
  ]
  const bytes = utf8('{"vct":"urn:a:1"}')
  body = {
    states: names.map(([ns, name]) => log.prove(ns, name) as PresenceBundle),
    blobs: [
      { sha256: sha256(bytes), bytes },
      { sha256: sha256(bytes), bytes: utf8('another') },
    ],
    lists: [{ uri: 'https://a.example/status', token: 'a.b.c' }],
  }
  packed = await formatTrustBody(body)
  file = await publish()
})

/** `gone` was retired when the bundle was made, `late` a second after. */
function keyOf(id: 'k1' | 'gone' | 'late' | 'stolen' | 'mute'): DocumentKey {
  const key: DocumentKey = {
    id,
    jwk: testSigner(`publisher/${id}`).publicJwk,
    for: id === 'mute' ? ['authentication'] : ['assertionMethod'],
  }
  if (id === 'gone') return { ...key, retired: made }
  if (id === 'late') return { ...key, retired: made + 1 }
  return id === 'stolen' ? { ...key, compromised: true } : key
}

async function decide(publishers: readonly string[]): Promise<void> {
  const before = log.find('pol', 'main')
  const policy = before?.record.payload as TrustPayload<'pol'>
  const next: TrustPayload<'pol'> = {
    ...policy,
    seq: 1,
    prev: before?.id as string,
    exp: start + 60,
    body: { ...policy.body, publishers },
  }
  await log.append([await signRecord(next, [{ signer: admin, kid: thumbprint(admin.publicJwk) }])], start)
}

async function stateAll(subject: string): Promise<void> {
  const window = { notBefore: start, notAfter: start + day }
  const words = { 'zh-CN': '甲', en: 'A' }
  const type = { vct: 'urn:a:1', owner: root.did, regions: ['*'], ...window, depth: 0 }
  await root.state('acc', { subject, role: 'issuer', types: [type] }, start)
  const party = { subject, names: words, hosts: ['a.example'], certs: [], keys: [] }
  await root.state('ver', { ...party, purposes: ['hotel-check-in'], ...window }, start)
  const dcql = { credentials: [{ id: 'a', format: 'dc+sd-jwt', meta: { vct_values: ['urn:a:1'] } }] } as never
  const asked = { subject, purpose: 'hotel-check-in', words, legalBasis: words, retention: 'P30D', flows: ['counter'] }
  await root.state('qry', { ...asked, dcql } as never, start)
  const digest = `sha256-${createHash('sha256').update('a').digest('base64')}`
  await root.state('typ', { vct: 'urn:a:1', version: '1.0.0', digest, size: 1, uri: 'https://a.example/t' }, start)
  const list = { uri: 'https://a.example/status', bits: 4, entries: 131_072, size: 9 } as const
  await root.state('sl', { ...list, digest: encodeBase64url(sha256(utf8('list'))) }, start)
}

interface Published {
  readonly id?: string
  readonly kid?: Json | undefined
  readonly typ?: string
  readonly signer?: ReturnType<typeof testSigner>
  readonly claims?: Readonly<Record<string, Json | undefined>>
  readonly packed?: Uint8Array
}

/** A bundle by a publisher, by default the named one; `claims` over what it would sign. */
async function publish({ id = 'k1', ...given }: Published = {}): Promise<Uint8Array> {
  const bytes = given.packed ?? packed
  const claims = { ...trustBundleClaims({ log: log.log as string, scope, made }, bytes), ...given.claims }
  const kid = 'kid' in given ? given.kid : publisher.kid(id)
  const header = { typ: given.typ ?? trustBundleType, kid }
  const kept = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined)) as Json
  return joinTrustBundle(await signJws(given.signer ?? testSigner(`publisher/${id}`), header, kept), bytes)
}

async function judge(bytes: Uint8Array, given: { now?: number; trust?: Partial<LogTrust>; known?: Head } = {}) {
  const trust = log.trust({ maxEvidenceAge: 30 * day, offlineGrace: day, ...given.trust })
  return judgeTrustBundle(await parseTrustBundle(bytes), trust, given.known, given.now ?? made, 'bundle')
}

const codes = async (...given: Parameters<typeof judge>) => {
  const { findings, evidence, isComplete } = await judge(...given)
  expect(findings.every(({ at }) => at === 'bundle')).toBe(true)
  return [findings.map(({ code }) => code), evidence.items.length > 0, isComplete]
}

/** Code of the fault and where it was found. */
async function refusal(bytes: Uint8Array): Promise<string> {
  try {
    await parseTrustBundle(bytes)
    return 'accepted'
  } catch (thrown) {
    return thrown instanceof Fault ? `${thrown.code} ${String(thrown.details.at ?? '')}`.trim() : 'unexpected'
  }
}

describe('the name of a scope', () => {
  it('is the beginning of the hash of its canonical JSON, whatever else it carries', () => {
    const text = '{"regions":["33","*"],"roots":["did:fujie:root"],"types":["urn:a:*"]}'
    const expected = createHash('sha256').update(text).digest('hex').slice(0, 16)
    expect(scopeName(scope)).toBe(expected)
    expect(scopeName({ ...scope, more: 1 } as never)).toBe(expected)
  })
})

describe('the file of a trust bundle', () => {
  it('is FJB1, the length of the signature, the signature and the body', async () => {
    const jws = 'a.b.c'
    expect(toHex(joinTrustBundle(jws, Uint8Array.of(7)))).toBe(`464a423100000005${toHex(utf8(jws))}07`)
    const { jws: read, ...bundle } = await parseTrustBundle(file)
    expect(utf8Text(file.subarray(8, 8 + read.text.length))).toBe(read.text)
    expect(bundle).toMatchObject({ log: log.log, scope, made, expires: made + 2 * day })
    expect(bundle.body.states).toHaveLength(body.states.length)
  })

  it('is read where it lies in a larger one', async () => {
    const larger = concatBytes(new Uint8Array(5).fill(0x46), file)
    expect((await parseTrustBundle(larger.subarray(5))).made).toBe(made)
  })

  it('names what its publisher signs', () => {
    expect(trustBundleClaims({ log: 'l', scope, made }, Uint8Array.of(1, 2))).toEqual({
      v: 1,
      log: 'l',
      scope,
      made,
      expires: made + 2 * day,
      size: 2,
      sha256: createHash('sha256').update(Uint8Array.of(1, 2)).digest('base64url'),
    })
  })

  const magic = utf8('FJB1')
  it.each<[string, () => Uint8Array, string]>([
    ['larger than any', () => new Uint8Array(limits.trustBundle + 1), 'limit.exceeded'],
    ['as large as may be, but another file', () => new Uint8Array(limits.trustBundle), 'bundle.malformed magic'],
    ['cut off before its length', () => concatBytes(magic, new Uint8Array(3)), 'bundle.malformed magic'],
    ['another file', () => concatBytes(utf8('FJB2'), file.subarray(4)), 'bundle.malformed magic'],
    ['empty behind its head', () => concatBytes(magic, new Uint8Array(4)), 'bundle.malformed'],
    ['shorter than it says', () => concatBytes(magic, uintBytes(6, 4), utf8('a.b.c')), 'bundle.malformed length'],
    ['just as long as it says, and no bundle', () => joinTrustBundle('a.b', new Uint8Array()), 'bundle.malformed'],
    ['not signed in UTF-8', () => concatBytes(magic, uintBytes(1, 4), Uint8Array.of(0xff)), 'bundle.malformed jws'],
    ['signed at too great length', () => joinTrustBundle('a'.repeat(limits.request + 1), packed), 'limit.exceeded'],
  ])('is refused if it is %s', async (_what, make, expected) => {
    expect(await refusal(make())).toBe(expected)
  })

  it.each<[string, Readonly<Record<string, Json | undefined>>, string]>([
    ['another version', { v: 2 }, 'claims'],
    ['no log', { log: undefined }, 'claims'],
    ['a time of making that is none', { made: -1 }, 'claims'],
    ['an end that is none', { expires: lastInstant + 1 }, 'claims'],
    ['another size', { size: 1 }, 'sha256'],
    ['another digest', { sha256: encodeBase64url(sha256(utf8('b'))) }, 'sha256'],
    ['a scope that is none', { scope: 'all' }, 'scope'],
    ['a scope of nothing', { scope: null }, 'scope'],
    ['types that are no list', { scope: { ...scope, types: 'a' } }, 'scope'],
    ['regions that are no list', { scope: { ...scope, regions: {} } }, 'scope'],
    ['no roots', { scope: { types: [], regions: [] } }, 'scope'],
    ['one type that is no text', { scope: { ...scope, types: ['a', 1] } }, 'scope'],
  ])('is refused with %s', async (_what, claims, at) => {
    expect(await refusal(await publish({ claims }))).toBe(`bundle.malformed ${at}`)
  })

  it('is refused if what is signed is no object', async () => {
    const jws = await signJws(testSigner('publisher/k1'), { typ: 'fujie-bundle+jws', kid: publisher.kid() }, [])
    expect(await refusal(joinTrustBundle(jws, packed))).toBe('bundle.malformed')
    expect(trustBundleType).toBe('fujie-bundle+jws')
  })

  it('may have a scope of 256 types and no more', async () => {
    const ofTypes = (length: number) =>
      publish({ claims: { scope: { ...scope, types: Array<string>(length).fill('a') } } })
    expect(await refusal(await ofTypes(256))).toBe('accepted')
    expect(await refusal(await ofTypes(257))).toMatch(/^(bundle\.malformed|limit\.exceeded)/)
  })
})

describe('the judgement of a trust bundle', () => {
  it('gives each thing as if it had been gathered alone, but nothing whose digest is wrong', async () => {
    const { findings, isComplete, evidence } = await judge(file)
    expect([findings, isComplete]).toEqual([[], true])
    const { body: read } = await parseTrustBundle(file)
    const states = read.states.map((state) => [state.ns, state.name, formatProofBundleCbor(state)] as const)
    const kinds = { did: 'did_state', acc: 'accreditation', ver: 'registration', qry: 'query', sl: 'status_digest' }
    const expected = states.flatMap(([ns, name, bytes]) => {
      const kind = (kinds as Partial<Record<Namespace, string>>)[ns]
      return kind === undefined ? [] : [{ kind, name, fetchedAt: made, bytes }]
    })
    expect(expected).toHaveLength(7)
    const metadata = utf8('{"vct":"urn:a:1"}')
    const name = `sha256-${createHash('sha256').update(metadata).digest('base64')}`
    expect(evidence.items).toEqual([
      ...expected,
      { kind: 'type_metadata', name, fetchedAt: made, bytes: metadata },
      { kind: 'status_token', name: 'https://a.example/status', fetchedAt: made, bytes: utf8('a.b.c') },
    ])
  })

  it('takes nothing for gathered later than now, or later than it was made', async () => {
    const at = async (now: number) => new Set((await judge(file, { now })).evidence.items.map((item) => item.fetchedAt))
    expect(await at(made - 10)).toEqual(new Set([made - 10]))
    expect(await at(made + 10)).toEqual(new Set([made]))
  })

  it('is without evidence if the log does not stand for it', async () => {
    const nothing = [['log.inclusion_invalid'], false, false]
    expect(await codes(file, { trust: { log: 'another' } })).toEqual(nothing)
    const states = body.states.filter(({ ns }) => ns !== 'pol')
    const withoutPolicy = await formatTrustBody({ ...body, states })
    expect(await codes(await publish({ packed: withoutPolicy }))).toEqual(nothing)
    expect(await codes(file, { trust: { origin: 'log.example/other' } })).toEqual(nothing)
  })

  const stranger = testSigner('stranger', 'Ed25519').publicJwk
  const quorum = { vkey: formatVerifierKey(verifierKey('w', noteTypes.cosignature, stranger)) }

  it('is not whole where witnesses are missing, and empty where the log forked', async () => {
    expect(await codes(file, { trust: { quorum } })).toEqual([['log.witness_short'], true, false])
    const known = { size: log.head.size, root: new Uint8Array(32) }
    expect(await codes(file, { known })).toEqual([['log.fork'], false, false])
    expect(await codes(file, { known, trust: { quorum } })).toEqual([['log.witness_short', 'log.fork'], false, false])
    expect(await codes(file, { known: log.head })).toEqual([[], true, true])
  })

  it.each([
    [2 * day, []],
    [2 * day + 1, ['evidence.old']],
    [3 * day, ['evidence.old']],
    [3 * day + 1, ['evidence.too_old']],
  ])('%i seconds after it was made says %s', async (later, expected) => {
    expect(await codes(file, { now: made + later })).toEqual([expected, true, true])
  })

  it('says once what its head and its end say both', async () => {
    expect(await codes(file, { now: made + 2 * day + 1, trust: { maxEvidenceAge: 2 * day } })).toEqual([
      ['evidence.old'],
      true,
      true,
    ])
  })

  it('ends by its own word sooner than after two days, but no later', async () => {
    const sooner = await publish({ claims: { expires: made + 50 } })
    expect(await codes(sooner, { now: made + 50 })).toEqual([[], true, true])
    expect(await codes(sooner, { now: made + 51 })).toEqual([['evidence.old'], true, true])
    const later = await publish({ claims: { expires: made + 9 * day } })
    expect(await codes(later, { now: made + 2 * day + 1 })).toEqual([['evidence.old'], true, true])
  })

  it('doubts the clock where it was made more than a minute from now', async () => {
    const early = async (by: number) => codes(await publish({ claims: { made: made + by, expires: made + day } }))
    expect(await early(60)).toEqual([[], true, true])
    expect(await early(61)).toEqual([['clock.wrong'], true, true])
  })
})

describe('a publisher of a trust bundle', () => {
  const closedDid = () => body.states[2]?.name as string

  it.each<[string, () => Published, string]>([
    ['has no name', () => ({ kid: undefined }), 'issuer.not_accredited'],
    ['has a number for a name', () => ({ kid: 1 }), 'issuer.not_accredited'],
    ['is none by the policy', () => ({ kid: root.kid(), signer: testSigner('root/k1') }), 'issuer.not_accredited'],
    ['is closed', () => ({ kid: `${closedDid()}#k1`, signer: testSigner('closed/k1') }), 'issuer.deactivated'],
    [
      'is not in the bundle',
      () => ({ kid: 'did:fujie:ciqjt3ehpvkhrmp2uespqgjqt5notg6iidlwbvudngisulmbnmiipka#k1' }),
      'log.inclusion_invalid',
    ],
    ['names no key', () => ({ kid: publisher.did }), 'issuer.key_unknown'],
    ['names a key it does not have', () => ({ kid: publisher.kid('k9') }), 'issuer.key_unknown'],
    ['uses a key that may not assert', () => ({ id: 'mute' }), 'issuer.key_unknown'],
    ['uses a key that was retired by then', () => ({ id: 'gone' }), 'issuer.key_withdrawn'],
    ['uses a key that was stolen', () => ({ id: 'stolen' }), 'issuer.key_withdrawn'],
    ['did not sign', () => ({ signer: testSigner('thief') }), 'jws.signature_invalid'],
    ['signed something else', () => ({ typ: 'fujie-did+jws' }), 'jws.type_wrong'],
  ])('that %s says nothing of what is missing, and takes nothing away', async (_who, given, code) => {
    expect(await codes(await publish(given()))).toEqual([[code], true, false])
  })

  it('may have signed with a key that was retired after', async () => {
    expect(await codes(await publish({ id: 'late' }))).toEqual([[], true, true])
  })
})
