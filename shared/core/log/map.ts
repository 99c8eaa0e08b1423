import { sha256, type Hash } from '../crypto/hash.ts'
import { concatBytes, equalBytes } from '../encoding/bytes.ts'
import { limits } from '../limits.ts'
import type { TellClimb } from './climb.ts'
import {
  bucketBits,
  lookUpInBucket,
  packedOf,
  prefixOf,
  putIntoBucket,
  sleepingBucket,
  valueInBucket,
  type Bucket,
  type BucketSource,
  type BucketSummary,
} from './map-bucket.ts'
import { bitOf, innerHash, type MapLeaf, type MapLookup, type MapSegment } from './map-node.ts'

interface Inner {
  /** The first bit, from the most significant, in which the keys below differ; below 16. */
  readonly bit: number
  /** Of one of the buckets below; they agree in all bits before. */
  readonly prefix: number
  /** Leaves below. */
  readonly count: number
  readonly left: Node
  readonly right: Node
  hash?: Hash
}

type Node = Bucket | Inner

/**
 * The map `mpt1` (registry, 5): a binary Patricia tree over hashed names, its lower levels packed in buckets.
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
  return insertAllIntoMap(map, [{ key, value }])
}

/** The map with many leaves in it at once; of two with one key the later stays. */
export function insertAllIntoMap(map: LogMap, leaves: readonly MapLeaf[]): LogMap {
  const byPrefix = new Map<number, MapLeaf[]>()
  for (const leaf of leaves) {
    const there = byPrefix.get(prefixOf(leaf.key))
    if (there === undefined) byPrefix.set(prefixOf(leaf.key), [leaf])
    else there.push(leaf)
  }
  const changes = [...byPrefix].map(([prefix, there]): Change => {
    return { prefix, apply: (bucket) => putIntoBucket(bucket, prefix, there) }
  })
  return changed(map, changes)
}

/** A map out of the summaries of its buckets, each once, in any order. Their leaves are read when they are asked for. */
export function restoreMap(buckets: Iterable<BucketSummary>, source: BucketSource): LogMap {
  const changes = Array.from(buckets, (summary): Change => {
    return { prefix: summary.prefix, apply: () => sleepingBucket(summary, source) }
  })
  return changed(emptyMap, changes)
}

/** The buckets that hold these keys, once each: what a store keeps after they were inserted. */
export function bucketsOf(map: LogMap, keys: Iterable<Hash>): readonly BucketSummary[] {
  const found = new Map<number, BucketSummary>()
  for (const key of keys) {
    const prefix = prefixOf(key)
    const bucket = map.root && descend(map.root, key)
    if (bucket?.prefix === prefix) found.set(prefix, { prefix, count: bucket.count, hash: bucket.hash })
  }
  return [...found.values()]
}

/** All buckets, in the order of their keys. */
export function allBucketsOf({ root }: LogMap): readonly BucketSummary[] {
  return root === undefined ? [] : bucketsBelow(root)
}

/**
 * Reads every leaf that was not read yet.
 *
 * @throws Fault `log.damaged` if one is not as it was sealed
 */
export function checkMap({ root }: LogMap): void {
  for (const bucket of root === undefined ? [] : bucketsBelow(root)) packedOf(bucket)
}

/** How many buckets there may be; their prefixes are the numbers below. */
export const mostBuckets = 2 ** bucketBits

/**
 * Reads the leaves of one bucket, if there is one and it was not read yet.
 *
 * @throws Fault `log.damaged` if one is not as it was sealed
 */
export function checkBucket({ root }: LogMap, prefix: number): void {
  const bucket = root && descend(root, Uint8Array.of(prefix >> 8, prefix & 0xff))
  if (bucket?.prefix === prefix) packedOf(bucket)
}

function bucketsBelow(node: Node): readonly Bucket[] {
  return isInner(node) ? [...bucketsBelow(node.left), ...bucketsBelow(node.right)] : [node]
}

/** What becomes of one bucket. */
interface Change {
  readonly prefix: number
  apply(bucket: Bucket | undefined): Bucket
}

function changed(map: LogMap, changes: Change[]): LogMap {
  const root = changedBelow(
    map.root,
    changes.sort((a, b) => a.prefix - b.prefix),
    0,
    changes.length,
    0,
  )
  return { root, leaves: root?.count ?? 0 }
}

/** The node after the changes from `low` up to `high`, all of which begin with its first `bit` bits. */
function changedBelow(
  node: Node | undefined,
  changes: readonly Change[],
  low: number,
  high: number,
  bit: number,
): Node | undefined {
  if (low === high) return node
  if (bit === bucketBits || (high - low === 1 && isBucketOf(node, changes[low]?.prefix)))
    return (changes[low] as Change).apply(node as Bucket | undefined)
  let middle = low
  while (middle < high && turnOf((changes[middle] as Change).prefix, bit) === 0) middle++
  const [before, after] = sidesAt(node, bit)
  const left: Node | undefined = changedBelow(before, changes, low, middle, bit + 1)
  const right: Node | undefined = changedBelow(after, changes, middle, high, bit + 1)
  if (left === undefined || right === undefined) return left ?? right
  return { bit, prefix: left.prefix, count: left.count + right.count, left, right }
}

function isBucketOf(node: Node | undefined, prefix: number | undefined): boolean {
  return node === undefined || (!isInner(node) && node.prefix === prefix)
}

/** What a node has on both sides of a bit: all of it on one, unless it is the node that parts there. */
function sidesAt(node: Node | undefined, bit: number): readonly [Node | undefined, Node | undefined] {
  if (node === undefined) return [undefined, undefined]
  if (isInner(node) && node.bit === bit) return [node.left, node.right]
  return turnOf(node.prefix, bit) === 0 ? [node, undefined] : [undefined, node]
}

function turnOf(prefix: number, bit: number): 0 | 1 {
  return ((prefix >> (bucketBits - 1 - bit)) & 1) as 0 | 1
}

function isInner(node: Node): node is Inner {
  return 'bit' in node
}

function descend(root: Node, key: Hash): Bucket {
  let node = root
  while (isInner(node)) node = bitOf(key, node.bit) === 0 ? node.left : node.right
  return node
}

/** The value under a key; undefined if the map has none. */
export function valueInMap({ root }: LogMap, key: Hash): Hash | undefined {
  const bucket = root && descend(root, key)
  return bucket?.prefix === prefixOf(key) ? valueInBucket(bucket, key) : undefined
}

export function mapRoot(map: LogMap): Hash {
  return map.root === undefined ? emptyHash : nodeHash(map.root).slice()
}

function nodeHash(node: Node): Hash {
  if (!isInner(node)) return node.hash
  return (node.hash ??= innerHash(nodeHash(node.left), nodeHash(node.right), node.bit))
}

/** Looks a key up; the answer proves presence or absence alike. */
export function lookUpInMap(map: LogMap, key: Hash): MapLookup {
  if (map.root === undefined) return { leaf: undefined, path: [] }
  const path: MapSegment[] = []
  let node = map.root
  while (isInner(node)) {
    const turn = bitOf(key, node.bit)
    path.push({ bit: node.bit, sibling: nodeHash(turn === 0 ? node.right : node.left).slice() })
    node = turn === 0 ? node.left : node.right
  }
  const below = lookUpInBucket(node, key)
  return { leaf: below.leaf, path: [...below.path, ...path.reverse()] }
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
  const path: MapSegment[] = []
  for (let at = 0; at < bytes.length; at += 33)
    path.push({ bit: bytes[at] as number, sibling: bytes.slice(at + 1, at + 33) })
  return path
}
