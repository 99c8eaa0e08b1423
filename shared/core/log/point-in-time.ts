import type { Hash } from '../crypto/hash.ts'
import { decodeBase64url, encodeBase64url } from '../encoding/base64url.ts'
import { concatBytes, equalBytes, utf8 } from '../encoding/bytes.ts'
import { isJsonArray, isJsonObject, jsonObject, type Json, type JsonObject } from '../encoding/json.ts'
import { Fault, within } from '../fault.ts'
import type { Instant } from '../instant.ts'
import { limits } from '../limits.ts'
import { nameOfRecord } from '../record/name.ts'
import { namespaces, parseRecord, type Namespace, type SignedRecord } from '../record/record.ts'
import type { FindingCode } from '../verdict.ts'
import {
  formatProofBundle,
  parseProofBundle,
  verifyHead,
  verifyState,
  type LogTrust,
  type ProofBundle,
} from './bundle.ts'
import { isCount, type CarriedCheckpoint } from './bundle-form.ts'
import type { Head } from './checkpoint.ts'
import { rootOfInclusion } from './inclusion.ts'
import { formatSeal, parseSeal, sealEntry, sealIndex, type Seal } from './seal.ts'
import { hashLeaf } from './tree.ts'

/** A record where it stands in the log, with the seal that covers it; both paths lead to one head. */
export interface PlacedRecord {
  readonly record: SignedRecord
  readonly index: number
  readonly path: readonly Hash[]
  readonly seal: Seal
  readonly sealPath: readonly Hash[]
}

/** What a registry says a name was at an instant (registry, 9.3). Not yet believed. */
export interface PointInTime {
  readonly log: string
  readonly ns: Namespace
  readonly name: string
  readonly version: PlacedRecord
  /** The version that took its place, or that nothing has. */
  readonly later: PlacedRecord | ProofBundle
  readonly checkpoint: CarriedCheckpoint
}

/** What it is asked for. */
export interface Occasion {
  readonly ns: Namespace
  readonly name: string
  readonly at: Instant
}

export interface PointInTimeJudgement {
  /** `log.inclusion_invalid` without a version, `log.witness_short` or `evidence.too_old` with one. */
  readonly codes: readonly FindingCode[]
  /** The record that was the newest at the instant. */
  readonly record?: SignedRecord
  /** When it came into force. */
  readonly since?: Instant
  /** When the next one did; absent if none has. */
  readonly until?: Instant
}

const invalid: PointInTimeJudgement = { codes: ['log.inclusion_invalid'] }

/**
 * Judges which version of a name was in force at an instant.
 *
 * Accepted only if the version was sealed by then, the one that follows it was sealed later and names it as the one
 * before: in an audited log nothing lies between. The last version also needs a checkpoint that is not older than
 * the instant, else `evidence.too_old`: what was not yet to be seen is not known to be absent.
 */
export async function judgePointInTime(
  proof: PointInTime,
  { ns, name, at }: Occasion,
  trust: LogTrust,
): Promise<PointInTimeJudgement> {
  const { version, later, checkpoint } = proof
  const root = rootOfPlaced(version, checkpoint.size)
  const meant = proof.log === trust.log && isNamed(version.record, { ns, name }) && version.seal.time <= at
  if (root === undefined || !meant) return invalid
  const head = { size: checkpoint.size, root }
  const stand = await verifyHead(checkpoint, trust, head)
  if (stand === undefined) return invalid
  const short: FindingCode[] = stand.short ? ['log.witness_short'] : []
  const found = { record: version.record, since: version.seal.time }
  if (isPlaced(later)) {
    if (!follows(later, version, head, at)) return invalid
    return { codes: short, ...found, until: later.seal.time }
  }
  const last = await newestIs(later, version, head, trust)
  if (!last) return invalid
  const seen = stand.time ?? later.seal.time
  return { codes: at <= seen ? short : [...short, 'evidence.too_old'], ...found }
}

/** The root both paths lead to, if they lead to one and the seal covers the record. */
function rootOfPlaced({ record, index, path, seal, sealPath }: PlacedRecord, size: number): Hash | undefined {
  if (index < seal.first || index >= sealIndex(seal)) return undefined
  const root = rootOfInclusion(hashLeaf(utf8(record.text)), { index, size, path })
  const other = rootOfInclusion(hashLeaf(sealEntry(seal)), { index: sealIndex(seal), size, path: sealPath })
  return root !== undefined && other !== undefined && equalBytes(root, other) ? root : undefined
}

function isNamed(record: SignedRecord, { ns, name }: Omit<Occasion, 'at'>): boolean {
  const named = nameOfRecord(record)
  return named.ns === ns && named.name === name
}

function follows(later: PlacedRecord, version: PlacedRecord, head: Head, at: Instant): boolean {
  const root = rootOfPlaced(later, head.size)
  const { payload } = later.record
  return (
    root !== undefined &&
    equalBytes(root, head.root) &&
    isNamed(later.record, nameOfRecord(version.record)) &&
    payload.kind !== 'create' &&
    payload.seq === seqOf(version.record) + 1 &&
    payload.prev === version.record.id &&
    at < later.seal.time
  )
}

function seqOf({ payload }: SignedRecord): number {
  return payload.kind === 'create' ? 0 : payload.seq
}

/** Whether the map under the same head says that this version is the newest. */
async function newestIs(bundle: ProofBundle, version: PlacedRecord, head: Head, trust: LogTrust): Promise<boolean> {
  const { state } = await verifyState(bundle, trust)
  return (
    state?.record?.id === version.record.id &&
    state.index === version.index &&
    state.head.size === head.size &&
    equalBytes(state.head.root, head.root)
  )
}

/** As JSON: `{v, log, ns, name, version, later, size, sigs}`. */
export function formatPointInTime({ log, ns, name, version, later, checkpoint }: PointInTime): JsonObject {
  return jsonObject({
    v: 1,
    log,
    ns,
    name,
    version: formatPlaced(version),
    later: isPlaced(later) ? formatPlaced(later) : formatProofBundle(later),
    size: checkpoint.size,
    sigs: checkpoint.signatures.map(({ keyId, signature }) => [keyId, encodeBase64url(signature)]),
  })
}

function isPlaced(later: PointInTime['later']): later is PlacedRecord {
  return 'index' in later
}

function formatPlaced({ record, index, path, seal, sealPath }: PlacedRecord): JsonObject {
  return {
    record: record.text,
    index,
    path: encodeBase64url(concatBytes(...path)),
    seal: formatSeal(seal),
    sealPath: encodeBase64url(concatBytes(...sealPath)),
  }
}

/**
 * Reads the JSON form.
 *
 * @throws Fault `bundle.malformed`
 */
export function parsePointInTime(json: Json): PointInTime {
  const { log, ns, name, version, later, size, sigs, ...rest } = objectAt(json, 'proof')
  if (rest.v !== 1 || Object.keys(rest).length > 1) malformed('v')
  const isLast = isJsonObject(later) && 'checkpoint' in later
  return {
    log: textAt(log, 'log'),
    ns: namespaces.find((known) => known === ns) ?? malformed('ns'),
    name: textAt(name, 'name'),
    version: placedAt(version),
    later: isLast ? parseProofBundle(later) : placedAt(later),
    checkpoint: { size: countAt(size, 'size'), signatures: signaturesAt(sigs) },
  }
}

function placedAt(value: Json | undefined): PlacedRecord {
  const { record, index, path, seal, sealPath, ...rest } = objectAt(value, 'version')
  if (Object.keys(rest).length > 0) malformed('version')
  return {
    record: within('bundle.malformed', () => parseRecord(textAt(record, 'record'))),
    index: countAt(index, 'index'),
    path: hashesAt(path, 'path'),
    seal: within('bundle.malformed', () => parseSeal(utf8(textAt(seal, 'seal')))),
    sealPath: hashesAt(sealPath, 'sealPath'),
  }
}

function signaturesAt(value: Json | undefined): CarriedCheckpoint['signatures'] {
  if (!isJsonArray(value) || value.length > 16) malformed('sigs')
  return value.map((pair) => {
    const [keyId, signature, ...rest] = isJsonArray(pair) ? pair : malformed('sigs')
    if (typeof keyId !== 'string' || !/^[0-9a-f]{8}$/.test(keyId) || rest.length > 0) malformed('sigs')
    return { keyId, signature: bytesAt(signature, 'sigs') }
  })
}

function objectAt(value: Json | undefined, at: string): JsonObject {
  return isJsonObject(value) ? value : malformed(at)
}

function textAt(value: Json | undefined, at: string): string {
  return typeof value === 'string' ? value : malformed(at)
}

function countAt(value: Json | undefined, at: string): number {
  return isCount(value) ? value : malformed(at)
}

function bytesAt(value: Json | undefined, at: string): Uint8Array {
  return decodeBase64url(textAt(value, at)) ?? malformed(at)
}

function hashesAt(value: Json | undefined, at: string): readonly Hash[] {
  const bytes = bytesAt(value, at)
  if (bytes.length % 32 !== 0 || bytes.length / 32 > limits.logProof) malformed(at)
  return Array.from({ length: bytes.length / 32 }, (_, i) => bytes.slice(32 * i, 32 * i + 32))
}

function malformed(at: string): never {
  throw new Fault('bundle.malformed', { at })
}
