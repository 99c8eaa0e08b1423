import type { Json } from '@fujie/shared/core/encoding/json.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import type { Namespace, RecordKind } from '@fujie/shared/core/record/record.ts'

/** How far a record has come: in the log, under a trusted checkpoint, on a ledger. */
export type Stage = 'sealed' | 'trusted' | 'anchored'

export interface AnchorView {
  readonly ledger: string
  readonly tx: string
  readonly block: number
  readonly time: Instant
  readonly size: number
  readonly root: string
  readonly state: string
}

/** A record as lists and streams show it. */
export interface RecordView {
  readonly index: number
  readonly id: string
  readonly ns: Namespace
  readonly name: string
  readonly seq: number
  readonly kind: RecordKind
  readonly batch: number
  readonly time: Instant
}

/** `GET /ops/{id}`. */
export interface OperationView extends RecordView {
  readonly stage: Stage
  readonly anchor?: AnchorView
}

/** `POST /ops`: the answer carries the proof bundle of the name. */
export interface Submitted {
  readonly id: string
  readonly index: number
  readonly batch: number
  readonly stage: Stage
  readonly proof: Json
}

/** `GET /history/{ns}/{name}`: one version with its record. */
export interface VersionView extends RecordView {
  readonly record: string
  readonly stage: Stage
}

/** `GET /checkpoints`: one published size. */
export interface CheckpointView {
  readonly size: number
  readonly root: string
  readonly batch: number
  readonly first: number
  readonly count: number
  readonly time: Instant
  readonly anchor?: AnchorView
}

/** `GET /lists/…`: one row. */
export interface ListRow extends RecordView {
  readonly by: string
  readonly status: string
  readonly body: Json
  /** Address of its proof, relative to the registry. */
  readonly proof: string
}

export interface SearchHit {
  readonly kind: 'did' | 'name' | 'checkpoint' | 'record' | 'anchor'
  readonly ns?: Namespace
  readonly name?: string
  readonly index?: number
  readonly size?: number
  readonly words?: { readonly 'zh-CN': string; readonly en: string }
}

export interface Stats {
  readonly log: string
  readonly origin: string
  readonly logKeys: readonly string[]
  readonly size: number
  readonly root: string
  readonly time: Instant
  readonly records: number
  readonly names: number
  readonly dids: number
  readonly batches: number
  readonly anchored?: AnchorView
  readonly ledger: 'file' | 'evm'
}

/** `GET /events`, server-sent: one event per line of this union. */
export type EventView =
  | {
      readonly type: 'batch'
      readonly batch: number
      readonly first: number
      readonly count: number
      readonly time: Instant
      readonly records: readonly RecordView[]
    }
  | { readonly type: 'checkpoint'; readonly size: number; readonly root: string; readonly time: Instant }
  | ({ readonly type: 'anchor' } & AnchorView)
