import { sha256, type Hash } from '../crypto/hash.ts'
import { concatBytes, equalBytes, utf8 } from '../encoding/bytes.ts'
import { nameOfRecord } from '../record/name.ts'
import type { SignedRecord } from '../record/record.ts'
import type { PresenceBundle, ProofBundle } from './bundle-form.ts'
import type { Head } from './checkpoint.ts'
import type { Climb, TellClimb } from './climb.ts'
import { rootOfInclusion } from './inclusion.ts'
import { rootOfLookup } from './map.ts'
import type { MapLeaf } from './map-node.ts'
import { sealEntry, sealIndex, type Seal } from './seal.ts'
import { formatState, mapKey } from './state.ts'
import { hashLeaf } from './tree.ts'

/*
 * The way of a proof bundle from its record up to the head (registry, 9.2: 1 to 3): the judge takes it, and whoever
 * draws it takes the same.
 */

/** Step 1: whether record, name and state go together. */
export function isConsistent(bundle: ProofBundle): boolean {
  return bundle.present ? isPresent(bundle) : isAbsent(bundle.leaf, mapKey(bundle.ns, bundle.name))
}

function isPresent({ ns, name, state, record, seal }: PresenceBundle): boolean {
  const named = nameOfRecord(record)
  const seq = record.payload.kind === 'create' ? 0 : record.payload.seq
  const fits =
    named.ns === ns && named.name === name && seq === state.seq && closes(record) === (state.status === 'closed')
  return fits && state.created <= state.updated && state.updated <= seal.time && state.index < sealIndex(seal)
}

function closes({ payload }: SignedRecord): boolean {
  return payload.kind === 'deactivate' || ('status' in payload && payload.status === 'withdrawn')
}

/** A leaf under the name's own key would prove presence: it is no proof of absence. */
function isAbsent(leaf: MapLeaf | undefined, key: Hash): boolean {
  return leaf === undefined || !equalBytes(leaf.key, key)
}

/** The id from the record, the state text from the id; for an absent name the leaf that its key leads to. */
function leafOf(bundle: ProofBundle): MapLeaf | undefined {
  if (!bundle.present) return bundle.leaf
  const { ns, name, state, record } = bundle
  return { key: mapKey(ns, name), value: sha256(utf8(formatState({ ...state, ns, name, id: record.id }))) }
}

/** Step 2: the map root; undefined if the path is none for that name. */
export function mapRootOf(bundle: ProofBundle, tell?: TellClimb): Hash | undefined {
  return rootOfLookup(mapKey(bundle.ns, bundle.name), { leaf: leafOf(bundle), path: bundle.path }, tell)
}

/** Step 3: the map root makes the seal, the seal is the last leaf of the tree. */
export function headOf(bundle: ProofBundle, mapRoot: Hash, tell?: TellClimb): Head | undefined {
  const { size } = bundle.checkpoint
  const seal: Seal = { ...bundle.seal, mapRoot }
  if (sealIndex(seal) !== size - 1) return undefined
  const root = rootOfInclusion(hashLeaf(sealEntry(seal)), { index: size - 1, size, path: bundle.sealPath }, tell)
  return root && { size, root }
}

/** Every value on the way up, as far as it leads; says nothing of whether it is right. */
export interface ProofWay {
  /** Hash of name and state, from which the way begins; absent: the map is empty. */
  readonly leaf?: Hash
  readonly map: readonly Climb[]
  readonly mapRoot?: Hash
  readonly tree: readonly Climb[]
  readonly head?: Head
}

export function wayOf(bundle: ProofBundle): ProofWay {
  const [map, tree]: [Climb[], Climb[]] = [[], []]
  const leaf = leafOf(bundle)
  const mapRoot = mapRootOf(bundle, (climb) => map.push(climb))
  const head = mapRoot && headOf(bundle, mapRoot, (climb) => tree.push(climb))
  return {
    ...(leaf && { leaf: sha256(concatBytes(leaf.key, leaf.value)) }),
    ...(mapRoot && { mapRoot }),
    ...(head && { head }),
    map,
    tree,
  }
}
