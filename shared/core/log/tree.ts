import { sha256, type Hash } from '../crypto/hash.ts'
import { equalBytes } from '../encoding/bytes.ts'
import { Recent } from '../encoding/recent.ts'
import { Fault } from '../fault.ts'

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

/** Levels of the subtrees that a tree may leave out of memory, and the entries of one; those of a tile. */
const sleepingHeight = 8
const sleepingWidth = 2 ** sleepingHeight

/** Where the leaves of a full subtree of 256 are read from. */
export type LeavesOf = (index: number) => readonly Hash[]

/** What a tree can be opened by: all else is read when it is asked for. */
export interface OpenedTree {
  /** Hashes of the full subtrees of 256 entries. */
  readonly subtrees: readonly Hash[]
  /** Hashes of the entries behind them, fewer than 256. */
  readonly rest: readonly Hash[]
  readonly leavesOf: LeavesOf
}

/** The hashes of a tree; grows at its right end alone. What was there when it was opened may sleep outside of memory. */
export class LogTree implements TreeNodes {
  readonly #levels: HashList[]
  readonly #leavesOf: LeavesOf | undefined
  /** Subtrees that were woken last. */
  readonly #awake = new Recent<number, LogTree>(64)

  constructor(opened?: OpenedTree) {
    const sleeping = opened?.subtrees.length ?? 0
    this.#levels = Array.from({ length: sleepingHeight }, (_, level) => {
      return new HashList(sleeping * 2 ** (sleepingHeight - level))
    })
    this.#leavesOf = opened?.leavesOf
    for (const hash of opened?.subtrees ?? []) this.#push(hash, sleepingHeight)
    for (const hash of opened?.rest ?? []) this.append(hash)
  }

  get size(): number {
    return (this.#levels[0] as HashList).length
  }

  /** Root of the first `size` entries. */
  root(size = this.size): Hash {
    return subtreeRoot(this, 0, size)
  }

  append(leaf: Hash): void {
    this.#push(leaf, 0)
  }

  #push(hash: Hash, from: number): void {
    let node = hash
    for (let level = from; ; level++) {
      const list = (this.#levels[level] ??= new HashList())
      list.push(node)
      if (list.length % 2 === 1) return
      node = hashNode(list.at(list.length - 2), node)
    }
  }

  /** @throws Fault `log.damaged` if what slept is not what was appended */
  node(level: number, index: number): Hash {
    const list = this.#levels[level]
    if (list === undefined || index >= list.length) throw new RangeError(`no node ${level}/${index}`)
    if (index >= list.first) return list.at(index)
    const width = 2 ** (sleepingHeight - level)
    return this.#woken(Math.floor(index / width)).node(level, index % width)
  }

  #woken(subtree: number): LogTree {
    const known = this.#awake.get(subtree)
    if (known !== undefined) return known
    const tree = new LogTree()
    for (const leaf of this.#leavesOf?.(subtree) ?? []) tree.append(leaf)
    if (tree.size !== sleepingWidth || !equalHash(tree.root(), this.node(sleepingHeight, subtree)))
      throw new Fault('log.damaged', { at: 'tile', index: subtree })
    this.#awake.put(subtree, tree)
    return tree
  }
}

/** Hashes side by side in one buffer, from some index on: a tree of a million entries is 64 MB and two dozen objects. */
class HashList {
  #bytes = new Uint8Array(32 * 16)
  /** Those before are not in here. */
  readonly first: number
  length: number

  constructor(first = 0) {
    this.first = first
    this.length = first
  }

  push(hash: Hash): void {
    const at = 32 * (this.length++ - this.first)
    if (at === this.#bytes.length) {
      const wider = new Uint8Array(this.#bytes.length * 2)
      wider.set(this.#bytes)
      this.#bytes = wider
    }
    this.#bytes.set(hash, at)
  }

  at(index: number): Hash {
    const at = 32 * (index - this.first)
    return this.#bytes.slice(at, at + 32)
  }
}
