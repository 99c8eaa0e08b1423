import { decodeBase64url, encodeBase64url } from '../encoding/base64url.ts'
import { isJsonArray, isJsonObject, jsonObject, parseJson, type Json, type JsonObject } from '../encoding/json.ts'
import { Fault, within } from '../fault.ts'
import { isInstant, type Instant } from '../instant.ts'

export const evidenceKinds = [
  ...(['did_state', 'accreditation', 'registration', 'query', 'status_digest'] as const),
  ...(['status_token', 'type_metadata', 'checkpoint', 'fork', 'certificate'] as const),
] as const
export type EvidenceKind = (typeof evidenceKinds)[number]

/**
 * Something signed that was gathered, and when.
 *
 * | kind | name | bytes |
 * | --- | --- | --- |
 * | `did_state`, `accreditation`, `registration`, `query`, `status_digest` | the name in the log's map | proof bundle |
 * | `status_token` | uri of the list | token |
 * | `type_metadata` | `sha256-…`, as in `vct#integrity` | metadata |
 * | `checkpoint` | origin of the log | signed note |
 * | `fork` | origin of the log | two signed notes that cannot both be of one log, `formatFork` |
 * | `certificate` | base64url SHA-256 of the DER | DER |
 */
export interface EvidenceItem {
  readonly kind: EvidenceKind
  readonly name: string
  readonly fetchedAt: Instant
  readonly bytes: Uint8Array
}

/** All that a judgement may look at besides what was presented. A lie in it can only cause refusal. */
export interface Evidence {
  readonly items: readonly EvidenceItem[]
}

export const noEvidence: Evidence = { items: [] }

export function findEvidence(evidence: Evidence, kind: EvidenceKind, name: string): EvidenceItem | undefined {
  for (const item of evidence.items) if (item.name === name && item.kind === kind) return item
  return undefined
}

/** Of two items for the same thing the later one counts. */
export function mergeEvidence(...all: readonly Evidence[]): Evidence {
  const newest = new Map<string, EvidenceItem>()
  for (const item of all.flatMap((evidence) => evidence.items)) {
    const key = `${item.kind} ${item.name}`
    const known = newest.get(key)
    if (known === undefined || known.fetchedAt <= item.fetchedAt) newest.set(key, item)
  }
  return { items: [...newest.values()] }
}

/** Evidence as a file: `{v: 1, items: [{kind, name, fetchedAt, bytes}]}`, bytes in base64url. */
export function formatEvidence(evidence: Evidence): JsonObject {
  return jsonObject({ v: 1, items: evidence.items.map(formatEvidenceItem) })
}

export function formatEvidenceItem({ kind, name, fetchedAt, bytes }: EvidenceItem): JsonObject {
  return jsonObject({ kind, name, fetchedAt, bytes: encodeBase64url(bytes) })
}

const bounds = { array: 4_096, string: 1024 * 1024 }

/**
 * Reads a file of evidence.
 *
 * @throws Fault `evidence.malformed`, `limit.exceeded`
 */
export function parseEvidence(text: string): Evidence {
  const json = within('evidence.malformed', () => parseJson(text, bounds))
  if (!isJsonObject(json) || json.v !== 1 || !isJsonArray(json.items)) malformed('items')
  return { items: json.items.map(parseEvidenceItem) }
}

/** @throws Fault `evidence.malformed` */
export function parseEvidenceItem(value: Json): EvidenceItem {
  if (!isJsonObject(value)) malformed('item')
  const kind = evidenceKinds.find((known) => known === value.kind) ?? malformed('kind')
  const bytes = typeof value.bytes === 'string' ? decodeBase64url(value.bytes) : undefined
  if (typeof value.name !== 'string') malformed('name')
  if (!isInstant(value.fetchedAt)) malformed('fetchedAt')
  return { kind, name: value.name, fetchedAt: value.fetchedAt, bytes: bytes ?? malformed('bytes') }
}

function malformed(at: string): never {
  throw new Fault('evidence.malformed', { at })
}
