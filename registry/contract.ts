import * as z from 'zod/mini'
import type { Json } from '@fujie/shared/core/encoding/json.ts'
import { isFaultCode, type FaultCode } from '@fujie/shared/core/fault.ts'
import { namespaces } from '@fujie/shared/core/record/record.ts'

/** Read by core where it is used. */
const json = z.custom<Json>((value) => value !== undefined)

const kinds = ['create', 'update', 'recover', 'deactivate', 'acc', 'ver', 'qry', 'typ', 'sl', 'log', 'pol'] as const

/** How far a record has come: in the log, under a checkpoint that its witnesses stand for, on a ledger too. */
const stage = z.enum(['sealed', 'trusted', 'anchored'])
export type Stage = z.output<typeof stage>

const anchor = z.object({
  ledger: z.string(),
  tx: z.string(),
  block: z.int(),
  time: z.int(),
  size: z.int(),
  root: z.string(),
  state: z.string(),
})
export type AnchorView = z.output<typeof anchor>

const recordMembers = {
  index: z.int(),
  id: z.string(),
  ns: z.enum(namespaces),
  name: z.string(),
  seq: z.int(),
  kind: z.enum(kinds),
  batch: z.int(),
  time: z.int(),
}
const record = z.object(recordMembers)
/** A record as lists and streams show it. */
export type RecordView = z.output<typeof record>

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

const version = z.object({ ...recordMembers, stage, record: z.string() })
/** `GET /history/{ns}/{name}`: one version with its record. */
export type VersionView = z.output<typeof version>

const checkpoint = z.object({
  size: z.int(),
  root: z.string(),
  batch: z.int(),
  first: z.int(),
  count: z.int(),
  time: z.int(),
  anchor: z.optional(anchor),
})
/** One published size. */
export type CheckpointView = z.output<typeof checkpoint>

const listRow = z.object({ ...recordMembers, by: z.string(), status: z.string(), body: json, proof: z.string() })
/** `GET /lists/…`: one row, and where its proof is, relative to the registry. */
export type ListRow = z.output<typeof listRow>

const hit = z.object({
  kind: z.enum(['did', 'name', 'checkpoint', 'record', 'anchor']),
  ns: z.optional(z.enum(namespaces)),
  name: z.optional(z.string()),
  index: z.optional(z.int()),
  size: z.optional(z.int()),
  words: z.optional(z.object({ 'zh-CN': z.string(), en: z.string() })),
})
export type SearchHit = z.output<typeof hit>

const stats = z.object({
  log: z.string(),
  origin: z.string(),
  logKeys: z.readonly(z.array(z.string())),
  /** Who must have cosigned, as the policy in force says it (C2SP tlog-policy). */
  trust: z.string(),
  /** The newest published checkpoint as it was signed. */
  note: z.string(),
  size: z.int(),
  root: z.string(),
  time: z.int(),
  records: z.int(),
  names: z.int(),
  dids: z.int(),
  batches: z.int(),
  anchored: z.optional(anchor),
  ledger: z.enum(['file', 'evm']),
  /** Why nothing is anchored any more. */
  ledgerAlarm: z.optional(z.custom<FaultCode>(isFaultCode)),
})
export type Stats = z.output<typeof stats>

/** `GET /events`, server-sent. */
export const registryEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('batch'),
    batch: z.int(),
    first: z.int(),
    count: z.int(),
    time: z.int(),
    records: z.readonly(z.array(record)),
  }),
  z.object({ type: z.literal('checkpoint'), size: z.int(), root: z.string(), time: z.int() }),
  z.object({ ...anchor.shape, type: z.literal('anchor') }),
])
export type EventView = z.output<typeof registryEvent>

const texts = z.readonly(z.array(z.string()))
const bundle = z.object({
  id: z.string(),
  scope: z.object({ types: texts, regions: texts, roots: texts }),
  made: z.int(),
  expires: z.int(),
  size: z.int(),
})
/** `GET /bundle`: one scope for which a trust bundle is made. */
export type BundleView = z.output<typeof bundle>

const page = z.object({ before: z.optional(z.int()), limit: z.optional(z.int()) })
const named = { ns: z.enum(namespaces), name: z.string() }

/** What the explorer asks its own registry. */
export const registryContract = {
  stats: { method: 'GET', path: '/stats', input: z.strictObject({}), output: stats },
  search: { method: 'GET', path: '/search', input: z.strictObject({ q: z.string() }), output: z.array(hit) },
  records: { method: 'GET', path: '/records', input: page, output: z.array(record) },
  /** All versions of a name, newest first. */
  history: {
    method: 'GET',
    path: '/history/{ns}/{name}',
    input: z.object({ ...named, ...page.shape }),
    output: z.array(version),
  },
  /** A proof bundle, for core to read and judge. */
  proof: { method: 'GET', path: '/proof/{ns}/{name}', input: z.strictObject(named), output: json },
  checkpoint: {
    method: 'GET',
    path: '/checkpoints/{size}',
    input: z.strictObject({ size: z.int() }),
    output: checkpoint,
  },
  anchors: { method: 'GET', path: '/anchors', input: page, output: z.array(anchor) },
  bundles: { method: 'GET', path: '/bundle', input: z.strictObject({}), output: z.array(bundle) },
  accreditations: {
    method: 'GET',
    path: '/lists/accreditations',
    input: z.object({ at: z.optional(z.int()) }),
    output: z.array(listRow),
  },
  statusDigests: {
    method: 'GET',
    path: '/lists/status-digests',
    input: z.strictObject({}),
    output: z.array(listRow),
  },
  registrations: {
    method: 'GET',
    path: '/lists/registrations',
    input: z.object({ at: z.optional(z.int()) }),
    output: z.array(listRow),
  },
} as const
