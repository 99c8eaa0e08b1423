import { spawnSync } from 'node:child_process'
import { createHash, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { getResolver } from '@fujie/shared/adapters/did-resolver.ts'
import { derivePrivateJwk, signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import { thumbprint } from '@fujie/shared/core/crypto/key.ts'
import type { LogTrust } from '@fujie/shared/core/log/bundle.ts'
import { parseProofBundleBytes, verifyState } from '@fujie/shared/core/log/bundle.ts'
import { nameOfRecord } from '@fujie/shared/core/record/name.ts'
import { parseRecord, type Namespace } from '@fujie/shared/core/record/record.ts'
import { demoPolicy, firstPolicy } from '../registry/log/genesis.ts'
import { startRegistry, type RunningRegistry } from '../registry/main.ts'
import { measure, median } from './measure.ts'
import { resolveOnline } from './peers/online.ts'
import { noPeers, peerFigures } from './peers/peers.ts'
import { makeRow, type Figures, type Row } from './row.ts'

/** How many DIDs there are when proofs are looked at; a million takes some minutes to make. */
const names = Number(process.env.FUJIE_BENCH_NAMES ?? 50_000)
const batch = 10_000
const at = `at ${names} names`
const origin = 'bench.fujie'
let peers = noPeers

/**
 * A registry on disk, from an empty folder to so many DIDs, and what its proofs cost then.
 *
 * `ingest` counts what a caller may rely on: signature verified, mapped, durable, under a signed checkpoint, proof made.
 * Its limit is one core that does nothing but verify signatures.
 */
export async function* rows(): AsyncIterable<Row> {
  const folder = await mkdtemp(join(tmpdir(), 'fujie-bench-'))
  try {
    yield* measured(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function* measured(folder: string): AsyncIterable<Row> {
  const registry = await start(folder)
  const { perSecond, raw, commits, busy } = await ingest(registry)
  yield row({ row: 'ingest', unit: `1/s up to ${names} names`, better: 'more', ours: perSecond, limit: raw })
  yield row({ row: 'ingest-thread', unit: 'µs', better: 'less', ours: busy, limit: 1e6 / 6_000 })
  yield row({ row: 'commit-10k', unit: `s, median ${at}`, better: 'less', ours: median(commits), limit: 0.6 })
  yield row({ row: 'commit-10k-worst', unit: `s ${at}`, better: 'less', ours: Math.max(...commits), limit: 1.2 })
  // Here and not before: what it leaves on the heap would slow the ingest.
  peers = await peerFigures()
  yield* proofs(registry)
  await registry.stop()
  yield* restarts(folder)
}

function row(figures: Omit<Figures, 'bench'>): Row {
  return makeRow({ bench: 'registry', peers: peers.beside(figures.row), ...figures })
}

const key = (name: string) => signerOfJwk(derivePrivateJwk('bench', name, 'Ed25519'))

function start(folder: string): Promise<RunningRegistry> {
  const [logKey, admin] = [key('log'), key('admin')]
  return startRegistry(
    { folder, port: 0, origin, batchInterval: 20, stampInterval: 3_600, anchorInterval: 3_600 },
    {
      logKey,
      firstPolicy: () => firstPolicy(demoPolicy(origin, logKey, admin), [admin], Math.floor(Date.now() / 1000)),
    },
  )
}

/** Signatures that one core verifies in a second of the clock, key at hand. */
function rawRate(): number {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const message = Buffer.alloc(800, 1)
  const signature = sign(null, message, privateKey)
  const count = 4_000
  const before = performance.now()
  for (let i = 0; i < count; i++) if (!verify(null, message, publicKey, signature)) throw new Error('not verified')
  return count / ((performance.now() - before) / 1000)
}

interface Ingested {
  readonly perSecond: number
  readonly raw: number
  /** Seconds that each full batch took. */
  readonly commits: readonly number[]
  /** Microseconds of the committing thread for one record: what bounds the rate once there are cores enough. */
  readonly busy: number
}

/**
 * Fills the registry, a full batch at a time; signing is none of its work, and not timed. The limit is measured
 * between the batches, so that a busy minute of the machine falls on both.
 */
async function ingest(registry: RunningRegistry): Promise<Ingested> {
  const keys = holderKeys(4_096)
  const commits: number[] = []
  const raw: number[] = []
  const busy: number[] = []
  for (let made = 0; made < names; made += batch) {
    const records = Array.from({ length: batch }, (_, i) => createRecord(registry.log, keys, made + i))
    raw.push(rawRate())
    const thread = process.threadCpuUsage()
    const before = performance.now()
    const rows = await Promise.all(records.map((text) => registry.submit(text)))
    for (const { ns, name } of rows) await registry.prove(ns, name)
    commits.push((performance.now() - before) / 1000)
    const { user, system } = process.threadCpuUsage(thread)
    busy.push((user + system) / batch)
  }
  // The first batch warms up.
  const counted = commits.length > 2 ? commits.slice(1) : commits
  return { perSecond: batch / median(counted), raw: median(raw), commits: counted, busy: median(busy) }
}

interface HolderKey {
  readonly x: string
  readonly thumbprint: string
  readonly privateKey: KeyObject
}

/** More than anyone keeps at hand: each holder's key is met as if for the first time. */
function holderKeys(count: number): readonly HolderKey[] {
  return Array.from({ length: count }, () => holderKey(generateKeyPairSync('ed25519').privateKey))
}

function holderKey(privateKey: KeyObject): HolderKey {
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
  return { x, thumbprint: thumbprint({ kty: 'OKP', crv: 'Ed25519', x }), privateKey }
}

const base64url = (text: string) => Buffer.from(text).toString('base64url')
const header = base64url('{"alg":"Ed25519","typ":"fujie-did+jws"}')
const digest = (text: string) => createHash('sha256').update(text).digest('base64url')

function signed({ privateKey }: HolderKey, payload: object): string {
  const input = `${header}.${base64url(JSON.stringify(payload))}`
  return `${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`
}

const jwk = ({ x }: HolderKey) => ({ kty: 'OKP', crv: 'Ed25519', x })
const documentOf = (holder: HolderKey) => ({
  keys: [{ id: 'k1', jwk: jwk(holder), for: ['authentication', 'assertionMethod'] }],
})

function createRecord(log: string, keys: readonly HolderKey[], i: number, next?: HolderKey): string {
  const holder = keys[i % keys.length] as HolderKey
  const promised = { update: [1, next?.thumbprint ?? digest(`update ${i}`)], recovery: [1, digest(`recovery ${i}`)] }
  const doc = documentOf(holder)
  return signed(holder, {
    ...{ v: 1, kind: 'create', log, class: 'thing', keys: [jwk(holder)], doc },
    next: promised,
  })
}

/** A DID with so many changes, each by a key of its own. */
async function changedDid(registry: RunningRegistry, changes: number): Promise<string> {
  const keys = holderKeys(Math.min(changes + 2, 1_024))
  const keyAt = (i: number) => keys[i % keys.length] as HolderKey
  const offset = 1_000_000_000 + changes
  const first = parseRecord(createRecord(registry.log, [keyAt(0)], offset, keyAt(1)))
  const { name: did } = nameOfRecord(first)
  const recovery = [1, digest(`recovery ${offset}`)]
  const texts = [first.text]
  let prev = first.id
  const exp = Math.floor(Date.now() / 1000) + 86_400
  for (let seq = 1; seq <= changes; seq++) {
    const [holder, next] = [keyAt(seq), keyAt(seq + 1)]
    const payload = {
      ...{ v: 1, kind: 'update', keys: [jwk(holder)], did, seq, prev, exp, doc: documentOf(holder) },
      next: { update: [1, next.thumbprint], recovery },
    }
    const text = signed(holder, payload)
    prev = createHash('sha256')
      .update(Buffer.from(text.split('.')[1] ?? '', 'base64url'))
      .digest('base64url')
    texts.push(text)
  }
  await Promise.all(texts.slice(0, batch).map((text) => registry.submit(text)))
  await Promise.all(texts.slice(batch).map((text) => registry.submit(text)))
  return did
}

async function* proofs(registry: RunningRegistry): AsyncIterable<Row> {
  const dids = new Map<number, string>()
  for (const changes of [1, 120, 10_000]) dids.set(changes, await changedDid(registry, changes))
  const bundles = new Map<number, Uint8Array>()
  for (const [changes, did] of dids) {
    const bytes = await registry.prove('did', did)
    bundles.set(changes, bytes)
    const unit = `B ${at}`
    yield row({ row: `proof-${changes}`, unit, better: 'less', ours: bytes.length, limit: 2_800 })
  }
  const trust: LogTrust = {
    ...{ log: registry.log, origin, logKeys: registry.logKeys },
    ...{ maxEvidenceAge: 600, offlineGrace: 0, requireAnchor: false },
  }
  const [few, many] = [bundles.get(1), bundles.get(10_000)] as [Uint8Array, Uint8Array]
  const check = (bytes: Uint8Array) => async () => {
    const { codes } = await verifyState(parseProofBundleBytes(bytes), trust)
    if (codes.length > 0) throw new Error(`a good proof: ${codes.join()}`)
  }
  const did = dids.get(120) ?? ''
  const some = bundles.get(120) as Uint8Array
  const make = () => registry.prove('did', did)
  const times = await measure({ few: check(few), some: check(some), many: check(many), make })
  yield row({ row: 'verify-bundle', unit: `µs ${at}`, better: 'less', ours: times.few, limit: 600 })
  yield row({ row: 'verify-bundle-120', unit: `µs ${at}`, better: 'less', ours: times.some, limit: 600 })
  yield row({ row: 'verify-bundle-10000', unit: `µs ${at}`, better: 'less', ours: times.many, limit: 600 })
  const { held } = await measure({ held: await heldResolver(registry, trust, did) })
  yield row({ row: 'resolve-held', unit: `µs ${at}`, better: 'less', ours: held, limit: 25 })
  yield row({ row: 'proof-make', unit: `µs ${at}`, better: 'less', ours: times.make, limit: 100 })
  yield* online(registry, trust, dids)
  // An anchor of ours stands for all that the batch holds; what that costs is for the outside ledger to say.
  const gas = row({ row: 'anchor-gas', unit: 'gas a change', better: 'less' })
  if (gas.peers !== undefined) yield gas
}

async function* online(registry: RunningRegistry, trust: LogTrust, dids: ReadonlyMap<number, string>) {
  for (const [changes, did] of dids) {
    const { requests, clock } = await resolveOnline(registry.url, trust, did)
    yield row({ row: `resolve-requests-${changes}`, unit: 'one after the other', better: 'less', ours: requests })
    yield row({ row: `resolve-online-${changes}`, unit: `ms of the clock ${at}`, better: 'less', ours: clock })
  }
}

/** Resolves a DID as others' software does, the newest checkpoint at hand and the DID met before. */
async function heldResolver(registry: RunningRegistry, trust: LogTrust, did: string): Promise<() => Promise<void>> {
  const unasked = () => Promise.reject(new Error('asked for what no resolver needs'))
  const reader = {
    ...{ names: unasked, blob: unasked, checkpoint: unasked },
    proof: (ns: Namespace, name: string) => registry.prove(ns, name),
  }
  const { fujie } = getResolver({ registry: reader, clock: systemClock }, trust)
  if (fujie === undefined) throw new Error('no resolver')
  const parsed = { did, didUrl: did, method: 'fujie', id: did.slice('did:fujie:'.length) }
  return async () => {
    const { didDocument } = await fujie(did, parsed, { resolve: unasked }, {})
    if (didDocument?.id !== did) throw new Error('not resolved')
  }
}

interface Opened {
  readonly seconds: number
  readonly mebibytes: number
  readonly replayed: number
}

/** A new process on the same folder: how soon it serves, and what it holds. */
async function* restarts(folder: string): AsyncIterable<Row> {
  const script = join(import.meta.dirname, 'registry-restart.ts')
  const { stdout, status, stderr } = spawnSync(process.execPath, ['--expose-gc', script, folder, origin], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  const { seconds, mebibytes, replayed } = JSON.parse(stdout) as Opened
  yield row({ row: 'restart', unit: `s ${at}`, better: 'less', ours: seconds, limit: 2 })
  yield row({ row: 'memory', unit: `MiB ${at}`, better: 'less', ours: mebibytes, limit: 500 })
  yield row({ row: 'replay', unit: `1/s ${at}`, better: 'more', ours: replayed, limit: 10_000 })
}
