import { deflate, inflate } from '#primitive'
import type { Hash } from '../crypto/hash.ts'
import { compareBytes, concatBytes } from '../encoding/bytes.ts'
import { decodeCbor, encodeCbor } from '../encoding/cbor.ts'
import { Fault } from '../fault.ts'
import { limits } from '../limits.ts'
import { namespaces } from '../record/record.ts'
import {
  formatRecord,
  formatSealTerms,
  formatSignatures,
  formatState,
  hashesOf,
  isCount,
  recordOf,
  sealOf,
  signaturesOf,
  stateOf,
  type PresenceBundle,
} from './bundle-form.ts'
import type { MapLeaf } from './map-node.ts'
import { joinPaths, openMultiproof } from './multiproof.ts'
import { mapKey, stateHash } from './state.ts'

/** Bytes by their SHA-256: type metadata. */
export interface CarriedBlob {
  readonly sha256: Hash
  readonly bytes: Uint8Array
}

/** A status list by its address. */
export interface CarriedList {
  readonly uri: string
  readonly token: string
}

/** Many states under one checkpoint, and what they name by digest (registry, 9.4). Not yet believed. */
export interface TrustBody {
  readonly states: readonly PresenceBundle[]
  readonly blobs: readonly CarriedBlob[]
  readonly lists: readonly CarriedList[]
}

const members = ['size', 'sigs', 'seal', 'sealPath', 'items', 'proof', 'blobs', 'lists']

/**
 * Packs states that were proven under one checkpoint: raw deflate of deterministic CBOR, one multiproof for all.
 *
 * @throws RangeError if they are not of one checkpoint, or none
 */
export async function formatTrustBody({ states, blobs, lists }: TrustBody): Promise<Uint8Array> {
  const items = inKeyOrder(states)
  const [first] = items
  if (first === undefined || items.some(({ checkpoint }) => checkpoint.size !== first.checkpoint.size))
    throw new RangeError('no states, or not of one checkpoint')
  const body = {
    size: first.checkpoint.size,
    sigs: formatSignatures(first.checkpoint.signatures),
    seal: formatSealTerms(first.seal),
    sealPath: concatBytes(...first.sealPath),
    items: items.map((state) => [state.ns, state.name, formatState(state), formatRecord(state.record)]),
    proof: joinPaths(items.map(({ ns, name, path }) => ({ key: mapKey(ns, name), path }))),
    blobs: blobs.map(({ sha256, bytes }) => [sha256, bytes]),
    lists: lists.map(({ uri, token }) => [uri, token]),
  }
  return deflate(encodeCbor(body), 'raw')
}

function inKeyOrder(states: readonly PresenceBundle[]): readonly PresenceBundle[] {
  return states
    .map((state) => ({ state, key: mapKey(state.ns, state.name) }))
    .sort((a, b) => compareBytes(a.key, b.key))
    .map(({ state }) => state)
}

/** Records and hashes do not shrink much: what grows more than this was made to grow. */
function mostInflated(packed: Uint8Array): number {
  return Math.min(limits.trustBundleInflated, limits.trustBundleRatio * packed.length)
}

/**
 * Unpacks states, each with a path of its own, as if it had come alone. One altered item alters the paths of all.
 *
 * @param log id of the log they are said to be of
 * @throws Fault `bundle.malformed`, `limit.exceeded`
 */
export async function parseTrustBody(packed: Uint8Array, log: string): Promise<TrustBody> {
  if (packed.length > limits.trustBundle) throw new Fault('limit.exceeded', { limit: 'trustBundle' })
  const bytes = await inflate(packed, mostInflated(packed), 'raw')
  // A bomb and a broken stream look alike from here: neither is read on.
  if (bytes === undefined) malformed('inflate')
  const body = decodeCbor(bytes) as Record<string, unknown> | null
  if (body === null || Object.keys(body).sort().join() !== [...members].sort().join()) malformed('members')
  return { states: statesIn(body, log), blobs: pairsIn(body.blobs).map(blobOf), lists: pairsIn(body.lists).map(listOf) }
}

type Item = Pick<PresenceBundle, 'ns' | 'name' | 'state' | 'record'>

function statesIn(body: Record<string, unknown>, log: string): readonly PresenceBundle[] {
  const { size, sigs, seal, sealPath, items: listed, proof } = body
  if (!Array.isArray(listed) || !(proof instanceof Uint8Array) || !(sealPath instanceof Uint8Array)) malformed('items')
  if (!isCount(size) || size < 1) malformed('size')
  const items = listed.map(itemOf)
  const leaves = items.map(leafOf)
  for (let i = 1; i < leaves.length; i++)
    if (compareBytes((leaves[i - 1] as MapLeaf).key, (leaves[i] as MapLeaf).key) >= 0) malformed('order')
  const opened = openMultiproof(leaves, proof) ?? malformed('proof')
  const carried = {
    log,
    present: true as const,
    seal: sealOf(seal),
    sealPath: hashesOf(sealPath),
    checkpoint: { size, signatures: signaturesOf(sigs) },
  }
  return items.map((item, i) => ({ ...carried, ...item, path: opened.paths[i] as PresenceBundle['path'] }))
}

function itemOf(value: unknown): Item {
  if (!Array.isArray(value) || value.length !== 4) malformed('item')
  const [ns, name, state, record] = value as unknown[]
  return {
    ns: namespaces.find((known) => known === ns) ?? malformed('ns'),
    name: typeof name === 'string' && /^[\x20-\x7e]{1,2048}$/.test(name) ? name : malformed('name'),
    state: stateOf(state),
    record: recordOf(record),
  }
}

function leafOf({ ns, name, state, record }: Item): MapLeaf {
  return { key: mapKey(ns, name), value: stateHash({ ...state, ns, name, id: record.id }) }
}

function pairsIn(value: unknown): readonly (readonly [unknown, unknown])[] {
  if (!Array.isArray(value) || !value.every((pair) => Array.isArray(pair) && pair.length === 2)) malformed('pairs')
  return value as [unknown, unknown][]
}

function blobOf([sha256, bytes]: readonly [unknown, unknown]): CarriedBlob {
  if (!(sha256 instanceof Uint8Array) || sha256.length !== 32 || !(bytes instanceof Uint8Array)) malformed('blobs')
  return { sha256, bytes }
}

function listOf([uri, token]: readonly [unknown, unknown]): CarriedList {
  return typeof uri === 'string' && typeof token === 'string' ? { uri, token } : malformed('lists')
}

/** The states of a body by name. */
export function stateIn({ states }: TrustBody, ns: PresenceBundle['ns'], name: string): PresenceBundle | undefined {
  return states.find((state) => state.name === name && state.ns === ns)
}

function malformed(at: string): never {
  throw new Fault('bundle.malformed', { at })
}
