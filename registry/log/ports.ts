import type { Hash } from '@fujie/shared/core/crypto/hash.ts'
import type { Fault } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import type { Head } from '@fujie/shared/core/log/checkpoint.ts'
import type { BucketSource, BucketSummary } from '@fujie/shared/core/log/map-bucket.ts'
import type { NoteSignature } from '@fujie/shared/core/log/note.ts'
import type { Seal } from '@fujie/shared/core/log/seal.ts'
import type { NameState } from '@fujie/shared/core/log/state.ts'
import type { Namespace, RecordKind } from '@fujie/shared/core/record/record.ts'
import type { TrustKind } from '@fujie/shared/core/record/trust.ts'

/** Batches written before the head moves. */
export interface StageStore {
  /** Durable when it resolves. */
  write(size: number, bytes: Uint8Array): Promise<void>
  read(size: number): Promise<Uint8Array | undefined>
  remove(size: number): Promise<void>
  sizes(): Promise<readonly number[]>
}

/** The public files of the log. */
export interface TileStore {
  /** Durable when it resolves; the same name is written again only with the same bytes. */
  write(path: string, bytes: Uint8Array): Promise<void>
  read(path: string): Promise<Uint8Array | undefined>
  /** The same without waiting, for what is reckoned in one go. */
  readNow(path: string): Uint8Array | undefined
  /** Replaces the published checkpoint, whole or not at all. */
  publish(note: string): Promise<void>
  published(): Promise<string | undefined>
}

/** The head as it is committed: whose epoch moved it, and the seal that is its last entry. */
export interface HeadRow extends Head {
  readonly epoch: number
  /** Text of the seal. */
  readonly seal: string
}

/** The one place where the log is decided. Every change is durable when the call returns. */
export interface HeadStore {
  load(): HeadRow | undefined
  /** Starts a new epoch: whoever held the one before can move the head no more. */
  takeOver(): number
  /** Moves the head if it still is what the caller saw; false: another writer was here, step down. */
  swap(seen: { readonly epoch: number; readonly head: Head | undefined }, next: Omit<HeadRow, 'epoch'>): boolean
}

/** One record of the log by where it stands. */
export interface RecordRow {
  readonly index: number
  readonly id: string
  readonly ns: Namespace
  readonly name: string
  readonly seq: number
  readonly kind: RecordKind
  readonly batch: number
  /** Of its seal. */
  readonly time: Instant
}

/** What a sealed batch changes; derived from the log, and rebuilt from it. */
export interface AppliedBatch {
  readonly seal: Seal
  readonly records: readonly Omit<RecordRow, 'batch' | 'time'>[]
  /** The latest state of every name the batch touched. */
  readonly states: readonly NameState[]
  /** Recovery keys in force of every DID the batch touched. */
  readonly recovery: readonly { readonly name: string; readonly thumbprints: readonly string[] }[]
  /** What the map's buckets are that the batch touched. */
  readonly buckets: readonly BucketSummary[]
}

/** States and indexes. */
export interface StateStore extends BucketSource {
  /** Entries of the log that are in here. */
  applied(): number
  /** All of the batch, or nothing; repeating it changes nothing. */
  apply(batch: AppliedBatch): void
  find(ns: Namespace, name: string): NameState | undefined
  /** The state as it was when the log had `size` entries. */
  findAt(ns: Namespace, name: string, size: number): NameState | undefined
  states(): Iterable<NameState>
  /** The buckets of the map after the last batch; none in a store that is older than they are. */
  buckets(): Iterable<BucketSummary>
  /** Keeps buckets that were reckoned from the states, in place of all there were. */
  replaceBuckets(buckets: Iterable<BucketSummary>): void
  /** States of one kind of trust record, by name. */
  statesOf(ns: TrustKind): Iterable<NameState>
  record(id: string): RecordRow | undefined
  recordAt(index: number): RecordRow | undefined
  /** Newest first. */
  history(ns: Namespace, name: string, before: number, limit: number): readonly RecordRow[]
  /** The version of a name that follows the one at an index. */
  versionAfter(ns: Namespace, name: string, index: number): RecordRow | undefined
  /** The newest version of a name among the first `size` entries that was sealed by then. */
  versionAt(ns: Namespace, name: string, size: number, at: Instant): RecordRow | undefined
  newest(before: number, limit: number): readonly RecordRow[]
  batches(before: number, limit: number): readonly Seal[]
  /** DIDs whose recovery keys in force include this one. */
  recoverable(thumbprint: string): readonly { readonly did: string; readonly seq: number }[]
  /** How many DIDs there are. */
  dids(): number
}

/** Holds the log's key. Its own journal stands before its pen: one root for a size, sizes only grow, old epochs are refused. */
export interface HeadSigner {
  /** Signatures of the note of this head; asked again for the same head they may differ in their time alone. */
  sign(head: Head, epoch: number, now: Instant): Promise<readonly NoteSignature[]>
  /** The newest head it ever signed. */
  latest(): Head | undefined
}

/** What a witness answers to a checkpoint (C2SP tlog-witness). */
export type WitnessAnswer =
  | { readonly kind: 'signed'; readonly signatures: readonly NoteSignature[] }
  /** It stands for another size than we thought, or for another root of this one. */
  | { readonly kind: 'other_size'; readonly size: number }
  /** The proof from what it stands for does not hold. */
  | { readonly kind: 'inconsistent' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'refused' }

/**
 * One that cosigns checkpoints: a witness, or an auditor. Nothing it says is believed without a signature.
 *
 * @throws Fault `witness.unreachable`
 */
export interface Witness {
  /** Resolves within a second. */
  add(oldSize: number, path: readonly Hash[], note: string): Promise<WitnessAnswer>
  /** Its own copy of the newest checkpoint; undefined: it has seen none. */
  latest(origin: string): Promise<string | undefined>
}

/** Where a witness of the trust policy is asked. */
export type WitnessAt = (url: string) => Witness

export type AnchorState = 'sent' | 'included' | 'final' | 'dropped' | 'reorged' | 'conflict'

/** A head written on a ledger. */
export interface Anchor extends Head {
  readonly ledger: string
  readonly tx: string
  readonly block: number
  readonly time: Instant
  readonly state: AnchorState
  /** Whether it was written by the account that reads it. */
  readonly isOwn?: boolean
}

/** A record somebody put on the ledger so that the log cannot ignore it. */
export interface ForcedRecord {
  /** SHA-256 of the text, hexadecimal. */
  readonly hash: string
  readonly text: string
  readonly deadline: Instant
  readonly block: number
}

/** A place outside where heads are written for all to see. */
export interface Ledger {
  /** What it is called in anchors. */
  readonly id: string
  /** Blocks that were read to the end, where there are blocks. */
  readonly read?: number
  /**
   * Writes the checkpoint's head; resolves when the ledger calls it final. Once per size: one that stands there already,
   * or a larger one, is the answer, and whether its root is ours is for the caller to see.
   *
   * @param told of each step before that
   * @throws Fault `ledger.*`
   */
  anchor(checkpoint: string, told?: (anchor: Anchor) => void): Promise<Anchor>
  latestAnchor(origin: string): Promise<Anchor | undefined>
  /** Anchors that are final from the one behind size `after`, in order; then what members contradicted. */
  anchors(origin: string, after: number): AsyncIterable<Anchor>
  /** Those in blocks behind `after`, as far as they are final, in order. */
  forcedRecords(origin: string, after: number): AsyncIterable<ForcedRecord>
  /** Waits for nothing more; absent where nothing is waited for. */
  close?(): Promise<void>
}

/** What became of a forced record: it waits, it stands in the log, or its deadline passed while no rule let it in. */
export type ForcedState = 'waiting' | 'logged' | 'invalid'

export interface ForcedRow extends ForcedRecord {
  readonly state: ForcedState
}

/** What was seen of an outside ledger, so that a start finds what it took back. Every change is durable when the call returns. */
export interface LedgerStore {
  /** By size. */
  anchors(): readonly Anchor[]
  /** Replaces what stood for this size. */
  putAnchor(anchor: Anchor): void
  /** Forced records that wait, in the order they were put there. */
  waiting(): readonly ForcedRow[]
  /** The newest block of one that was ever kept; -1 before the first. */
  forcedBlock(): number
  /** One that is known stays as it is. */
  keepForced(record: ForcedRecord): void
  /** Replaces the row of this hash. */
  putForced(row: ForcedRow): void
  /** Everything up to this block is in here. */
  setRead(block: number): void
}

/** Type metadata and packed status lists by the SHA-256 of their bytes, hexadecimal. */
export interface BlobStore {
  has(sha256: string): Promise<boolean>
  read(sha256: string): Promise<Uint8Array | undefined>
  /** Durable when it resolves. */
  write(sha256: string, bytes: Uint8Array): Promise<void>
}

/** Does something later; the answer takes it back. */
export interface Timer {
  after(milliseconds: number, work: () => void): () => void
}

/** Ends the process: after the head has moved nothing is tried twice in one life. */
export type Halt = (fault: Fault) => void

export type RegistryEvent =
  | {
      readonly type: 'batch'
      readonly batch: number
      readonly first: number
      readonly count: number
      readonly time: Instant
      readonly records: readonly RecordRow[]
    }
  | { readonly type: 'checkpoint'; readonly size: number; readonly root: string; readonly time: Instant }
  | {
      readonly type: 'anchor'
      readonly size: number
      readonly root: string
      readonly ledger: string
      readonly tx: string
      readonly block: number
      readonly time: Instant
      readonly state: AnchorState
    }
