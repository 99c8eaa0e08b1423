import { sha256, type Hash } from '../crypto/hash.ts'
import { concatBytes, equalBytes } from '../encoding/bytes.ts'
import { limits } from '../limits.ts'
import type { TellClimb } from './climb.ts'

/** A name and its state, both hashed. */
export interface MapLeaf {
  readonly key: Hash
  readonly value: Hash
}

/** Bytes as letters U+0000 to U+00FF: a third of the memory that a typed array of 32 takes, and there are millions. */
type Letters = string

interface Leaf {
  /** key ‖ value, as it is hashed. */
  readonly pair: Letters
}

interface Inner {
  /** The first bit, from the most significant, in which the keys below differ. */
  readonly bit: number
  readonly left: Node
  readonly right: Node
  hash?: Letters
}

type Node = Leaf | Inner

/**
 * The map `mpt1` (registry, 5): a binary Patricia tree over hashed names.
 *
 * A value: inserting makes a new tree that shares all it does not change, so that proofs for the published head go on
 * while the next batch is folded. Hashes are reckoned when first asked for.
 */
export interface LogMap {
  readonly root: Node | undefined
  readonly leaves: number
}

export const emptyMap: LogMap = { root: undefined, leaves: 0 }

const emptyHash: Hash = sha256(new Uint8Array())

/** The map with `value` under `key`, in place of an older value if there was one. */
export function insertIntoMap(map: LogMap, key: Hash, value: Hash): LogMap {
  const leaf = leafOf(key, value)
  if (map.root === undefined) return { root: leaf, leaves: 1 }
  const fork = firstDifference(nearestLeaf(map.root, key), key)
  return { root: insertBelow(map.root, leaf, fork), leaves: fork === undefined ? map.leaves : map.leaves + 1 }
}

function insertBelow(node: Node, leaf: Leaf, fork: number | undefined): Node {
  if (isLeaf(node) || (fork !== undefined && fork < node.bit)) {
    if (fork === undefined) return leaf
    return turnOf(leaf, fork) === 0 ? { bit: fork, left: leaf, right: node } : { bit: fork, left: node, right: leaf }
  }
  return turnOf(leaf, node.bit) === 0
    ? { bit: node.bit, left: insertBelow(node.left, leaf, fork), right: node.right }
    : { bit: node.bit, left: node.left, right: insertBelow(node.right, leaf, fork) }
}

function nearestLeaf(root: Node, key: Hash): Leaf {
  let node = root
  while (!isLeaf(node)) node = bitOf(key, node.bit) === 0 ? node.left : node.right
  return node
}

function isLeaf(node: Node): node is Leaf {
  return 'pair' in node
}

function leafOf(key: Hash, value: Hash): Leaf {
  return { pair: lettersOf(concatBytes(key, value)) }
}

/** By `apply`, which takes a typed array as it is: spread out it would be iterated, at six times the cost. */
function lettersOf(bytes: Uint8Array): Letters {
  return String.fromCharCode.apply(null, bytes as unknown as number[])
}

function write(letters: Letters, bytes: Uint8Array, at: number): void {
  for (let i = 0; i < letters.length; i++) bytes[at + i] = letters.charCodeAt(i)
}

function bytesOf(letters: Letters): Hash {
  const bytes = new Uint8Array(letters.length)
  write(letters, bytes, 0)
  return bytes
}

export function mapRoot(map: LogMap): Hash {
  return map.root === undefined ? emptyHash : bytesOf(nodeHash(map.root))
}

/** What is hashed next: hashing is synchronous, so one room for each form is enough. */
const leafRoom = new Uint8Array(64)
const innerRoom = new Uint8Array(65)

function nodeHash(node: Node): Letters {
  if (isLeaf(node)) {
    write(node.pair, leafRoom, 0)
    return lettersOf(sha256(leafRoom))
  }
  if (node.hash !== undefined) return node.hash
  const [left, right] = [nodeHash(node.left), nodeHash(node.right)]
  write(left, innerRoom, 0)
  write(right, innerRoom, 32)
  innerRoom[64] = node.bit
  return (node.hash = lettersOf(sha256(innerRoom)))
}

/** Hash of an inner node whose keys part at `bit`. */
export function innerHash(left: Hash, right: Hash, bit: number): Hash {
  const bytes = new Uint8Array(65)
  bytes.set(left)
  bytes.set(right, 32)
  bytes[64] = bit
  return sha256(bytes)
}

/** One bit of a key, counted from the most significant. */
export function bitOf(key: Uint8Array, bit: number): 0 | 1 {
  return (((key[bit >> 3] as number) >> (7 - (bit & 7))) & 1) as 0 | 1
}

function turnOf({ pair }: Leaf, bit: number): 0 | 1 {
  return ((pair.charCodeAt(bit >> 3) >> (7 - (bit & 7))) & 1) as 0 | 1
}

/** Index of the first bit in which two keys differ; undefined if they are the same. */
function firstDifference({ pair }: Leaf, key: Hash): number | undefined {
  for (let i = 0; i < 32; i++) {
    const difference = pair.charCodeAt(i) ^ (key[i] as number)
    if (difference !== 0) return 8 * i + Math.clz32(difference) - 24
  }
  return undefined
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

/** Looks a key up; the answer proves presence or absence alike. */
export function lookUpInMap(map: LogMap, key: Hash): MapLookup {
  if (map.root === undefined) return { leaf: undefined, path: [] }
  const path: MapSegment[] = []
  let node = map.root
  while (!isLeaf(node)) {
    const turn = bitOf(key, node.bit)
    path.push({ bit: node.bit, sibling: bytesOf(nodeHash(turn === 0 ? node.right : node.left)) })
    node = turn === 0 ? node.left : node.right
  }
  const pair = bytesOf(node.pair)
  return { leaf: { key: pair.slice(0, 32), value: pair.slice(32) }, path: path.reverse() }
}

/**
 * The root that a lookup of `key` leads to; undefined if the path is none for that key.
 *
 * Its bits fall strictly on the way up, and at each the key goes the way of the leaf: so no other leaf could have
 * been met, and a foreign leaf proves absence. `tell` is told of each pair on the way, for who draws it.
 */
export function rootOfLookup(key: Hash, lookup: MapLookup, tell?: TellClimb): Hash | undefined {
  const { leaf, path } = lookup
  if (leaf === undefined) return path.length === 0 ? emptyHash : undefined
  if (path.length > limits.mapProof) return undefined
  let node = sha256(concatBytes(leaf.key, leaf.value))
  let below = 256
  for (const { bit, sibling } of path) {
    if (bit >= below || bitOf(key, bit) !== bitOf(leaf.key, bit)) return undefined
    below = bit
    const turn = bitOf(leaf.key, bit)
    const parent = turn === 0 ? innerHash(node, sibling, bit) : innerHash(sibling, node, bit)
    tell?.({ node, sibling, side: turn === 0 ? 'left' : 'right', parent })
    node = parent
  }
  return node
}

/** What a lookup proves under `root`: the value, `absent`, or nothing at all (undefined). */
export function verifyLookup(root: Hash, key: Hash, lookup: MapLookup): Hash | 'absent' | undefined {
  const reached = rootOfLookup(key, lookup)
  if (reached === undefined || !equalBytes(reached, root)) return undefined
  return lookup.leaf !== undefined && equalBytes(lookup.leaf.key, key) ? lookup.leaf.value : 'absent'
}

/** Path as bytes: segments of one byte for the bit and 32 for the sibling. */
export function formatMapPath(path: readonly MapSegment[]): Uint8Array {
  return concatBytes(...path.flatMap(({ bit, sibling }) => [Uint8Array.of(bit), sibling]))
}

/** Undefined if the bytes are no whole number of segments or too many. */
export function parseMapPath(bytes: Uint8Array): readonly MapSegment[] | undefined {
  if (bytes.length % 33 !== 0 || bytes.length / 33 > limits.mapProof) return undefined
  return Array.from({ length: bytes.length / 33 }, (_, i) => ({
    bit: bytes[33 * i] as number,
    sibling: bytes.slice(33 * i + 1, 33 * i + 33),
  }))
}
