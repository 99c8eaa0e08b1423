import { sha256, type Hash } from '../crypto/hash.ts'
import { equalBytes } from '../encoding/bytes.ts'

/** Hash of a leaf (RFC 6962, 2.1). */
export function hashLeaf(entry: Uint8Array): Hash {
  const bytes = new Uint8Array(entry.length + 1)
  bytes.set(entry, 1)
  return sha256(bytes)
}

/** Hash of an inner node. */
export function hashNode(left: Hash, right: Hash): Hash {
  const bytes = new Uint8Array(65)
  bytes[0] = 1
  bytes.set(left, 1)
  bytes.set(right, 33)
  return sha256(bytes)
}

export const equalHash = equalBytes

/** Root of the tree without entries. */
export const emptyTreeRoot: Hash = sha256(new Uint8Array())

/** The hashes of full subtrees: `node(level, index)` covers the 2^level entries from index · 2^level. */
export interface TreeNodes {
  node(level: number, index: number): Hash
}

/** The roots of the full subtrees that make up a tree, the largest first: all one needs to go on. */
export interface Frontier {
  readonly size: number
  readonly subtrees: readonly Hash[]
}

export const emptyFrontier: Frontier = { size: 0, subtrees: [] }

/** The frontier after more leaves, given by their hashes. */
export function appendLeaves(frontier: Frontier, leaves: readonly Hash[]): Frontier {
  const subtrees = [...frontier.subtrees]
  let { size } = frontier
  for (const leaf of leaves) {
    let node = leaf
    for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) node = hashNode(subtrees.pop() as Hash, node)
    subtrees.push(node)
    size++
  }
  return { size, subtrees }
}

export function treeRoot(frontier: Frontier): Hash {
  return frontier.subtrees.length === 0
    ? emptyTreeRoot
    : frontier.subtrees.reduceRight((right, left) => hashNode(left, right))
}

/** Root of the entries from `start` up to, not including, `end`, where `start` begins a full subtree wide enough. */
export function subtreeRoot(nodes: TreeNodes, start: number, end: number): Hash {
  const roots: Hash[] = []
  for (let at = start; at < end;) {
    const level = levelOf(end - at)
    roots.push(nodes.node(level, at / 2 ** level))
    at += 2 ** level
  }
  return roots.length === 0 ? emptyTreeRoot : roots.reduceRight((right, left) => hashNode(left, right))
}

/** Level of the largest full subtree of at most `count` entries. */
export function levelOf(count: number): number {
  let level = 0
  while (2 ** (level + 1) <= count) level++
  return level
}

/** Largest power of two below `count`; `count` at least 2. */
export function splitOf(count: number): number {
  const power = 2 ** levelOf(count)
  return power === count ? power / 2 : power
}

/** All hashes of a tree in memory, level by level; grows at its right end alone. */
export class LogTree implements TreeNodes {
  readonly #levels: HashList[] = [new HashList()]

  get size(): number {
    return (this.#levels[0] as HashList).length
  }

  /** Root of the first `size` entries. */
  root(size = this.size): Hash {
    return subtreeRoot(this, 0, size)
  }

  append(leaf: Hash): void {
    let node = leaf
    for (let level = 0; ; level++) {
      const list = (this.#levels[level] ??= new HashList())
      list.push(node)
      if (list.length % 2 === 1) return
      node = hashNode(list.at(list.length - 2), node)
    }
  }

  node(level: number, index: number): Hash {
    const list = this.#levels[level]
    if (list === undefined || index >= list.length) throw new RangeError(`no node ${level}/${index}`)
    return list.at(index)
  }
}

/** Hashes side by side in one buffer: a tree of a million entries is 64 MB and two dozen objects. */
class HashList {
  #bytes = new Uint8Array(32 * 16)
  length = 0

  push(hash: Hash): void {
    if (32 * (this.length + 1) > this.#bytes.length) {
      const wider = new Uint8Array(this.#bytes.length * 2)
      wider.set(this.#bytes)
      this.#bytes = wider
    }
    this.#bytes.set(hash, 32 * this.length++)
  }

  at(index: number): Hash {
    return this.#bytes.slice(32 * index, 32 * index + 32)
  }
}
