import { encode } from 'cborg'
import { thumbprint } from '@fujie/shared/core/crypto/key.ts'
import { decodeBase64url, encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { encodeBase64 } from '@fujie/shared/core/encoding/base64.ts'
import { concatBytes, utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import type { Json, JsonObject } from '@fujie/shared/core/encoding/json.ts'
import type { FaultCode } from '@fujie/shared/core/fault.ts'
import { formatAddCheckpoint } from '@fujie/shared/core/log/add-checkpoint.ts'
import {
  formatProofBundle,
  formatProofBundleCbor,
  type ProofBundle,
  type Quorum,
} from '@fujie/shared/core/log/bundle.ts'
import type { PresenceBundle } from '@fujie/shared/core/log/bundle-form.ts'
import { makeConsistency } from '@fujie/shared/core/log/consistency.ts'
import { formatNote, formatVerifierKey, noteTypes, parseNote, verifierKey } from '@fujie/shared/core/log/note.ts'
import { formatSeal, type Seal } from '@fujie/shared/core/log/seal.ts'
import { formatTrustBody } from '@fujie/shared/core/log/trust-body.ts'
import { joinTrustBundle, trustBundleClaims, trustBundleType } from '@fujie/shared/core/log/trust-bundle.ts'
import { hashLeaf, LogTree } from '@fujie/shared/core/log/tree.ts'
import { mapKey } from '@fujie/shared/core/log/state.ts'
import type { CreateOperation, UpdateOperation } from '@fujie/shared/core/record/operation.ts'
import type { SignedRecord } from '@fujie/shared/core/record/record.ts'
import type { TrustPayload } from '@fujie/shared/core/record/trust.ts'
import type { FindingCode } from '@fujie/shared/core/verdict.ts'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import { signNote } from '@fujie/shared/ports/sign-note.ts'
import { signRecord } from '@fujie/shared/ports/sign-record.ts'
import type { Signer } from '@fujie/shared/ports/signer.ts'
import { testSigner } from '../../tests/fixtures/party.ts'
import { World } from '../../tests/fixtures/world.ts'
import type { HostileCase } from '../../tests/hostile/case.ts'
import type { EntryName } from '../../tests/hostile/entries.ts'
import { fault, finding } from './shown-case.ts'
import { bytesOf, signDraft, type Members, type Stage } from './stage.ts'

const now = World.start
const witnessNames = ['w1', 'w2', 'w3'] as const
const witness = (name: string) => testSigner(name, 'Ed25519')

/** The witnesses of `policy/witnessed`, two of whom have to stand for a head. */
export const witnessKeys: readonly Quorum[] = witnessNames.map((name) => ({
  vkey: formatVerifierKey(verifierKey(`${name}.test`, noteTypes.cosignature, witness(name).publicJwk)),
}))

type Bundle = Record<string, Json>

function made(
  entry: EntryName,
  rule: string,
  reason: string,
  expect: HostileCase['expect'],
  bad: Json,
  good: Json,
  more: Partial<HostileCase> = {},
  twin: Partial<HostileCase['twin']> = {},
): HostileCase {
  return {
    ...{ reason, rule, entry, input: bad, evidence: 'none', policy: 'hotel', now, expect },
    ...more,
    twin: { input: good, ...twin, expect: { kind: 'accepted' } },
  }
}

const bundleRule = 'registry, 9.2'
const invalid = finding('log.inclusion_invalid', 'state')

/** Flips one bit of a base64url member. */
function flipped(text: Json | undefined, at = 5): string {
  const bytes = (decodeBase64url(String(text)) as Uint8Array).slice()
  bytes[at] = (bytes[at] as number) ^ 1
  return encodeBase64url(bytes)
}

function bytesIn(value: Json | undefined): Uint8Array {
  return decodeBase64url(String(value)) as Uint8Array
}

function with_(list: Json | undefined, at: number, value: Json): Json {
  return (list as readonly Json[]).map((each, i) => (i === at ? value : each))
}

async function bundles(stage: Stage): Promise<readonly HostileCase[]> {
  const { world } = stage
  const proof = world.log.prove('did', world.issuer.did)
  const good = formatProofBundle(proof) as Bundle
  const other = formatProofBundle(world.log.prove('did', world.verifier.did)) as Bundle
  const absent = formatProofBundle(world.log.prove('did', 'did:fujie:nobody')) as Bundle
  const state = good.state as readonly number[]
  const seal = good.seal as readonly (number | null)[]
  const note = String(good.checkpoint)
  const case_ = (reason: string, bad: Members, expect = invalid, base: Bundle = good) =>
    made('judgeState', bundleRule, reason, expect, { json: { ...base, ...bad } as Json }, { json: base })
  const lines = note.split('\n')
  const root = lines[2] as string
  const path = bytesIn(good.path)
  const sealPath = bytesIn(good.sealPath)
  const numbers = (index: number, change: number) => with_(seal, index, (seal[index] as number) + change)
  const cosigned = (names: readonly string[], at = now, text?: string) => cosign(note, names, at, text)
  const witnessed = async (reason: string, bad: string, expect: HostileCase['expect']) =>
    made(
      'judgeState',
      'registry, 6',
      reason,
      expect,
      { json: { ...good, checkpoint: bad } },
      { json: { ...good, checkpoint: await cosigned(['w1', 'w2']) } },
      { policy: 'witnessed' },
    )
  const short = finding('log.witness_short', 'state')
  const head = { size: world.log.head.size, root: encodeBase64url(world.log.head.root) }
  const thief = await cosign(note, ['thief'], now)
  return [
    case_('a state of another version', { state: with_(state, 0, (state[0] as number) + 1) }),
    case_('a state at another entry', { state: with_(state, 1, (state[1] as number) - 1) }),
    case_('a state at an entry behind the seal', { state: with_(state, 1, 10_000) }),
    case_('a state that is closed', { state: with_(state, 2, 1) }),
    case_('a state of another beginning', { state: with_(state, 3, (state[3] as number) + 1) }),
    case_('a state of another time', { state: with_(state, 4, (state[4] as number) + 1) }),
    case_('a state from after the seal', { state: with_(state, 4, now + 1_000_000) }),
    case_('a state that was changed before it began', { state: with_(with_(state, 3, now), 4, now - 86_400) }),
    case_('the record of another', { record: other.record as Json }),
    case_('the name of another', { name: other.name as Json }),
    case_('the name and record of another', { name: other.name as Json, record: other.record as Json }),
    case_('the state, record and name of another', {
      name: other.name as Json,
      record: other.record as Json,
      state: other.state as Json,
    }),
    case_('the record of an older version', { record: await olderRecord(world) }),
    case_('a log of another id', { log: 'A'.repeat(43) }),
    case_('a path with a sibling altered', { path: flipped(good.path) }),
    case_('a path with a turn altered', { path: flipped(good.path, 0) }),
    case_('a path without its last turn', { path: encodeBase64url(path.subarray(0, -33)) }),
    case_('a path without its first turn', { path: encodeBase64url(path.subarray(33)) }),
    case_('a path with a turn twice', { path: encodeBase64url(concatBytes(path.subarray(0, 33), path)) }),
    case_('a path the wrong way round', { path: encodeBase64url(concatBytes(...segments(path).reverse())) }),
    case_('a path of nothing', { path: '' }),
    case_('a path of another', { path: other.path as Json }),
    case_('a seal of another batch', { seal: numbers(0, 1) }),
    case_('a seal of more records', { seal: numbers(2, 1) }),
    case_('a seal of another map', { seal: numbers(3, 1) }),
    case_('a seal of another time', { seal: numbers(4, 1) }),
    case_('a seal of another policy', { seal: numbers(6, 1) }),
    case_('a way to the seal altered', { sealPath: flipped(good.sealPath) }),
    case_('a way to the seal cut short', { sealPath: encodeBase64url(sealPath.subarray(0, -32)) }),
    case_('a way to the seal with a step more', { sealPath: encodeBase64url(concatBytes(sealPath, bytesOf('step'))) }),
    case_('a way to the seal of nothing', { sealPath: '' }),
    case_('a checkpoint of another size', {
      checkpoint: note.replace(`\n${lines[1]}\n`, `\n${Number(lines[1]) + 1}\n`),
    }),
    case_('a checkpoint of another root', { checkpoint: note.replace(root, encodeBase64(bytesOf('root'))) }),
    case_('a checkpoint of another log', { checkpoint: note.replace(String(lines[0]), 'log.example/other') }),
    case_('a checkpoint without the log’s signature', { checkpoint: note.replace(/\u2014[^\n]*\n/, '') }),
    case_('a checkpoint whose signature was altered', { checkpoint: alterSignature(note) }),
    case_('a checkpoint signed by another under the log’s name', {
      checkpoint: await forgeNote(note, world.log.origin),
    }),
    case_('a checkpoint of an older head', { checkpoint: await olderNote(stage) }),
    case_(
      'an absence under the own key',
      { leaf: [encodeBase64url(mapKey('did', 'did:fujie:nobody')), encodeBase64url(bytesOf('value'))] },
      invalid,
      absent,
    ),
    case_(
      'an absence by a leaf that is not there',
      { leaf: [encodeBase64url(bytesOf('key')), encodeBase64url(bytesOf('value'))] },
      invalid,
      absent,
    ),
    case_('an absence in a map said to be empty', { leaf: null, path: '' }, invalid, absent),
    case_(
      'an absence of what is there',
      { state: null, record: undefined, leaf: absent.leaf as Json, path: absent.path as Json },
      invalid,
    ),
    case_('an absence under another name', { name: String(other.name) }, invalid, absent),
    await witnessed('a checkpoint nobody cosigned', note, short),
    await witnessed('a checkpoint that one of two cosigned', await cosigned(['w1']), short),
    await witnessed('a checkpoint that one cosigned twice', await cosigned(['w1', 'w1']), short),
    await witnessed(
      'a checkpoint cosigned over another text',
      await cosigned(['w1', 'w2'], now, note.replace(root, encodeBase64(bytesOf('root')))),
      short,
    ),
    await witnessed('a checkpoint cosigned by a stranger', thief, short),
    await witnessed(
      'a checkpoint cosigned long ago',
      await cosigned(['w1', 'w2'], now - 601),
      finding('evidence.too_old', 'state'),
    ),
    made(
      'judgeState',
      bundleRule,
      'a checkpoint past its age',
      finding('evidence.too_old', 'state'),
      { json: good },
      { json: good },
      { now: now + 601 },
      { now: now + 600 },
    ),
    made(
      'judgeState',
      bundleRule,
      'a checkpoint of the future',
      finding('clock.wrong', 'state'),
      { json: good },
      { json: good },
      { now: now - 61 },
      { now: now - 60 },
    ),
    made(
      'judgeState',
      bundleRule,
      'a head behind one that is known',
      finding('evidence.too_old', 'state'),
      { json: good, knownHead: { ...head, size: head.size + 1 } },
      { json: good, knownHead: head },
    ),
    made(
      'judgeState',
      bundleRule,
      'a head of a size that is known with another root',
      finding('log.fork', 'state'),
      { json: good, knownHead: { ...head, root: encodeBase64url(bytesOf('root')) } },
      { json: good, knownHead: head },
    ),
    made(
      'judgeState',
      bundleRule,
      'a head no ledger knows',
      finding('evidence.missing', 'state'),
      { json: good },
      { json: good },
      { policy: 'anchored' },
      { policy: 'hotel' },
    ),
    ...bundleForms(good, absent, proof),
  ]
}

function segments(path: Uint8Array): Uint8Array[] {
  return Array.from({ length: path.length / 33 }, (_, i) => path.slice(33 * i, 33 * i + 33))
}

function alterSignature(note: string): string {
  return note.replace(
    /(\u2014 \S+ .{20})(.)/,
    (_, before: string, letter: string) => before + (letter === 'A' ? 'B' : 'A'),
  )
}

/** Signed by a key of one's own, under the log's name and key id. */
async function forgeNote(note: string, origin: string): Promise<string> {
  const { text, signatures } = parseNote(note)
  const forged = await signNote(witness('thief'), origin, noteTypes.ed25519, text, now)
  return formatNote({
    text,
    signatures: signatures.map((each, i) => (i === 0 ? { ...each, signature: forged.signature } : each)),
  })
}

async function cosign(note: string, names: readonly string[], at: number, over?: string): Promise<string> {
  const { text, signatures } = parseNote(note)
  const signed = parseNote(over ?? note).text
  const lines = []
  for (const name of names) lines.push(await signNote(witness(name), `${name}.test`, noteTypes.cosignature, signed, at))
  return formatNote({ text, signatures: [...signatures, ...lines] })
}

/** The first record of the agency, which was updated since. */
async function olderRecord(world: World): Promise<string> {
  const keys = [world.issuer.key('k1')]
  const next = (tier: string) => ({ threshold: 1, thumbprints: [thumbprint(testSigner(`police/${tier}`).publicJwk)] })
  const create: CreateOperation = {
    ...{ v: 1, kind: 'create', log: world.log.log as string, class: 'organisation', doc: { keys } },
    keys: [testSigner('police/update/0').publicJwk],
    next: { update: next('update/1'), recovery: next('recovery') },
  }
  return (await signRecord(create, [{ signer: testSigner('police/update/0') }])).text
}

/** What the log signed before the newest records came. */
async function olderNote(stage: Stage): Promise<string> {
  const later = await World.make()
  await later.setStatus(9, 1)
  return later.log.note === stage.world.log.note ? '' : later.log.note
}

const formRule = 'registry, 9.1'

function bundleForms(good: Bundle, absent: Bundle, proof: ProofBundle): readonly HostileCase[] {
  const malformed = fault('bundle.malformed')
  const json = (reason: string, members: Members, base: Bundle = good) =>
    made('judgeState', formRule, reason, malformed, { json: { ...base, ...members } as Json }, { json: base })
  const cbor = formatProofBundleCbor(proof)
  const bytes = (reason: string, bad: Uint8Array) =>
    made('judgeState', formRule, reason, malformed, { bundle: encodeBase64url(bad) }, { bundle: encodeBase64url(cbor) })
  const text = (reason: string, bad: string) =>
    made('judgeState', formRule, reason, malformed, { text: bad }, { json: good })
  const whole = JSON.stringify(good)
  const indefinite = concatBytes(Uint8Array.of(0xbf), cbor.subarray(1), Uint8Array.of(0xff))
  const more = (key: number, value: unknown) =>
    concatBytes(Uint8Array.of((cbor[0] as number) + 1), cbor.subarray(1), encode(key), encode(value))
  return [
    json('a bundle of a later version', { v: 2 }),
    json('a bundle with a member nobody knows', { proof: 'x' }),
    json('a bundle without seal', { seal: undefined }),
    json('a bundle without record', { record: undefined }),
    json('a bundle of an absent name with a record', { record: good.record as Json }, absent),
    json('a bundle of a present name with a leaf', { leaf: null }),
    json('a bundle in an unknown namespace', { ns: 'keys' }),
    json('a bundle of a name with a line feed', { name: 'did\nx' }),
    json('a bundle with a state cut short', { state: with_(good.state, 4, null) }),
    json('a bundle with a state below zero', { state: with_(good.state, 0, -1) }),
    json('a bundle with a state neither open nor closed', { state: with_(good.state, 2, 2) }),
    json('a bundle with a path that breaks off', { path: String(good.path).slice(0, -4) }),
    json('a bundle with a way that breaks off', { sealPath: encodeBase64url(bytesIn(good.sealPath).subarray(1)) }),
    json('a bundle with a way of too many steps', { sealPath: encodeBase64url(new Uint8Array(32 * 64)) }),
    json('a bundle with a seal of six numbers', { seal: (good.seal as readonly Json[]).slice(1) }),
    json('a bundle with a seal of no records', { seal: with_(good.seal, 2, 0) }),
    json('a bundle with a seal that follows nothing', { seal: with_(good.seal, 5, null) }),
    json('a bundle whose checkpoint is no note', { checkpoint: 'log' }),
    json('a bundle whose checkpoint has an extension', {
      checkpoint: String(good.checkpoint).replace('\n\n', '\nextension\n\n'),
    }),
    json('a bundle whose record is broken', { record: 'e30.e30.AA' }),
    text('a bundle with a member twice', whole.replace('{', '{"v":1,')),
    text('a bundle with text behind it', `${whole}x`),
    text('a bundle that breaks off', whole.slice(0, -1)),
    bytes('a compact bundle with a byte behind it', Uint8Array.of(...cbor, 0)),
    bytes('a compact bundle without end', indefinite),
    bytes('a compact bundle with a key twice', more(0, 1)),
    bytes('a compact bundle with a key nobody knows', more(13, 1)),
    bytes(
      'a compact bundle with a number spelled too long',
      concatBytes(cbor.subarray(0, 1), Uint8Array.of(0x18, 0), cbor.subarray(2)),
    ),
    bytes('a compact bundle that breaks off', cbor.subarray(0, -1)),
    made(
      'judgeState',
      'security, 4.5',
      'a bundle that is too long',
      fault('limit.exceeded'),
      { text: { join: ['{', { repeat: ' ', times: 131_072 }, '}'] } },
      { json: good },
    ),
  ]
}

const recordRule = 'registry, 1.1 and 1.2'

/** The records that make a DID, from its key names. */
function createOf(
  log: string,
  name: string,
  change: (payload: JsonObject) => JsonObject = (payload) => payload,
): JsonObject {
  const promised = (tier: string): Json => [1, thumbprint(testSigner(`${name}/${tier}`).publicJwk)]
  const keys: Json = [{ id: 'k1', jwk: { ...testSigner(`${name}/k1`).publicJwk } as Json, for: ['assertionMethod'] }]
  return change({
    v: 1,
    kind: 'create',
    log,
    class: 'organisation',
    keys: [{ ...testSigner(`${name}/update/0`).publicJwk } as Json],
    ...{ doc: { keys }, next: { update: promised('update/1'), recovery: promised('recovery') } },
  })
}

async function signed(payload: JsonObject, signers: readonly Signer[], header: Members = {}): Promise<string> {
  const [first, ...rest] = signers as readonly [Signer, ...Signer[]]
  const members = { typ: 'fujie-did+jws', ...header }
  let text = await signDraft({ header: members, payload: { ...payload }, signer: first })
  for (const signer of rest) {
    const [head, , signature] = (await signDraft({ header: members, payload: { ...payload }, signer })).split('.')
    text += `.${head}.${signature}`
  }
  return text
}

async function records(stage: Stage): Promise<readonly HostileCase[]> {
  const log = stage.world.log.log as string
  const signer = testSigner('new/update/0')
  const good = await signed(createOf(log, 'new'), [signer])
  const malformed = (reason: string, bad: string, twin = good, rule = recordRule) =>
    made('parseRecord', rule, reason, fault('operation.malformed'), { record: bad }, { record: twin })
  const payload = async (reason: string, change: (payload: JsonObject) => JsonObject) =>
    malformed(reason, await signed(createOf(log, 'new', change), [signer]))
  const header = async (reason: string, members: Members) =>
    malformed(reason, await signed(createOf(log, 'new'), [signer], members))
  const doc = (members: Members) => (payload_: JsonObject) => ({
    ...payload_,
    doc: { ...(payload_.doc as JsonObject), ...members } as Json,
  })
  const key = ((createOf(log, 'new').doc as JsonObject).keys as readonly [JsonObject])[0]
  const [head = '', body = '', signature = ''] = good.split('.')
  const service: Json = { id: 's', type: 'Hub', serviceEndpoint: 'https://hotel.example' }
  const trust = await accreditation(stage)
  const trustCase = async (reason: string, change: (payload: JsonObject) => JsonObject) =>
    malformed(reason, await trust(change), await trust((each) => each), 'registry, 1.3')
  const body_ = (members: Members) => (each: JsonObject) => ({
    ...each,
    body: { ...(each.body as JsonObject), ...members } as Json,
  })
  const granted = stage.world.log.find('acc', `${stage.world.root.did} ${stage.world.issuer.did}`)?.record.payload
  const [type] = (granted as unknown as { body: { types: readonly JsonObject[] } }).body.types as readonly [JsonObject]
  return [
    await header('a record with a header member more', { kid: 'k1' }),
    await header('a record of another type', { typ: 'JWT' }),
    await header('a record without algorithm', { alg: 'none' }),
    await header('a record by a curve of certificates', { alg: 'ES384' }),
    await header('a record by the old name of its algorithm', { alg: 'EdDSA' }),
    malformed('a record of two parts', `${head}.${body}`),
    malformed('a record with a header more', `${good}.${head}`),
    malformed('a record with more signatures than keys', `${good}.${head}.${signature}`),
    malformed('a record with a short signature', `${head}.${body}.${signature.slice(0, -4)}`),
    malformed('a record with padding', `${good}==`),
    malformed(
      'a record with stray tail bits',
      `${good.slice(0, -1)}${String.fromCharCode(good.charCodeAt(good.length - 1) + 1)}`,
    ),
    malformed(
      'a record that is too long',
      await signed(
        createOf(
          log,
          'new',
          doc({
            alsoKnownAs: Array.from({ length: 4 }, () => `x:${'a'.repeat(200)}`),
            controller: Array.from({ length: 4 }, () => `did:x:${'a'.repeat(220)}`),
            services: Array.from({ length: 8 }, (_, i) => ({
              ...(service as JsonObject),
              id: `s${i}`,
              serviceEndpoint: `https://${'a'.repeat(240)}`,
            })),
          }),
        ),
        [signer],
      ),
    ),
    await payload('a record of a later version', (each) => ({ ...each, v: 2 })),
    await payload('a record with a member more', (each) => ({ ...each, note: 'x' })),
    await payload('a record without document', (each) =>
      Object.fromEntries(Object.entries(each).filter(([name]) => name !== 'doc')),
    ),
    await payload('a record of an unknown kind', (each) => ({ ...each, kind: 'delete' })),
    await payload('a record of an unknown class', (each) => ({ ...each, class: 'animal' })),
    await payload('a record of no keys', (each) => ({ ...each, keys: [] })),
    await payload('a record with a private key', (each) => ({
      ...each,
      keys: [{ ...signer.publicJwk, d: signer.publicJwk.x }],
    })),
    await payload('a record with a key that says more', (each) => ({
      ...each,
      keys: [{ ...signer.publicJwk, use: 'sig' }],
    })),
    await payload('a record promising nobody', (each) => ({
      ...each,
      next: { ...(each.next as JsonObject), update: [1] },
    })),
    await payload('a record promising more than there are', (each) => ({
      ...each,
      next: { ...(each.next as JsonObject), update: [2, 'A'.repeat(43)] },
    })),
    await payload('a record promising none of them', (each) => ({
      ...each,
      next: { ...(each.next as JsonObject), update: [0, 'A'.repeat(43)] },
    })),
    await payload('a record promising one twice', (each) => ({
      ...each,
      next: { ...(each.next as JsonObject), update: [1, 'A'.repeat(43), 'A'.repeat(43)] },
    })),
    await payload('a document with two keys of one name', doc({ keys: [key, key] })),
    await payload('a document with a key name that is a path', doc({ keys: [{ ...key, id: '../k1' }] })),
    await payload('a document with a use nobody knows', doc({ keys: [{ ...key, for: ['everything'] }] })),
    await payload(
      'a document with a use twice',
      doc({ keys: [{ ...key, for: ['authentication', 'authentication'] }] }),
    ),
    await payload(
      'a document with seventeen keys',
      doc({
        keys: Array.from({ length: 17 }, (_, i) => ({
          id: `k${i}`,
          jwk: { kty: 'OKP', crv: 'X25519', x: 'A'.repeat(43) },
          for: [],
        })),
      }),
    ),
    await payload(
      'a document with a service in the clear',
      doc({ services: [{ ...(service as JsonObject), serviceEndpoint: 'http://hotel.example' }] }),
    ),
    await payload(
      'a document with a service that says more',
      doc({ services: [{ ...(service as JsonObject), priority: 1 }] }),
    ),
    await payload('a document with a key that was half lost', doc({ keys: [{ ...key, compromised: false }] })),
    await trustCase('a right for everything of everybody', body_({ types: [{ ...type, vct: 'urn:*:x' }] })),
    await trustCase('a right of no types', body_({ types: [] })),
    await trustCase(
      'a right that ends before it begins',
      body_({ types: [{ ...type, notAfter: type.notBefore as Json }] }),
    ),
    await trustCase('a right over five levels', body_({ types: [{ ...type, depth: 5 }] })),
    await trustCase('a right in a region that is a name', body_({ types: [{ ...type, regions: ['Beijing'] }] })),
    await trustCase('a right in an unknown role', body_({ role: 'king' })),
    await trustCase('a right that ended and goes on', body_({ ended: { at: now } })),
    await trustCase('a first right that follows another', (each) => ({ ...each, prev: 'A'.repeat(43) })),
    await trustCase('a right without who gives it', (each) =>
      Object.fromEntries(Object.entries(each).filter(([name]) => name !== 'by')),
    ),
  ]
}

/** A right as a root would give it first. */
async function accreditation({ world }: Stage) {
  const known = world.log.find('acc', `${world.root.did} ${world.issuer.did}`)?.record.payload as unknown as JsonObject
  const { prev: _, ...rest } = known
  return (change: (payload: JsonObject) => JsonObject) =>
    signed(change({ ...rest, seq: 0 }), [world.root.signer()], { typ: 'fujie-trust+jws', kid: world.root.kid() })
}

type Placed = { readonly record: string; readonly sealTime: number }

/** What may follow what in a log. */
async function histories(): Promise<readonly HostileCase[]> {
  const admin = testSigner('admin', 'Ed25519')
  const at = now - 86_400
  const policy = policyOf()
  const first = await signRecord(
    { v: 1, kind: 'pol', seq: 0, exp: at + 60, status: 'active', body: policy } as unknown as TrustPayload<'pol'>,
    [{ signer: admin, kid: thumbprint(admin.publicJwk) }],
  )
  const log = first.id
  const payload = createOf(log, 'shop')
  const create = await signed(payload, [testSigner('shop/update/0')])
  const didOf = await didFrom(create)
  const promise = (...names: readonly string[]) => ({
    threshold: 1,
    thumbprints: names.map((name) => thumbprint(testSigner(name).publicJwk)),
  })
  const doc = { keys: [{ id: 'k1', jwk: testSigner('shop/k1').publicJwk, for: ['assertionMethod'] as const }] }
  const update = (change: Partial<UpdateOperation> = {}, by = 'shop/update/1', named = by) =>
    signRecord<UpdateOperation>(
      {
        v: 1,
        kind: 'update',
        keys: [testSigner(named).publicJwk],
        did: didOf.did,
        seq: 1,
        prev: didOf.id,
        exp: now + 60,
        doc,
        next: { update: promise('shop/update/2'), recovery: promise('shop/recovery') },
        ...change,
      },
      [{ signer: testSigner(by) }],
    ).then(({ text }) => text)
  const before: readonly Placed[] = [
    { record: first.text, sealTime: at },
    { record: create, sealTime: at },
  ]
  const case_ = async (
    reason: string,
    code: FaultCode,
    bad: string,
    more: readonly string[] = [],
    sealTime = now,
    good?: string,
  ) => {
    const earlier = [...before, ...more.map((record) => ({ record, sealTime }))]
    const twin = good ?? (await update())
    return made(
      'foldRecord',
      'registry, 2',
      reason,
      fault(code),
      { before: earlier, record: bad, sealTime } as unknown as Json,
      { before, record: twin, sealTime: now } as unknown as Json,
    )
  }
  const own = (change: (payload: JsonObject) => JsonObject) =>
    signed(createOf(log, 'other', change), [testSigner('other/update/0')])
  const deactivate = await signRecord(
    {
      v: 1,
      kind: 'deactivate',
      keys: [testSigner('shop/recovery').publicJwk],
      did: didOf.did,
      seq: 1,
      prev: didOf.id,
      exp: now + 60,
    },
    [{ signer: testSigner('shop/recovery') }],
  )
  const stolen = await signRecord(
    {
      v: 1,
      kind: 'deactivate',
      keys: [testSigner('shop/update/1').publicJwk],
      did: didOf.did,
      seq: 1,
      prev: didOf.id,
      exp: now + 60,
    },
    [{ signer: testSigner('shop/update/1') }],
  )
  const trust = (change: Members = {}, kid = `${didOf.did}#k1`) =>
    signed(
      {
        v: 1,
        kind: 'sl',
        by: didOf.did,
        seq: 0,
        exp: now + 60,
        status: 'active',
        body: { uri: 'https://shop.example/1', bits: 1, entries: 8, digest: 'A'.repeat(43), size: 1 },
        ...change,
      } as JsonObject,
      [testSigner('shop/k1')],
      { typ: 'fujie-trust+jws', kid },
    )
  const seen = { seen: ['did/stolen-update-key-recovered'] }
  return [
    await case_(
      'a record for another log',
      'operation.wrong_log',
      await own((each) => ({ ...each, log: 'A'.repeat(43) })),
      [],
      now,
      await own((each) => each),
    ),
    await case_(
      'a person in the log',
      'admission.person_not_anchored',
      await own((each) => ({ ...each, class: 'person' })),
      [],
      now,
      await own((each) => ({ ...each, class: 'thing' })),
    ),
    await case_('a DID that begins twice', 'operation.out_of_order', create),
    await case_(
      'an update of nobody',
      'did.not_found',
      await update({ did: `did:fujie:ciqjt3ehpvkhrmp2uespqgjqt5notg6iidlwbvudngisulmbnmiipka` }),
    ),
    await case_('an update that leaves one out', 'operation.out_of_order', await update({ seq: 2 })),
    await case_('an update after another record', 'operation.out_of_order', await update({ prev: 'A'.repeat(43) })),
    await case_(
      'an update past its end',
      'operation.expired',
      await update({ exp: now - 1 }),
      [],
      now,
      await update({ exp: now }),
    ),
    await case_(
      'an update that ends too late',
      'operation.expired',
      await update({ exp: now + 604_801 }),
      [],
      now,
      await update({ exp: now + 604_800 }),
    ),
    await case_('an update by a key nobody promised', 'operation.key_uncommitted', await update({}, 'thief')),
    await case_('an update by the recovery key', 'operation.key_uncommitted', await update({}, 'shop/recovery')),
    {
      ...(await case_(
        'an update of the recovery keys',
        'operation.recovery_changed',
        await update({ next: { update: promise('shop/update/2'), recovery: promise('thief') } }),
      )),
      ...seen,
    },
    {
      ...(await case_(
        'a deactivation by the update key',
        'operation.key_uncommitted',
        stolen.text,
        [],
        now,
        deactivate.text,
      )),
      ...seen,
    },
    await case_(
      'an update promising its own key',
      'operation.key_reused',
      await update({ next: { update: promise('shop/update/1'), recovery: promise('shop/recovery') } }),
    ),
    await case_(
      'an update signed by another',
      'operation.signature_invalid',
      await update({}, 'thief', 'shop/update/1'),
    ),
    await case_('an update of what was closed', 'did.deactivated', await update(), [deactivate.text]),
    await case_(
      'a list of a party that is not there',
      'operation.signer_not_authorised',
      await trust({ by: 'did:fujie:ciqjt3ehpvkhrmp2uespqgjqt5notg6iidlwbvudngisulmbnmiipka' }),
      [],
      now,
      await trust(),
    ),
    await case_(
      'a list by a key of nobody',
      'operation.signer_not_authorised',
      await trust({}, `${didOf.did}#k9`),
      [],
      now,
      await trust(),
    ),
    await case_(
      'a right given by a key for lists',
      'operation.signer_not_authorised',
      await rightBy(didOf.did),
      [],
      now,
      await trust(),
    ),
    await case_(
      'a list that begins with its second version',
      'operation.out_of_order',
      await trust({ seq: 1, prev: 'A'.repeat(43) }),
      [],
      now,
      await trust(),
    ),
    await case_(
      'a policy by nobody who may',
      'operation.signer_not_authorised',
      await policyBy(testSigner('thief', 'Ed25519'), first),
      [],
      now,
      await policyBy(admin, first),
    ),
  ]
}

async function didFrom(text: string): Promise<{ readonly did: string; readonly id: string }> {
  const { parseRecord } = await import('@fujie/shared/core/record/record.ts')
  const { nameOfRecord } = await import('@fujie/shared/core/record/name.ts')
  const record = parseRecord(text)
  return { did: nameOfRecord(record).name, id: record.id }
}

function rightBy(did: string): Promise<string> {
  const type = { vct: 'urn:x', owner: did, regions: ['*'], notBefore: now, notAfter: now + 1, depth: 0 }
  const body = { subject: 'did:web:shop.example', role: 'issuer', types: [type] }
  return signed(
    { v: 1, kind: 'acc', by: did, seq: 0, exp: now + 60, status: 'active', body },
    [testSigner('shop/k1')],
    { typ: 'fujie-trust+jws', kid: `${did}#k1` },
  )
}

function policyOf(): JsonObject {
  const { publicJwk } = testSigner('log', 'Ed25519')
  const vkey = formatVerifierKey(verifierKey('log.example/history', noteTypes.ed25519, publicJwk))
  return {
    ...{ origin: 'log.example/history', map: 'mpt1', logKeys: [vkey], trust: `log ${vkey}\nquorum none\n` },
    admins: { grant: 1, withdraw: 1, keys: [{ ...testSigner('admin', 'Ed25519').publicJwk } as Json] },
    ...{ roots: [], registrars: [], publishers: [], ledgers: [] },
    ...{ grantDelay: 0, minUpdateInterval: 0, mmd: 60, anchorPersons: false },
  }
}

async function policyBy(signer: Signer, first: SignedRecord): Promise<string> {
  const payload = {
    v: 1,
    kind: 'pol',
    seq: 1,
    prev: first.id,
    exp: now + 60,
    status: 'active',
    body: { ...policyOf(), mmd: 120 },
  }
  return (await signRecord(payload as unknown as TrustPayload<'pol'>, [{ signer, kid: thumbprint(signer.publicJwk) }]))
    .text
}

function texts(stage: Stage): readonly HostileCase[] {
  const { note } = stage.world.log
  const [vkey = ''] = stage.world.log.logKeys
  const malformed = fault('checkpoint.malformed')
  const { text } = parseNote(note)
  const noteCase = (reason: string, bad: Json, expect = malformed) =>
    made('parseNote', 'C2SP signed-note', reason, expect, { note: bad }, { note })
  const checkpoint = (reason: string, bad: string, good = text) =>
    made('parseCheckpoint', 'registry, 4', reason, malformed, { text: bad }, { text: good })
  const key = (reason: string, bad: string) =>
    made('parseVerifierKey', 'C2SP signed-note', reason, malformed, { vkey: bad }, { vkey })
  const terms: Seal = {
    batch: 2,
    first: 2,
    count: 1,
    mapRoot: bytesOf('map'),
    leaves: 1,
    time: now,
    prev: 1,
    policy: 0,
  }
  const seal = (reason: string, bad: string) =>
    made('parseSeal', 'registry, 4', reason, malformed, { seal: bad }, { seal: formatSeal(terms) })
  const trustText = `log ${vkey}\nwitness w1 ${vkeyOf('w1')}\nwitness w2 ${vkeyOf('w2')}\ngroup g 2 w1 w2\nquorum g\n`
  const policy = (reason: string, bad: string) =>
    made('parseTrustPolicy', 'C2SP tlog-policy', reason, fault('policy.malformed'), { text: bad }, { text: trustText })
  const lines = note.split('\n')
  return [
    noteCase('a note without signatures', text),
    noteCase('a note without end', note.slice(0, -1)),
    noteCase('a note with seventeen signatures', text + '\n' + `${lines[4]}\n`.repeat(17)),
    noteCase('a note signed with a minus', note.replaceAll('\u2014', '-')),
    noteCase('a note whose signature is no base64', note.replace(/[A-Za-z0-9+/]{4}=*\n$/, '!!!!\n')),
    noteCase(
      'a note that is too long',
      { join: [{ repeat: 'a', times: 65_536 }, '\n\n', String(lines[4]), '\n'] },
      fault('limit.exceeded'),
    ),
    checkpoint('a checkpoint with an extension line', `${text}extension\n`),
    checkpoint('a checkpoint with a size that begins with zero', text.replace(/\n(\d+)\n/, '\n0$1\n')),
    checkpoint('a checkpoint with a size no reader keeps', text.replace(/\n(\d+)\n/, '\n9007199254740993\n')),
    checkpoint('a checkpoint with a short root', text.replace(/.{4}\n$/, '\n')),
    checkpoint('a checkpoint whose origin has a blank', text.replace('log.', 'log .')),
    key('a verifier key of another id', vkey.replace(/\+[0-9a-f]{8}\+/, '+00000000+')),
    key('a verifier key of an unknown kind', kindOf(vkey, 9)),
    key('a verifier key with a blank in its name', vkey.replace('log.', 'log .')),
    key('a verifier key cut short', vkey.slice(0, -4)),
    seal('a seal of no batch', formatSeal({ ...terms, batch: 0 })),
    seal('a seal of too many records', formatSeal({ ...terms, count: 10_001 })),
    seal('a seal with a number that begins with zero', formatSeal(terms).replace('batch 2', 'batch 02')),
    seal('a seal with a line more', `${formatSeal(terms)}note x\n`),
    seal('a seal that follows another entry', formatSeal({ ...terms, prev: 0 })),
    seal('a seal under a policy that is not yet', formatSeal({ ...terms, policy: 3 })),
    policy('a policy without quorum', trustText.replace('quorum g\n', '')),
    policy('a policy with a witness twice', trustText.replace(vkeyOf('w2'), vkeyOf('w1'))),
    policy(
      'a policy with a name before it is defined',
      trustText.replace('group g 2 w1 w2\n', '').replace('quorum g', 'quorum g\ngroup g 2 w1 w2'),
    ),
    policy('a policy that nobody can meet', trustText.replace('group g 2', 'group g 3')),
    policy('a policy that a witness meets twice', trustText.replace('group g 2 w1 w2', 'group g 2 w1 w1')),
    policy('a policy with a line nobody knows', `${trustText}trust all\n`),
  ]
}

/** The same key, said to be of another kind. */
function kindOf(vkey: string, kind: number): string {
  const [name = '', id = '', ...rest] = vkey.split('+')
  const key = Buffer.from(rest.join('+'), 'base64')
  key[0] = kind
  return [name, id, encodeBase64(new Uint8Array(key))].join('+')
}

function vkeyOf(name: string): string {
  return formatVerifierKey(verifierKey(`${name}.test`, noteTypes.cosignature, witness(name).publicJwk))
}

function consistencies(stage: Stage): readonly HostileCase[] {
  const tree = new LogTree()
  const roots = [tree.root()]
  for (let i = 0; i < 13; i++) {
    tree.append(hashLeaf(utf8(`entry ${i}`)))
    roots.push(tree.root())
  }
  const spelled = (oldSize: number, newSize: number, members: Members = {}): Json => {
    const { path } = makeConsistency(tree, oldSize, newSize)
    const base = {
      oldSize,
      newSize,
      path: path.map(encodeBase64url),
      oldRoot: encodeBase64url(roots[oldSize] as Uint8Array),
      newRoot: encodeBase64url(roots[newSize] as Uint8Array),
    }
    return { ...base, ...members } as Json
  }
  const good = spelled(6, 13)
  const path = (good as { path: readonly string[] }).path
  const fork = (reason: string, bad: Json, twin = good) =>
    made('verifyConsistency', 'RFC 9162, 2.1.4.2', reason, finding('log.fork', 'checkpoint'), bad, twin)
  const body = formatAddCheckpoint(6, [bytesOf('a'), bytesOf('b')], stage.world.log.note)
  const asked = (reason: string, bad: string, code: FaultCode = 'request.malformed') =>
    made('parseAddCheckpoint', 'C2SP tlog-witness', reason, fault(code), { body: bad }, { body })
  return [
    fork('a history that was rewritten', spelled(6, 13, { oldRoot: encodeBase64url(bytesOf('root')) })),
    fork('a head that does not begin with the old one', spelled(6, 13, { newRoot: encodeBase64url(bytesOf('root')) })),
    fork('a way between heads cut short', spelled(6, 13, { path: path.slice(0, -1) })),
    fork('a way between heads with a step more', spelled(6, 13, { path: [...path, encodeBase64url(bytesOf('step'))] })),
    fork('a way between heads altered', spelled(6, 13, { path: with_(path, 0, encodeBase64url(bytesOf('step'))) })),
    fork('a head that shrank', spelled(6, 13, { oldSize: 13, newSize: 6 })),
    fork('a head that grew out of nothing', spelled(6, 13, { oldSize: 0 })),
    fork(
      'one size with two roots',
      { ...(spelled(13, 13) as JsonObject), newRoot: encodeBase64url(bytesOf('root')) },
      spelled(13, 13),
    ),
    fork('one size with a way', spelled(13, 13, { path: [path[0] as string] }), spelled(13, 13)),
    asked('a question to a witness without old size', body.replace(/^old 6\n/, '')),
    asked('a question to a witness with an old size below zero', body.replace(/^old 6/, 'old -6')),
    asked('a question to a witness with a short step', body.replace(/\n[A-Za-z0-9+/=]{44}\n/, '\nAAAA\n')),
    asked(
      'a question to a witness with too many steps',
      formatAddCheckpoint(
        6,
        Array.from({ length: 64 }, () => bytesOf('a')),
        stage.world.log.note,
      ),
    ),
  ]
}

/** A publisher's bundle of what the log says. */
async function trustBundles(): Promise<readonly HostileCase[]> {
  const world = await World.make()
  const admin = testSigner('admin', 'Ed25519')
  const known = world.log.find('pol', 'main')?.record as SignedRecord<TrustPayload<'pol'>>
  const body = { ...known.payload.body, roots: [world.root.did], publishers: [world.root.did] }
  const policy = await signRecord<TrustPayload<'pol'>>(
    { ...known.payload, seq: 1, prev: known.id, exp: now + 60, body },
    [{ signer: admin, kid: thumbprint(admin.publicJwk) }],
  )
  await world.log.append([policy], now)
  const name = `${world.root.did} ${world.issuer.did}`
  const states = (
    [
      ['pol', 'main'],
      ['did', world.root.did],
      ['did', world.issuer.did],
      ['acc', name],
    ] as const
  ).map(([ns, each]) => {
    const proof = world.log.prove(ns, each)
    if (!proof.present) throw new Error(`no ${ns} ${each}`)
    return proof
  })
  const scope = { types: ['urn:fujie:cn:resident-id*'], regions: ['*'], roots: [world.root.did] }
  const packed = await formatTrustBody({ states, blobs: [], lists: [] })
  const log = world.log.log as string
  const file = async (
    members: Members = {},
    signer = world.root.signer(),
    header: Members = {},
    bytes = packed,
    sent = bytes,
  ) => {
    const claims = { ...trustBundleClaims({ log, scope, made: now }, bytes), ...members } as JsonObject
    return joinTrustBundle(
      await signJws(signer, { typ: trustBundleType, kid: world.root.kid(), ...header }, claims),
      sent,
    )
  }
  const good = await file()
  const altered = packed.map((byte, i) => (i === packed.length - 9 ? byte ^ 1 : byte))
  const case_ = (
    reason: string,
    expect: HostileCase['expect'],
    bad: Uint8Array,
    more: Partial<HostileCase> = {},
    twin: Partial<HostileCase['twin']> = {},
  ) =>
    made(
      'judgeTrustBundle',
      'registry, 9.4',
      reason,
      expect,
      { file: encodeBase64url(bad) },
      { file: encodeBase64url(good) },
      more,
      twin,
    )
  const malformed = fault('bundle.malformed')
  const found = (code: FindingCode) => finding(code, 'bundle')
  const [policyState, rootState, ...others] = states as [PresenceBundle, PresenceBundle, ...PresenceBundle[]]
  const newer = { ...rootState, state: { ...rootState.state, updated: now } }
  const invented = await formatTrustBody({ states: [policyState, newer, ...others], blobs: [], lists: [] })
  const without = await formatTrustBody({ states: states.slice(1), blobs: [], lists: [] })
  return [
    case_(
      'a trust bundle under another name',
      malformed,
      good.map((byte, i) => (i === 0 ? byte ^ 1 : byte)),
    ),
    case_('a trust bundle cut short', malformed, good.subarray(0, -1)),
    case_('a trust bundle with a byte behind it', malformed, Uint8Array.of(...good, 0)),
    case_(
      'a trust bundle with another body than was signed',
      malformed,
      await file({}, undefined, {}, packed, altered),
    ),
    case_(
      'a trust bundle with a state the log does not know',
      found('log.inclusion_invalid'),
      await file({}, undefined, {}, invented),
    ),
    case_('a trust bundle of a body that is not compressed', malformed, await file({}, undefined, {}, bytesOf('body'))),
    case_('a trust bundle of a later version', malformed, await file({ v: 2 })),
    case_('a trust bundle without end', malformed, await file({ expires: undefined })),
    case_('a trust bundle without scope', malformed, await file({ scope: undefined })),
    case_(
      'a trust bundle with a length beyond its end',
      malformed,
      good.map((byte, i) => (i === 4 ? 255 : byte)),
    ),
    case_('a trust bundle of another log', found('log.inclusion_invalid'), await file({ log: 'A'.repeat(43) })),
    case_('a trust bundle without policy', found('log.inclusion_invalid'), await file({}, undefined, {}, without)),
    case_(
      'a trust bundle by nobody who publishes',
      found('issuer.not_accredited'),
      await file({}, world.issuer.signer(), { kid: world.issuer.kid() }),
    ),
    case_('a trust bundle signed by another', found('jws.signature_invalid'), await file({}, testSigner('thief'))),
    case_(
      'a trust bundle by a key of nobody',
      found('issuer.key_unknown'),
      await file({}, undefined, { kid: world.root.kid('k9') }),
    ),
    case_('a trust bundle of another type', found('jws.type_wrong'), await file({}, undefined, { typ: 'JWT' })),
    case_('a trust bundle of the future', found('clock.wrong'), await file({ made: now + 61, expires: now + 172_800 })),
    case_(
      'a trust bundle past its end',
      found('evidence.too_old'),
      await file({ made: now - 172_801, expires: now + 600 }),
    ),
  ]
}

/** Proof bundles, records, histories, notes, seals, policies, heads and trust bundles. */
export async function makeRegistryCases(stage: Stage): Promise<readonly HostileCase[]> {
  return [
    ...(await bundles(stage)),
    ...(await records(stage)),
    ...(await histories()),
    ...texts(stage),
    ...consistencies(stage),
    ...(await trustBundles()),
  ]
}
