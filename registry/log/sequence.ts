import type { Hash } from '@fujie/shared/core/crypto/hash.ts'
import { equalBytes, utf8, utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault, type FaultCode } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import { parseCheckpoint, type Head } from '@fujie/shared/core/log/checkpoint.ts'
import {
  allBucketsOf,
  checkBucket,
  checkMap,
  emptyMap,
  insertAllIntoMap,
  mapRoot,
  mostBuckets,
  restoreMap,
  type LogMap,
} from '@fujie/shared/core/log/map.ts'
import { parseNote } from '@fujie/shared/core/log/note.ts'
import { formatSeal, parseSeal, sealIndex, type Seal } from '@fujie/shared/core/log/seal.ts'
import { mapKey, stateHash } from '@fujie/shared/core/log/state.ts'
import {
  formatEntryBundle,
  formatHashTile,
  formatTilePath,
  hashesAt,
  newTiles,
  parseHashTile,
  tileWidth,
} from '@fujie/shared/core/log/tile.ts'
import { hashLeaf, LogTree } from '@fujie/shared/core/log/tree.ts'
import { foldRecord, ruleRecord, type RecordState } from '@fujie/shared/core/record/history.ts'
import { nameOfRecord } from '@fujie/shared/core/record/name.ts'
import { Overlay } from '@fujie/shared/core/record/overlay.ts'
import { isReadFrom, parseRecord, type SignedRecord } from '@fujie/shared/core/record/record.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import { appliedBatch } from './applied.ts'
import { Entries } from './entries.ts'
import { KnownStates } from './known-states.ts'
import type {
  Halt,
  HeadSigner,
  HeadStore,
  RecordRow,
  RegistryEvent,
  StageStore,
  StateStore,
  TileStore,
  Timer,
  WitnessAt,
} from './ports.ts'
import { Checkpoints, type Progress, type Sealed } from './publish.ts'
import { Queue } from './queue.ts'
import type { Snapshot } from './snapshot.ts'
import { formatStage, parseStage } from './stage.ts'

export interface SequencerPorts {
  readonly clock: Clock
  readonly timer: Timer
  readonly stage: StageStore
  readonly tiles: TileStore
  readonly heads: HeadStore
  readonly states: StateStore
  readonly signer: HeadSigner
  /** Where the witnesses of the trust policy are asked. */
  readonly witnessAt: WitnessAt
  readonly halt: Halt
  readonly tell: (event: RegistryEvent) => void
}

export interface SequencerOptions {
  readonly origin: string
  /** How long a batch waits for more, in milliseconds. */
  readonly batchInterval: number
  /** The first policy, for a folder that holds no log yet. */
  readonly firstPolicy: () => Promise<SignedRecord>
  /** Up to so many names all states are looked at before a start is over; absent: 10,000. */
  readonly checkedAtStart?: number
  /** Heads that bear the log's signature, known from elsewhere: what is behind one of them adds nothing. */
  readonly seen?: readonly Head[]
}

interface Waiting {
  readonly record: SignedRecord
  readonly resolve: (row: RecordRow) => void
  readonly reject: (fault: Fault) => void
}

/** Witnesses that were too few are asked again after so many milliseconds. */
const retryInterval = 1_000

/**
 * Puts records in order and moves the head: the one writer of a log.
 *
 * The order of steps is that of registry, 7. What can fail before the head moves leaves nothing behind; what fails
 * after it ends the process, and the next start goes on from the stage.
 */
export class Sequencer {
  readonly #ports: SequencerPorts
  readonly #options: SequencerOptions
  #tree = new LogTree()
  readonly #entries: Entries
  readonly #known: KnownStates
  readonly #waiting = new Queue<Waiting>()
  #map: LogMap = emptyMap
  #seal: Seal | undefined
  #epoch = 0
  #queue: Promise<void> = Promise.resolve()
  #isWorking = false
  /** Buckets of the map that were looked at, from the first. */
  #checked = 0
  #scheduled: (() => void) | undefined
  #readOnly = false
  readonly #checkpoints: Checkpoints
  #retry: (() => void) | undefined
  /** Stages of batches that are sealed and not yet published. */
  #staged: number[] = []

  private constructor(ports: SequencerPorts, options: SequencerOptions) {
    this.#ports = ports
    this.#options = options
    this.#checkpoints = new Checkpoints(ports, options.origin)
    this.#entries = new Entries(ports.tiles, ports.states.applied())
    this.#known = new KnownStates(ports.states, this.#entries)
  }

  /**
   * Opens a log: finishes what a crash left, checks that the stores agree, and begins a new one in an empty folder.
   *
   * @throws Fault `log.damaged` if stage, tiles, states and head do not fit together
   */
  static async open(ports: SequencerPorts, options: SequencerOptions): Promise<Sequencer> {
    const sequencer = new Sequencer(ports, options)
    await sequencer.#recover()
    if (sequencer.#seal === undefined) await sequencer.#begin()
    return sequencer
  }

  /** The newest published checkpoint with all that proofs need. */
  get snapshot(): Snapshot {
    const { snapshot } = this.#checkpoints
    if (snapshot === undefined) throw new Fault('registry.read_only')
    return snapshot
  }

  get log(): string {
    return this.#known.log as string
  }

  get entries(): Entries {
    return this.#entries
  }

  /** Root of the first `size` entries, of any size that was published. */
  rootAt(size: number): Uint8Array {
    return this.#tree.root(size)
  }

  /** Entries under the published checkpoint; those behind it wait for witnesses. */
  get publishedSize(): number {
    return this.#checkpoints.snapshot?.head.size ?? 0
  }

  /** What a start found: the newest sealed head. */
  get head(): Head {
    return this.#head()
  }

  get readOnly(): boolean {
    return this.#readOnly || this.#checkpoints.alarm !== undefined || this.#checkpoints.isComparing
  }

  /** Why nothing is added any more. */
  get alarm(): FaultCode | undefined {
    return this.#checkpoints.alarm
  }

  /** Records that wait for a batch. */
  get waiting(): number {
    return this.#waiting.length
  }

  get progress(): Progress {
    return this.#checkpoints.progress
  }

  /** Resolves once the first `size` entries are under a published checkpoint. */
  whenPublished(size: number): Promise<void> {
    return this.#checkpoints.whenPublished(size)
  }

  get policy() {
    return this.#known.policies().at(-1)?.policy
  }

  /**
   * Takes a record into the next batch; resolves once it is sealed, durable and under a published checkpoint.
   *
   * @throws Fault the code of the rule it breaks; `admission.overloaded`, `registry.read_only`
   */
  submit(record: SignedRecord, isEmergency = false): Promise<RecordRow> {
    if (this.readOnly) return Promise.reject(new Fault('registry.read_only'))
    return new Promise((resolve, reject) => {
      if (!this.#waiting.put({ record, resolve, reject }, isEmergency)) reject(new Fault('admission.overloaded'))
      this.#schedule()
    })
  }

  #schedule(): void {
    if (this.#isWorking || this.#waiting.length === 0) return
    const full = this.#waiting.length >= limits.batchRecords
    if (this.#scheduled !== undefined && !full) return
    this.#scheduled?.()
    this.#scheduled = this.#ports.timer.after(full ? 0 : this.#options.batchInterval, () => {
      this.#scheduled = undefined
      void this.sealBatch()
    })
  }

  /** Seals what is waiting now; resolves when that is done. */
  sealBatch(): Promise<void> {
    return this.#alone(async () => {
      if (this.alarm !== undefined) return this.#refuseWaiting()
      if (this.#waiting.length === 0 || this.readOnly) return
      const batch = this.#waiting.take(limits.batchRecords)
      await this.#sequence(batch).catch((thrown: unknown) => this.#fail(batch, thrown))
    })
  }

  /** One after the other: while a batch is half in, nothing may be signed. */
  #alone(work: () => Promise<void>): Promise<void> {
    const turn = this.#queue.then(async () => {
      this.#isWorking = true
      await work().finally(() => {
        this.#isWorking = false
        this.#schedule()
      })
    })
    this.#queue = turn.catch(() => undefined)
    return turn
  }

  #refuseWaiting(): void {
    for (const { reject } of this.#waiting.takeAll()) reject(new Fault('registry.read_only'))
  }

  /**
   * Looks at the next states that were not looked at since the start; false once all were. One that is not as it was
   * sealed ends the process.
   */
  checkSome(): boolean {
    if (this.#readOnly) return false
    const end = Math.min(this.#checked + checkedAtOnce, mostBuckets)
    try {
      for (; this.#checked < end; this.#checked++) checkBucket(this.#map, this.#checked)
    } catch (thrown) {
      this.#fail([], thrown)
      return false
    }
    return this.#checked < mostBuckets
  }

  /** Lets the batch at work end, takes nothing more. */
  async close(): Promise<void> {
    this.#scheduled?.()
    this.#retry?.()
    while (this.#waiting.length > 0 && !this.readOnly) await this.sealBatch()
    await this.#queue
    this.#readOnly = true
    this.#retry?.()
    this.#refuseWaiting()
    this.#checkpoints.close()
  }

  #fail(batch: readonly Waiting[], thrown: unknown): void {
    this.#readOnly = true
    const fault = new Fault('registry.read_only', {}, { cause: thrown })
    for (const { reject } of [...batch, ...this.#waiting.takeAll()]) reject(fault)
    this.#checkpoints.close()
    const cause = thrown instanceof Fault ? thrown : new Fault('unexpected', {}, { cause: thrown })
    // Another writer took over: it goes on, we only stop. Everything else is for a new start.
    if (cause.code !== 'registry.read_only') this.#ports.halt(cause)
  }

  async #sequence(batch: readonly Waiting[]): Promise<void> {
    const time = Math.max(this.#ports.clock.now(), this.#seal?.time ?? 0)
    const { overlay, answers } = await this.#fold(batch, time)
    if (overlay.folded.length > 0) await this.#commit(overlay, time)
    for (const answer of answers) answer()
  }

  /** Answers once the record is under a published checkpoint. */
  #answerWhenPublished({ record, resolve, reject }: Waiting): void {
    this.#checkpoints.whenPublished(this.#tree.size).then(
      () => resolve(this.#rowOf(record.id)),
      (fault: Fault) => reject(fault),
    )
  }

  /** Step 1: each record in its order, on an overlay. */
  async #fold(
    batch: readonly Waiting[],
    time: Instant,
  ): Promise<{ overlay: Overlay; answers: readonly (() => void)[] }> {
    await this.#known.load(
      batch.map(({ record }) => record),
      this.#map,
    )
    const overlay = new Overlay(this.#known)
    const inBatch = new Map<string, RecordState>()
    const answers: (() => void)[] = []
    for (const waiting of batch) {
      const { record, reject } = waiting
      const before = inBatch.has(record.id) || this.#isSealed(record)
      const refused = before ? undefined : await this.#foldOne(overlay, record, time, inBatch)
      answers.push(() => (refused === undefined ? this.#answerWhenPublished(waiting) : reject(new Fault(refused))))
    }
    return { overlay, answers }
  }

  /** Whether a record is in the log already; what is newer than its name's state cannot be. */
  #isSealed(record: SignedRecord): boolean {
    const { ns, name } = nameOfRecord(record)
    const state = this.#known.find(ns, name)
    const seq = record.payload.kind === 'create' ? 0 : record.payload.seq
    return state !== undefined && state.seq >= seq && this.#ports.states.record(record.id) !== undefined
  }

  async #foldOne(
    overlay: Overlay,
    record: SignedRecord,
    time: Instant,
    inBatch: Map<string, RecordState>,
  ): Promise<FaultCode | undefined> {
    const place = { index: this.#tree.size + overlay.folded.length, sealTime: time }
    const result = await foldRecord(overlay, record, place)
    if ('code' in result) return result.code
    overlay.put(result.state, time)
    inBatch.set(record.id, result.state)
    return undefined
  }

  #rowOf(id: string): RecordRow {
    const row = this.#ports.states.record(id)
    if (row === undefined) throw new Fault('log.damaged', { at: 'record' })
    return row
  }

  async #commit(overlay: Overlay, time: Instant): Promise<void> {
    const seal = this.#sealOf(overlay, time)
    const entries = [...overlay.folded.map(({ record }) => utf8(record.text)), utf8(formatSeal(seal))]
    const size = sealIndex(seal) + 1
    await this.#ports.stage.write(size, formatStage(entries))

    // Step 3: everything below is reckoned from the bytes on disk, so that no fault of memory is ever signed.
    const folded = overlay.folded.map(({ record }) => record)
    const staged = this.#readBack(await this.#ports.stage.read(size), folded)
    if (!equalBytes(utf8(formatSeal(staged.seal)), entries.at(-1) as Uint8Array))
      throw new Fault('log.damaged', { at: 'read back' })

    const seen = this.#tree.size === 0 ? undefined : this.#head()
    const grown = this.#appended(staged.entries)
    // Step 4. From here on the batch is in the log, whatever happens.
    const moved = this.#ports.heads.swap({ epoch: this.#epoch, head: seen }, { ...grown, seal: formatSeal(seal) })
    if (!moved) throw new Fault('registry.read_only')
    await this.#finish(staged)
  }

  #sealOf(overlay: Overlay, time: Instant): Seal {
    const before = this.#seal
    const map = overlay.over(this.#map)
    return {
      batch: (before?.batch ?? 0) + 1,
      first: this.#tree.size,
      count: overlay.folded.length,
      mapRoot: mapRoot(map),
      leaves: map.leaves,
      time,
      ...(before === undefined ? {} : { prev: sealIndex(before) }),
      policy: overlay.find('pol', 'main')?.index ?? 0,
    }
  }

  /**
   * A staged batch, folded again from its bytes, signatures aside: they were checked, or are known to be sealed. Its
   * records were read already; that they are those of the bytes is looked at, and all hashes are reckoned from these.
   */
  #readBack(bytes: Uint8Array | undefined, read: readonly SignedRecord[]): Staged {
    const entries = parseStage(bytes ?? new Uint8Array())
    const seal = parseSeal(entries.at(-1) ?? new Uint8Array())
    const overlay = new Overlay(this.#known)
    for (const [i, entry] of entries.slice(0, -1).entries()) {
      const record = read[i]
      if (record === undefined || !isReadFrom(record, entry)) throw new Fault('log.damaged', { at: 'stage', entry: i })
      const ruled = ruleRecord(overlay, record, { index: seal.first + i, sealTime: seal.time })
      if ('code' in ruled) throw new Fault('log.damaged', { at: 'stage', code: ruled.code })
      overlay.put(ruled.state, seal.time)
    }
    const map = overlay.over(this.#map)
    const fits = seal.first === this.#tree.size && seal.count === entries.length - 1 && map.leaves === seal.leaves
    if (!fits || !equalBytes(mapRoot(map), seal.mapRoot)) throw new Fault('log.damaged', { at: 'stage' })
    return { entries, seal, overlay, map }
  }

  /** The head with more entries. If it does not become the log's, this process takes nothing more. */
  #appended(entries: readonly Uint8Array[]): Head {
    for (const entry of entries) this.#tree.append(hashLeaf(entry))
    return this.#head()
  }

  #head(): Head {
    return { size: this.#tree.size, root: this.#tree.root() }
  }

  /** Steps 5 to 9; each may be repeated. */
  async #finish(staged: Staged): Promise<void> {
    const { entries, seal, overlay, map } = staged
    await this.#writeTiles(seal.first, entries)
    this.#ports.states.apply(appliedBatch(seal, overlay.folded, map))
    this.#known.keep(overlay.changed, overlay.newPolicies, overlay.log)
    for (const { index, record } of overlay.folded) this.#entries.keepRecord(index, record)
    this.#map = map
    this.#seal = seal
    const rows = overlay.folded.slice(0, 100).map((state) => this.#rowOf(state.id))
    this.#ports.tell({
      type: 'batch',
      batch: seal.batch,
      first: seal.first,
      count: seal.count,
      time: seal.time,
      records: rows,
    })
    this.#staged.push(sealIndex(seal) + 1)
    await this.#publish()
  }

  async #writeTiles(oldSize: number, entries: readonly Uint8Array[]): Promise<void> {
    if (oldSize % tileWidth !== 0) await this.#entries.bundle(Math.floor(oldSize / tileWidth))
    if (this.#entries.size === oldSize) this.#entries.append(entries)
    const writes = newTiles(oldSize, this.#tree.size).map(async (name) => {
      const { level, index, width } = name
      const bytes =
        level === 'entries'
          ? formatEntryBundle((await this.#bundleFrom(oldSize, entries, index)).slice(0, width))
          : formatHashTile(this.#tree, level, index, width)
      await this.#ports.tiles.write(formatTilePath(name), bytes)
    })
    await Promise.all(writes)
  }

  /** A bundle out of what stood before and what comes: not from its file, which is only about to be written. */
  async #bundleFrom(oldSize: number, entries: readonly Uint8Array[], index: number): Promise<readonly Uint8Array[]> {
    const first = index * tileWidth
    if (first >= oldSize) return entries.slice(first - oldSize, first - oldSize + tileWidth)
    const kept = await this.#entries.bundle(index)
    return kept
  }

  /** Publishes the head, or tries again soon; also the way to stamp an idle log anew. */
  async #publish(): Promise<void> {
    this.#retry?.()
    if (!(await this.#checkpoints.publish(this.#sealed()))) {
      if (this.alarm === undefined) this.#retry = this.#ports.timer.after(retryInterval, () => void this.stamp())
      else this.#refuseWaiting()
      return
    }
    for (const size of this.#staged.splice(0)) await this.#ports.stage.remove(size)
  }

  #sealed(): Sealed {
    const { policy } = this
    if (this.#seal === undefined || policy === undefined) throw new Fault('log.damaged', { at: 'policy' })
    const { log, tree } = { log: this.log, tree: this.#tree }
    return { log, head: this.#head(), seal: this.#seal, map: this.#map, tree, epoch: this.#epoch, policy }
  }

  /** Stamps the published checkpoint with the time: that an idle log still stands. */
  stamp(): Promise<void> {
    return this.#alone(async () => {
      if (this.#readOnly) return
      await this.#publish().catch((thrown: unknown) => this.#fail([], thrown))
    })
  }

  async #begin(): Promise<void> {
    const record = await this.#options.firstPolicy()
    const time = this.#ports.clock.now()
    const { overlay } = await this.#fold([{ record, resolve: () => undefined, reject: () => undefined }], time)
    if (overlay.folded.length !== 1) {
      const result = await foldRecord(overlay, record, { index: 0, sealTime: time })
      throw new Fault('code' in result ? result.code : 'unexpected')
    }
    await this.#commit(overlay, time)
  }

  /** What a start finds, and does about it: registry, 7, right column. */
  async #recover(): Promise<void> {
    const { heads, states, stage, signer } = this.#ports
    const row = heads.load()
    const applied = states.applied()
    this.#epoch = heads.takeOver()
    await this.#known.loadPolicies()
    this.#loadTree(applied)
    this.#loadMap(applied)
    for (const size of await stage.sizes()) {
      if (size > (row?.size ?? 0) || size <= applied) await stage.remove(size)
    }
    if (row === undefined) return
    // Somebody restored an old copy of us: what was signed must not be signed over.
    const seen = [signer.latest(), await this.#publishedHead(), ...(this.#options.seen ?? [])]
    for (const head of seen) if (head !== undefined) this.#compareHead(row, head)
    if (row.size === applied) await this.#resume(row)
    else await this.#redo(row)
  }

  /** A head of ours that we do not know stops the log: behind, if it is larger; two histories, if it is another. */
  #compareHead(row: Head, seen: Head): void {
    if (seen.size > row.size) return this.#checkpoints.stop('registry.behind')
    const root = seen.size === row.size ? row.root : this.#rootOf(seen.size)
    if (root !== undefined && !equalBytes(root, seen.root)) this.#checkpoints.stop('log.fork')
  }

  /** Undefined behind what is applied: it is redone from the stage, and compared by its head. */
  #rootOf(size: number): Uint8Array | undefined {
    return size > this.#tree.size ? undefined : this.#tree.root(size)
  }

  async #publishedHead(): Promise<Head | undefined> {
    const note = await this.#ports.tiles.published()
    return note === undefined ? undefined : parseCheckpoint(parseNote(note).text)
  }

  async #resume(row: Head): Promise<void> {
    if (!equalHead(this.#head(), row)) throw new Fault('log.damaged', { at: 'head', size: row.size })
    await this.#checkpoints.adopt(this.#sealed())
    await this.#publish()
  }

  /** The head has moved, the rest has not: goes on from the stage. */
  async #redo(row: Head): Promise<void> {
    const staged = await this.#stagedAgain(await this.#ports.stage.read(row.size))
    if (!equalHead(this.#appended(staged.entries), row)) throw new Fault('log.damaged', { at: 'stage', size: row.size })
    await this.#finish(staged)
  }

  async #stagedAgain(bytes: Uint8Array | undefined): Promise<Staged> {
    if (bytes === undefined) throw new Fault('log.damaged', { at: 'stage' })
    const records = parseStage(bytes)
      .slice(0, -1)
      .map((entry) => parseRecord(utf8Text(entry) ?? ''))
    await this.#known.load(records, this.#map)
    return this.#readBack(bytes, records)
  }

  /** The hashes that the tree's right edge is made of; those of full tiles are read when a proof goes through them. */
  #loadTree(size: number): void {
    const subtrees: Hash[] = []
    const full = hashesAt(size, 1)
    for (let at = 0; at < full; at += tileWidth) subtrees.push(...this.#tile(1, at, Math.min(tileWidth, full - at)))
    const rest = size % tileWidth === 0 ? [] : this.#tile(0, full * tileWidth, size % tileWidth)
    const leavesOf = (index: number) => this.#tile(0, index * tileWidth, tileWidth)
    this.#tree = new LogTree({ subtrees, rest, leavesOf })
  }

  #tile(level: number, first: number, width: number): readonly Hash[] {
    const index = first / tileWidth
    const bytes = this.#ports.tiles.readNow(formatTilePath({ level, index, width }))
    if (bytes === undefined) throw new Fault('log.damaged', { at: 'tile', level, index })
    return parseHashTile(bytes, width)
  }

  /** The map of the last seal: opened by its buckets, or reckoned anew from all states where these do not lead to it. */
  #loadMap(applied: number): void {
    const { states } = this.#ports
    const [seal] = states.batches(Number.MAX_SAFE_INTEGER, 1)
    this.#seal = seal
    if (seal === undefined) {
      if (applied !== 0) throw new Fault('log.damaged', { at: 'map', applied })
      return
    }
    const opened = restoreMap(states.buckets(), states)
    this.#map = leadsTo(seal, opened) ? opened : reckonedMap(states)
    if (sealIndex(seal) + 1 !== applied || !leadsTo(seal, this.#map))
      throw new Fault('log.damaged', { at: 'map', applied })
    if (this.#map !== opened) states.replaceBuckets(allBucketsOf(this.#map))
    if (seal.leaves <= (this.#options.checkedAtStart ?? checkedAtStart)) checkMap(this.#map)
  }
}

/** Names whose states are all looked at before a start is over; of more, each is when it is needed, or soon after. */
const checkedAtStart = 10_000
/** Buckets of the map that are looked at in one go: some milliseconds. */
const checkedAtOnce = 256

function leadsTo(seal: Seal, map: LogMap): boolean {
  return map.leaves === seal.leaves && equalBytes(mapRoot(map), seal.mapRoot)
}

/** The map out of every state there is. */
function reckonedMap(states: StateStore): LogMap {
  const leaves = Array.from(states.states(), (state) => ({
    key: mapKey(state.ns, state.name),
    value: stateHash(state),
  }))
  return insertAllIntoMap(emptyMap, leaves)
}

/** A batch read back from its bytes. */
interface Staged {
  readonly entries: readonly Uint8Array[]
  readonly seal: Seal
  readonly overlay: Overlay
  readonly map: LogMap
}

function equalHead(a: Head, b: Head): boolean {
  return a.size === b.size && equalBytes(a.root, b.root)
}
