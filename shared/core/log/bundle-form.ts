import type { Hash } from '../crypto/hash.ts'
import { decodeBase64url, encodeBase64url } from '../encoding/base64url.ts'
import { concatBytes, utf8 } from '../encoding/bytes.ts'
import { decodeCbor, encodeCbor } from '../encoding/cbor.ts'
import {
  isJsonArray,
  isJsonObject,
  jsonObject,
  parseJsonBytes,
  type Json,
  type JsonBounds,
  type JsonObject,
} from '../encoding/json.ts'
import { Recent } from '../encoding/recent.ts'
import { Fault, within } from '../fault.ts'
import { isInstant, type Instant } from '../instant.ts'
import { limits } from '../limits.ts'
import { joinRecord, namespaces, parseRecord, type Namespace, type SignedRecord } from '../record/record.ts'
import { parseCheckpoint } from './checkpoint.ts'
import { formatMapPath, parseMapPath } from './map.ts'
import type { MapLeaf, MapSegment } from './map-node.ts'
import { parseNote, type NoteSignature } from './note.ts'
import { isPossible, type Seal } from './seal.ts'
import type { NameState } from './state.ts'

/** The seal without the map root: that one is reckoned from the path. */
export type SealTerms = Omit<Seal, 'mapRoot'>

/** A checkpoint as a bundle carries it; the compact form leaves name and root to be rebuilt. */
export interface CarriedCheckpoint {
  readonly size: number
  readonly signatures: readonly Pick<NoteSignature, 'keyId' | 'signature'>[]
  /** JSON form: the note as it was signed. */
  readonly note?: string
}

/** Where a head of this size or larger was written. A pointer: the ledger itself has to be read. */
export interface AnchorPointer {
  readonly ledger: string
  readonly tx: string
  readonly block: number
  readonly time: Instant
}

interface Carried {
  readonly log: string
  readonly ns: Namespace
  readonly name: string
  readonly path: readonly MapSegment[]
  readonly seal: SealTerms
  readonly sealPath: readonly Hash[]
  readonly checkpoint: CarriedCheckpoint
  readonly anchor?: AnchorPointer
}

export interface PresenceBundle extends Carried {
  readonly present: true
  readonly state: Omit<NameState, 'ns' | 'name' | 'id'>
  readonly record: SignedRecord
}

export interface AbsenceBundle extends Carried {
  readonly present: false
  /** The leaf met in place of the name's own; none in an empty map. */
  readonly leaf: MapLeaf | undefined
}

/** What a registry says of a name, with all that proves it under one checkpoint (registry, 9.1). Not yet believed. */
export type ProofBundle = PresenceBundle | AbsenceBundle

export const bundleTypes = { json: 'application/fujie-proof+json', cbor: 'application/fujie-proof+cbor' } as const

/** How much JSON a bundle may be: its record and note are longer than the usual strings. */
export const bundleBounds: Partial<JsonBounds> = { string: limits.checkpoint, fractions: false }

function malformed(at: string): never {
  throw new Fault('bundle.malformed', { at })
}

/**
 * Reads a bundle from its bytes, JSON or CBOR.
 *
 * @throws Fault `bundle.malformed`, `limit.exceeded`
 */
export function parseProofBundleBytes(bytes: Uint8Array): ProofBundle {
  if (bytes.length > 2 * limits.checkpoint) throw new Fault('limit.exceeded', { limit: 'bundle' })
  if (bytes[0] !== 0x7b) return parseProofBundleCbor(bytes)
  return parseProofBundle(within('bundle.malformed', () => parseJsonBytes(bytes, bundleBounds)))
}

const required = ['v', 'log', 'ns', 'name', 'state', 'path', 'seal', 'sealPath', 'checkpoint']

/**
 * Reads the JSON form.
 *
 * @throws Fault `bundle.malformed`
 */
export function parseProofBundle(json: Json): ProofBundle {
  if (!isJsonObject(json)) malformed('bundle')
  for (const name of required) if (!(name in json)) malformed(name)
  for (const name of Object.keys(json)) if (![...required, 'record', 'leaf', 'anchor'].includes(name)) malformed(name)
  if (json.v !== 1) malformed('v')
  const note = textOf(json.checkpoint, 'checkpoint')
  return bundleOf({
    log: textOf(json.log, 'log'),
    ns: json.ns,
    name: json.name,
    state: json.state,
    record: json.record === undefined ? undefined : readRecord(textOf(json.record, 'record')),
    leaf: isJsonArray(json.leaf) ? json.leaf.map((hash) => bytesOf(hash, 'leaf')) : json.leaf,
    path: bytesOf(json.path, 'path'),
    seal: json.seal,
    sealPath: bytesOf(json.sealPath, 'sealPath'),
    checkpoint: readCheckpoint(note),
    anchor: json.anchor,
  })
}

/** Bundles that are fetched together carry the same checkpoint. */
const knownCheckpoints = new Recent<string, CarriedCheckpoint>(8)

function readCheckpoint(note: string): CarriedCheckpoint {
  const known = knownCheckpoints.get(note)
  if (known !== undefined) return known
  const { text, signatures } = within('bundle.malformed', () => parseNote(note))
  const { size } = within('bundle.malformed', () => parseCheckpoint(text))
  const read = { size, signatures, note }
  knownCheckpoints.put(note, read)
  return read
}

/** The members of either form, on the way to a bundle. */
interface Loose {
  readonly log: string
  readonly ns: unknown
  readonly name: unknown
  readonly state: unknown
  readonly record: SignedRecord | undefined
  readonly leaf: unknown
  readonly path: Uint8Array
  readonly seal: unknown
  readonly sealPath: Uint8Array
  readonly checkpoint: CarriedCheckpoint
  readonly anchor: unknown
}

function bundleOf(loose: Loose): ProofBundle {
  if (decodeBase64url(loose.log)?.length !== 32) malformed('log')
  const carried: Carried = {
    log: loose.log,
    ns: namespaces.find((ns) => ns === loose.ns) ?? malformed('ns'),
    name: typeof loose.name === 'string' && /^[\x20-\x7e]{1,2048}$/.test(loose.name) ? loose.name : malformed('name'),
    path: parseMapPath(loose.path) ?? malformed('path'),
    seal: sealOf(loose.seal),
    sealPath: hashesOf(loose.sealPath),
    checkpoint: loose.checkpoint,
    ...(loose.anchor === undefined ? {} : { anchor: anchorOf(loose.anchor) }),
  }
  if (loose.state === null) {
    return loose.record === undefined ? { ...carried, present: false, leaf: leafOf(loose.leaf) } : malformed('record')
  }
  if (loose.record === undefined || loose.leaf !== undefined) malformed('record')
  return { ...carried, present: true, state: stateOf(loose.state), record: loose.record }
}

export function stateOf(value: unknown): PresenceBundle['state'] {
  const [seq, index, closed, created, updated] = integersOf(value, 5, 'state')
  if (closed !== 0 && closed !== 1) malformed('state')
  if (!isInstant(created) || !isInstant(updated)) malformed('state')
  return { seq: seq as number, index: index as number, status: closed === 1 ? 'closed' : 'active', created, updated }
}

export function sealOf(value: unknown): SealTerms {
  if (!Array.isArray(value)) malformed('seal')
  const [batch, first, count, leaves, time, , policy] = integersOf(
    value.map((each: unknown) => each ?? 0),
    7,
    'seal',
  ) as [number, number, number, number, number, number, number]
  const prev: unknown = value[5]
  const terms = { batch, first, count, leaves, time, policy, ...(typeof prev === 'number' ? { prev } : {}) }
  const complete = value.every((each, i) => i === 5 || each !== null)
  return complete && isPossible({ ...terms, mapRoot: new Uint8Array(32) }) ? terms : malformed('seal')
}

function leafOf(value: unknown): MapLeaf | undefined {
  if (value === null) return undefined
  if (!Array.isArray(value) || value.length !== 2) malformed('leaf')
  const [key, hash] = value as unknown[]
  if (!isHash(key) || !isHash(hash)) malformed('leaf')
  return { key, value: hash }
}

function isHash(value: unknown): value is Hash {
  return value instanceof Uint8Array && value.length === 32
}

function anchorOf(value: unknown): AnchorPointer {
  if (!Array.isArray(value) || value.length !== 4) malformed('anchor')
  const [ledger, tx, block, time] = value as unknown[]
  if (typeof ledger !== 'string' || typeof tx !== 'string' || !isCount(block) || !isInstant(time)) malformed('anchor')
  return { ledger, tx, block, time }
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function integersOf(value: unknown, length: number, at: string): readonly number[] {
  if (!Array.isArray(value) || value.length !== length || !value.every(isCount)) malformed(at)
  return value
}

export function hashesOf(bytes: Uint8Array): readonly Hash[] {
  if (bytes.length % 32 !== 0 || bytes.length / 32 > limits.logProof) malformed('sealPath')
  const hashes: Hash[] = []
  for (let at = 0; at < bytes.length; at += 32) hashes.push(bytes.slice(at, at + 32))
  return hashes
}

function textOf(value: Json | undefined, at: string): string {
  return typeof value === 'string' ? value : malformed(at)
}

function bytesOf(value: Json | undefined, at: string): Uint8Array {
  return decodeBase64url(textOf(value, at)) ?? malformed(at)
}

function readRecord(text: string): SignedRecord {
  return within('bundle.malformed', () => parseRecord(text))
}

/** The JSON form; its checkpoint is the note, so only a bundle that carries one can be written. */
export function formatProofBundle(bundle: ProofBundle): JsonObject {
  const { log, ns, name, path, seal, sealPath, checkpoint, anchor } = bundle
  return jsonObject({
    v: 1,
    log,
    ns,
    name,
    state: formatState(bundle),
    record: bundle.present ? bundle.record.text : undefined,
    leaf: bundle.present ? undefined : formatLeaf(bundle.leaf, encodeBase64url),
    path: encodeBase64url(formatMapPath(path)),
    seal: formatSealTerms(seal),
    sealPath: encodeBase64url(concatBytes(...sealPath)),
    checkpoint: checkpoint.note ?? malformed('checkpoint'),
    anchor: anchor && formatAnchor(anchor),
  })
}

export function formatState(bundle: ProofBundle): (number | null)[] | null {
  if (!bundle.present) return null
  const { seq, index, status, created, updated } = bundle.state
  return [seq, index, status === 'closed' ? 1 : 0, created, updated]
}

function formatLeaf<T>(leaf: MapLeaf | undefined, format: (hash: Hash) => T): [T, T] | null {
  return leaf === undefined ? null : [format(leaf.key), format(leaf.value)]
}

export function formatSealTerms({ batch, first, count, leaves, time, prev, policy }: SealTerms): (number | null)[] {
  return [batch, first, count, leaves, time, prev ?? null, policy]
}

function formatAnchor({ ledger, tx, block, time }: AnchorPointer): [string, string, number, Instant] {
  return [ledger, tx, block, time]
}

/** The deterministic CBOR form with integer keys. */
export function formatProofBundleCbor(bundle: ProofBundle): Uint8Array {
  const { log, ns, name, path, seal, sealPath, checkpoint, anchor } = bundle
  const members: readonly (readonly [number, unknown])[] = [
    [0, 1],
    [1, decodeBase64url(log)],
    [2, ns],
    [3, name],
    [4, formatState(bundle)],
    [5, bundle.present ? formatRecord(bundle.record) : undefined],
    [6, bundle.present ? undefined : formatLeaf(bundle.leaf, (hash) => hash)],
    [7, formatMapPath(path)],
    [8, formatSealTerms(seal)],
    [9, concatBytes(...sealPath)],
    [10, checkpoint.size],
    [11, formatSignatures(checkpoint.signatures)],
    [12, anchor && formatAnchor(anchor)],
  ]
  return encodeCbor(new Map(members.filter(([, value]) => value !== undefined)))
}

export function formatSignatures(signatures: CarriedCheckpoint['signatures']): unknown[] {
  return signatures.map(({ keyId, signature }) => [Number.parseInt(keyId, 16), signature])
}

export function formatRecord(record: SignedRecord): unknown[] {
  return [
    record.payloadBytes,
    ...record.signatures.map(({ header, signature }) => [decodeBase64url(header), signature]),
  ]
}

/**
 * Reads the CBOR form.
 *
 * @throws Fault `bundle.malformed`
 */
export function parseProofBundleCbor(bytes: Uint8Array): ProofBundle {
  const map = decodeCbor(bytes, { maps: true })
  if (!(map instanceof Map) || map.get(0) !== 1) malformed('v')
  for (const key of map.keys()) if (!isCount(key) || key > 12) malformed('key')
  const size: unknown = map.get(10)
  return bundleOf({
    log: encodeBase64url(bytesAt(map.get(1), 'log')),
    ns: map.get(2),
    name: map.get(3),
    state: map.get(4),
    record: map.has(5) ? recordOf(map.get(5)) : undefined,
    leaf: map.get(6),
    path: bytesAt(map.get(7), 'path'),
    seal: map.get(8),
    sealPath: bytesAt(map.get(9), 'sealPath'),
    checkpoint: { size: isCount(size) ? size : malformed('size'), signatures: signaturesOf(map.get(11)) },
    anchor: map.get(12),
  })
}

function bytesAt(value: unknown, at: string): Uint8Array {
  return value instanceof Uint8Array ? value : malformed(at)
}

/** The record that stands as `[payload, [header, signature]…]`. */
export function recordOf(value: unknown): SignedRecord {
  return readRecord(recordText(value))
}

function recordText(value: unknown): string {
  const [payload, ...signatures] = Array.isArray(value) ? (value as unknown[]) : malformed('record')
  const pairs = signatures.map((pair) => {
    if (!Array.isArray(pair) || pair.length !== 2) malformed('record')
    return { header: encodeBase64url(bytesAt(pair[0], 'record')), signature: bytesAt(pair[1], 'record') }
  })
  return within('bundle.malformed', () => joinRecord(encodeBase64url(bytesAt(payload, 'record')), pairs))
}

export function signaturesOf(value: unknown): CarriedCheckpoint['signatures'] {
  if (!Array.isArray(value) || value.length > 16) malformed('sigs')
  return value.map((pair: unknown) => {
    const [keyId, signature] = Array.isArray(pair) && pair.length === 2 ? (pair as unknown[]) : malformed('sigs')
    if (!isCount(keyId) || keyId > 0xffffffff) malformed('sigs')
    return { keyId: keyId.toString(16).padStart(8, '0'), signature: bytesAt(signature, 'sigs') }
  })
}

/** The JSON form as bytes, as they are stored and sent. */
export function proofBundleBytes(bundle: ProofBundle): Uint8Array {
  return utf8(JSON.stringify(formatProofBundle(bundle)))
}
