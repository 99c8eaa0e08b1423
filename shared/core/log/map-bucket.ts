import type { Hash } from '../crypto/hash.ts'
import { compareBytes, equalBytes } from '../encoding/bytes.ts'
import { Fault } from '../fault.ts'
import { bitOf, innerHash, leafHash, type MapLeaf, type MapLookup, type MapSegment } from './map-node.ts'

/** Bits that the keys of a bucket share; so there are at most 65,536 buckets. */
export const bucketBits = 16

/** Where the leaves of a bucket are read from that nobody has asked for yet. */
export interface BucketSource {
  /** Every leaf whose key begins with the bits of `prefix`; quickest in the order of their keys. */
  leavesOf(prefix: number): readonly MapLeaf[]
}

/** What is kept of a bucket so that a map can be opened without its leaves. */
export interface BucketSummary {
  /** The bits all its keys begin with. */
  readonly prefix: number
  readonly count: number
  /** Root of the tree over its leaves. */
  readonly hash: Hash
}

/**
 * The leaves whose keys begin with the same bits, packed into one buffer of 97 bytes each: two objects for some fifteen
 * names at a million, where one for each name and each node would keep the collector busy.
 *
 * `packed` holds n pairs of key ‖ value in the order of their keys, then n − 1 hashes, then n − 1 bits. Between two
 * neighbours stands the inner node that parts them: its hash, and the bit in which they differ.
 */
export interface Bucket extends BucketSummary {
  packed: Uint8Array | undefined
  readonly source: BucketSource | undefined
}

/** The prefix of a key. */
export function prefixOf(key: Hash): number {
  return ((key[0] as number) << 8) | (key[1] as number)
}

/** A bucket whose leaves are read when they are first asked for, and must then have its hash. */
export function sleepingBucket({ prefix, count, hash }: BucketSummary, source: BucketSource): Bucket {
  return { prefix, count, hash, packed: undefined, source }
}

/** A bucket with these leaves in it; of two with one key the later stays, and all take the place of older ones. */
export function putIntoBucket(bucket: Bucket | undefined, prefix: number, leaves: readonly MapLeaf[]): Bucket {
  const sorted = isInOrder(leaves) ? leaves : inOrder(leaves)
  const old = bucket === undefined ? nothing : packedOf(bucket)
  const merged = merge(old, bucket?.count ?? 0, sorted)
  const hash = merged.hashed(0, merged.count)
  return { prefix, count: merged.count, hash, packed: merged.packed, source: undefined }
}

/** Looks a key up in a bucket, whose path is the lower part of the whole one, from the leaf upward. */
export function lookUpInBucket(bucket: Bucket, key: Hash): MapLookup {
  const view = new Packed(packedOf(bucket), bucket.count)
  const path: MapSegment[] = []
  let [low, high] = [0, bucket.count]
  while (high - low > 1) {
    const gap = view.forkOf(low, high)
    const bit = view.bit(gap)
    const isLeft = bitOf(key, bit) === 0
    path.push({ bit, sibling: isLeft ? view.kept(gap + 1, high) : view.kept(low, gap + 1) })
    if (isLeft) high = gap + 1
    else low = gap + 1
  }
  return { leaf: { key: view.key(low).slice(), value: view.value(low).slice() }, path: path.reverse() }
}

/** The value under a key; undefined if there is none. */
export function valueInBucket(bucket: Bucket, key: Hash): Hash | undefined {
  const view = new Packed(packedOf(bucket), bucket.count)
  let [low, high] = [0, bucket.count]
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareBytes(view.key(middle), key) < 0) low = middle + 1
    else high = middle
  }
  return low < bucket.count && equalBytes(view.key(low), key) ? view.value(low).slice() : undefined
}

const nothing = new Uint8Array()

/** Whether each key is behind the one before, as a store gives them. */
function isInOrder(leaves: readonly MapLeaf[]): boolean {
  return leaves.every(({ key }, i) => i === 0 || compareBytes((leaves[i - 1] as MapLeaf).key, key) < 0)
}

function inOrder(leaves: readonly MapLeaf[]): readonly MapLeaf[] {
  const latest = [...new Map(leaves.map((leaf) => [keyText(leaf.key), leaf])).values()]
  return latest.sort((a, b) => compareBytes(a.key, b.key))
}

function keyText(key: Hash): string {
  return String.fromCharCode.apply(null, key as unknown as number[])
}

/**
 * The bytes of a bucket, read now if they were not before.
 *
 * @throws Fault `log.damaged` if they are not those that the map was sealed with
 */
export function packedOf(bucket: Bucket): Uint8Array {
  if (bucket.packed !== undefined) return bucket.packed
  const { prefix, count, hash, source } = bucket
  const leaves = source?.leavesOf(prefix) ?? []
  const read = leaves.every(({ key }) => prefixOf(key) === prefix)
    ? putIntoBucket(undefined, prefix, leaves)
    : undefined
  if (read?.packed === undefined || read.count !== count || !equalBytes(read.hash, hash))
    throw new Fault('log.damaged', { at: 'map', prefix })
  return (bucket.packed = read.packed)
}

/** Puts sorted leaves among those of a bucket. What they leave as it was keeps its hash. */
function merge(old: Uint8Array, oldCount: number, leaves: readonly MapLeaf[]): Packed {
  const before = new Packed(old, oldCount)
  const order: { readonly leaf?: MapLeaf; readonly from?: number }[] = []
  let at = 0
  for (const leaf of leaves) {
    while (at < oldCount && compareBytes(before.key(at), leaf.key) < 0) order.push({ from: at++ })
    if (at < oldCount && equalBytes(before.key(at), leaf.key)) at++
    order.push({ leaf })
  }
  while (at < oldCount) order.push({ from: at++ })
  const merged = new Packed(new Uint8Array(sizeOf(order.length)), order.length)
  for (const [i, { leaf, from }] of order.entries()) {
    if (leaf !== undefined) merged.put(i, leaf)
    else merged.copyFrom(before, from as number, i)
  }
  merged.findBits()
  return merged
}

function sizeOf(count: number): number {
  return count === 0 ? 0 : 64 * count + 33 * (count - 1)
}

/** Reads and fills the bytes of a bucket. */
class Packed {
  readonly packed: Uint8Array
  readonly count: number
  /** Leaves that are new: no kept hash above them holds. */
  readonly #fresh: Uint8Array

  constructor(packed: Uint8Array, count: number) {
    this.packed = packed
    this.count = count
    this.#fresh = new Uint8Array(count)
  }

  key(i: number): Hash {
    return this.packed.subarray(64 * i, 64 * i + 32)
  }

  value(i: number): Hash {
    return this.packed.subarray(64 * i + 32, 64 * i + 64)
  }

  bit(gap: number): number {
    return this.packed[96 * this.count - 32 + gap] as number
  }

  #hashAt(gap: number): number {
    return 64 * this.count + 32 * gap
  }

  put(i: number, { key, value }: MapLeaf): void {
    this.packed.set(key, 64 * i)
    this.packed.set(value, 64 * i + 32)
    this.#fresh[i] = 1
  }

  /**
   * Takes a leaf over, and the node behind it; that one holds only if all below it is taken over too. Behind the last
   * leaf there is none: what is copied there is reckoned again.
   */
  copyFrom(other: Packed, from: number, i: number): void {
    this.packed.set(other.packed.subarray(64 * from, 64 * from + 64), 64 * i)
    const at = other.#hashAt(from)
    this.packed.set(other.packed.subarray(at, at + 32), this.#hashAt(i))
  }

  /** The bit in which each two neighbours differ. */
  findBits(): void {
    const { packed, count } = this
    for (let gap = 0; gap < count - 1; gap++) {
      let byte = 0
      while (packed[64 * gap + byte] === packed[64 * gap + 64 + byte]) byte++
      const difference = (packed[64 * gap + byte] as number) ^ (packed[64 * gap + 64 + byte] as number)
      packed[96 * count - 32 + gap] = 8 * byte + Math.clz32(difference) - 24
    }
  }

  /** Where the leaves from `low` up to `high`, at least two, part first: the gap of the lowest bit, of which there is one. */
  forkOf(low: number, high: number): number {
    let fork = low
    for (let gap = low + 1; gap < high - 1; gap++) if (this.bit(gap) < this.bit(fork)) fork = gap
    return fork
  }

  /** Hash over a range of leaves that is a subtree, as it stands. */
  kept(low: number, high: number): Hash {
    if (high - low === 1) return leafHash(this.packed.subarray(64 * low, 64 * low + 64))
    const at = this.#hashAt(this.forkOf(low, high))
    return this.packed.slice(at, at + 32)
  }

  /** The same, reckoned again where leaves are new. */
  hashed(low: number, high: number): Hash {
    if (high - low === 1 || !this.#fresh.subarray(low, high).includes(1)) return this.kept(low, high)
    const gap = this.forkOf(low, high)
    const hash = innerHash(this.hashed(low, gap + 1), this.hashed(gap + 1, high), this.bit(gap))
    this.packed.set(hash, this.#hashAt(gap))
    return hash
  }
}
