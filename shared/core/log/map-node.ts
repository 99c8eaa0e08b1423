import { sha256, type Hash } from '../crypto/hash.ts'

/** A name and its state, both hashed. */
export interface MapLeaf {
  readonly key: Hash
  readonly value: Hash
}

/** One level of a path: the bit that decides there, and the hash of the other side. */
export interface MapSegment {
  readonly bit: number
  readonly sibling: Hash
}

/** The leaf that a key leads to, its own or another, and the way up from it; no leaf: the map is empty. */
export interface MapLookup {
  readonly leaf: MapLeaf | undefined
  readonly path: readonly MapSegment[]
}

/** One bit of a key, counted from the most significant. */
export function bitOf(key: Uint8Array, bit: number): 0 | 1 {
  return (((key[bit >> 3] as number) >> (7 - (bit & 7))) & 1) as 0 | 1
}

/** Hash of a leaf, given as key ‖ value. */
export function leafHash(pair: Uint8Array): Hash {
  return sha256(pair)
}

/** What is hashed next: hashing is synchronous, so one room is enough. */
const room = new Uint8Array(65)

/** Hash of an inner node whose keys part at `bit`. */
export function innerHash(left: Hash, right: Hash, bit: number): Hash {
  room.set(left)
  room.set(right, 32)
  room[64] = bit
  return sha256(room)
}
