import { spawnSync } from 'node:child_process'
import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { getResolver } from '@fujie/shared/adapters/did-resolver.ts'
import type { LogTrust } from '@fujie/shared/core/log/bundle.ts'
import { parseProofBundleBytes, verifyState } from '@fujie/shared/core/log/bundle.ts'
import type { Operation } from '@fujie/shared/core/record/operation.ts'
import { parseRecord, type Namespace, type SignedRecord } from '@fujie/shared/core/record/record.ts'
import { verifyAhead, verifyRecord } from '@fujie/shared/core/record/verify.ts'
import { headInSqlite } from '../registry/adapters/head-sqlite.ts'
import { journalledSigner } from '../registry/adapters/journal-sqlite.ts'
import { mapInSqlite } from '../registry/adapters/map-sqlite.ts'
import { stageInFiles, tilesInFiles } from '../registry/adapters/tiles-files.ts'
import { Sequencer } from '../registry/log/sequence.ts'
import type { RunningRegistry } from '../registry/main.ts'
import { Stage } from '../tests/fixtures/witnessed.ts'
import { anchorGas } from './anchor-gas.ts'
import { measure, median } from './measure.ts'
import { resolveOnline } from './peers/online.ts'
import { noPeers, peerFigures } from './peers/peers.ts'
import { changedDid, createRecord, holderKeys, Signers } from './registry-records.ts'
import { benchKey, origin, startBench, storeOf } from './registry-store.ts'
import { makeRow, type Figures, type Row } from './row.ts'

const { values } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: { names: { type: 'string', default: '1000000' } },
})
/** How many DIDs there are when anything is measured: `--names N`. */
const names = Number(values.names)
const batch = 10_000
const at = `at ${names} names`
let peers = noPeers

/**
 * A registry on disk with so many DIDs in it: how fast it takes in more, and what its proofs, its memory and its starts
 * cost then (registry, 15).
 */
export async function* rows(): AsyncIterable<Row> {
  const folder = await storeOf(names)
  const signers = new Signers()
  try {
    yield* restarts(folder)
    yield* commits(folder, signers)
    yield* served(folder, signers)
    yield* trusted()
    yield* anchorGas(peers.beside('anchor-gas-record'))
  } finally {
    await signers.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function row(figures: Omit<Figures, 'bench'>): Row {
  return makeRow({ bench: 'registry', peers: peers.beside(figures.row), ...figures })
}

interface Opened {
  readonly seconds: number
  readonly started: number
  readonly served: number
  /** The most it ever held until then. */
  readonly most: number
  readonly woken: number
  readonly replayed: number
}

/** A new process on the same folder: how soon it serves, and what it holds before and after it was asked for much. */
async function* restarts(folder: string): AsyncIterable<Row> {
  const script = join(import.meta.dirname, 'registry-restart.ts')
  const { stdout, status, stderr } = spawnSync(process.execPath, ['--expose-gc', script, folder, origin], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  const { seconds, started, served, most, woken, replayed } = JSON.parse(stdout) as Opened
  yield row({ row: 'restart', unit: `s ${at}`, better: 'less', ours: seconds, limit: 2 })
  yield row({ row: 'memory-started', unit: `MiB ${at}`, better: 'less', ours: started, limit: 500 })
  yield row({ row: 'memory', unit: `MiB ${at}, 50000 proven`, better: 'less', ours: served, limit: 500 })
  yield row({ row: 'memory-most', unit: `MiB ${at}, 50000 proven`, better: 'less', ours: most, limit: 500 })
  yield row({ row: 'proof-make-cold', unit: `µs ${at}`, better: 'less', ours: woken })
  yield row({ row: 'replay', unit: `1/s of one core, the first 50000`, better: 'more', ours: replayed, limit: 10_000 })
}

/** Full batches, from their close to their published checkpoint; their signatures were verified as they came. */
async function* commits(folder: string, signers: Signers): AsyncIterable<Row> {
  const stores = {
    heads: headInSqlite(join(folder, 'head.sqlite')),
    states: mapInSqlite(join(folder, 'map.sqlite')),
    signer: journalledSigner(join(folder, 'signer.sqlite'), origin, benchKey('log')),
  }
  const sequencer = await Sequencer.open(
    {
      ...stores,
      clock: systemClock,
      // Batches close when this bench says so.
      timer: { after: () => () => undefined },
      stage: await stageInFiles(join(folder, 'stage')),
      tiles: tilesInFiles(folder),
      tell: () => undefined,
      witnessAt: () => {
        throw new Error('nobody is asked')
      },
      halt: (fault) => {
        throw fault
      },
    },
    { origin, batchInterval: 1_000, firstPolicy: () => Promise.reject(new Error('there is a log already')) },
  )
  // As a registry is some seconds after its start.
  while (sequencer.checkSome());
  const seconds: number[] = []
  const busy: number[] = []
  const rounds = 10
  for (let round = 0; round < rounds; round++) {
    const texts = await signers.sign({ log: sequencer.log, from: names + round * batch, count: batch })
    const records = texts.map((text) => parseRecord(text) as SignedRecord<Operation>)
    for (const record of records) verifyAhead(record)
    await Promise.all(records.map((record) => verifyRecord(record, record.payload.keys)))
    const answers = records.map((record) => sequencer.submit(record))
    const thread = process.threadCpuUsage()
    const before = performance.now()
    await sequencer.sealBatch()
    seconds.push((performance.now() - before) / 1000)
    const { user, system } = process.threadCpuUsage(thread)
    busy.push((user + system) / 1e6)
    await Promise.all(answers)
  }
  await sequencer.close()
  for (const store of Object.values(stores)) store.close()
  // The first one warms up.
  const counted = seconds.slice(1).toSorted((a, b) => a - b)
  const unit = (which: string) => `s, ${which} of ${counted.length} ${at}`
  yield row({ row: 'commit-10k', unit: unit('median'), better: 'less', ours: median(counted), limit: 0.6 })
  yield row({ row: 'commit-10k-worst', unit: unit('worst'), better: 'less', ours: counted.at(-1) ?? 0, limit: 1.2 })
  const processor = `s of the processor, median ${at}`
  yield row({ row: 'commit-10k-thread', unit: processor, better: 'less', ours: median(busy.slice(1)) })
}

async function* served(folder: string, signers: Signers): AsyncIterable<Row> {
  const registry = await startBench(folder)
  yield* ingest(registry, signers)
  // Here and not before: what it leaves on the heap would slow the ingest.
  peers = await peerFigures()
  yield* proofs(registry)
  await registry.stop()
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

/** Callers at a time, and records in what each sends: as many as the queue has room for. */
const callers = 32
const sequence = 256

/**
 * Many callers, each of whom sends a sequence of records, waits until all are durable and proven, and sends the next.
 *
 * Counted is what a caller may rely on: signature verified, mapped, durable, under a signed checkpoint, proof made. The
 * limit is 0.45 of what one core verifies, measured between the rounds, so that a busy minute falls on both. Signing is
 * none of a registry's work, and is done before.
 */
async function* ingest(registry: RunningRegistry, signers: Signers): AsyncIterable<Row> {
  const rates: number[] = []
  const raw: number[] = []
  const threads: number[] = []
  const whole: number[] = []
  const count = 2 * callers * sequence
  for (let round = 0; round < 5; round++) {
    const texts = await signers.sign({ log: registry.log, from: 2 * names + 1_000_000 + round * count, count })
    raw.push(rawRate())
    const [thread, cpu, before] = [process.threadCpuUsage(), process.cpuUsage(), performance.now()]
    let next = 0
    const caller = async () => {
      while (next < texts.length) {
        const mine = texts.slice(next, (next += sequence))
        const answers = await Promise.all(mine.map((text) => registry.submit(text)))
        for (const { ns, name } of answers) await registry.prove(ns, name)
      }
    }
    await Promise.all(Array.from({ length: callers }, caller))
    rates.push(count / ((performance.now() - before) / 1000))
    threads.push(micros(process.threadCpuUsage(thread)) / count)
    whole.push(micros(process.cpuUsage(cpu)) / count)
  }
  // The first round warms up.
  const [rate, one] = [median(rates.slice(1)), median(raw.slice(1))]
  yield row({ row: 'raw-verify', unit: '1/s of one core', better: 'more', ours: one })
  yield row({ row: 'ingest', unit: `1/s ${at}`, better: 'more', ours: rate, limit: 0.45 * one })
  yield row({
    row: 'ingest-of-raw',
    unit: `of one core's raw rate ${at}`,
    better: 'more',
    ours: rate / one,
    limit: 0.45,
  })
  yield row({
    row: 'ingest-thread',
    unit: `µs of the committing thread ${at}`,
    better: 'less',
    ours: median(threads.slice(1)),
  })
  yield row({ row: 'ingest-processor', unit: `µs of all threads ${at}`, better: 'less', ours: median(whole.slice(1)) })
}

function micros({ user, system }: NodeJS.CpuUsage): number {
  return user + system
}

async function* proofs(registry: RunningRegistry): AsyncIterable<Row> {
  const dids = new Map<number, string>()
  for (const changes of [1, 120, 10_000]) {
    const { did, texts } = changedDid(registry.log, changes)
    dids.set(changes, did)
    for (let first = 0; first < texts.length; first += batch)
      await Promise.all(texts.slice(first, first + batch).map((text) => registry.submit(text)))
  }
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
  const check = (changes: number) => async () => {
    const { codes } = await verifyState(parseProofBundleBytes(bundles.get(changes) as Uint8Array), trust)
    if (codes.length > 0) throw new Error(`a good proof: ${codes.join()}`)
  }
  const did = dids.get(120) ?? ''
  const subjects = { one: check(1), some: check(120), many: check(10_000), make: () => registry.prove('did', did) }
  const times = await measure(subjects)
  const unit = `µs ${at}`
  yield row({ row: 'verify-bundle', unit, better: 'less', ours: times.one, limit: 600 })
  yield row({ row: 'verify-bundle-120', unit, better: 'less', ours: times.some, limit: 600 })
  yield row({ row: 'verify-bundle-10000', unit, better: 'less', ours: times.many, limit: 600 })
  const { held } = await measure({ held: await heldResolver(registry, trust, did) })
  yield row({ row: 'resolve-held', unit, better: 'less', ours: held, limit: 25 })
  yield row({ row: 'proof-make', unit, better: 'less', ours: times.make, limit: 100 })
  yield* online(registry, trust, dids)
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

/** One record at a time into a log whose checkpoints three witnesses and two auditors cosign, all over loopback. */
async function* trusted(): AsyncIterable<Row> {
  const stage = await Stage.open()
  try {
    const { registry } = await stage.production({ batchInterval: 1_000 })
    const keys = holderKeys(8)
    const seconds: number[] = []
    for (let i = 0; i < 20; i++) {
      const text = createRecord(registry.log, keys, i)
      const before = performance.now()
      await registry.submit(text)
      seconds.push((performance.now() - before) / 1000)
    }
    const sorted = seconds.toSorted((a, b) => a - b)
    const unit = (which: string) => `s, ${which} of ${sorted.length}, batches of 1 s`
    yield row({ row: 'submit-to-trusted', unit: unit('worst'), better: 'less', ours: sorted.at(-1) ?? 0, limit: 3 })
    yield row({ row: 'submit-to-trusted-median', unit: unit('median'), better: 'less', ours: median(sorted), limit: 3 })
  } finally {
    await stage.close()
  }
}
