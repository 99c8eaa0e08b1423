import { sha256, type Hash } from '../crypto/hash.ts'
import { concatBytes } from '../encoding/bytes.ts'
import { bitOf, innerHash, type MapLeaf, type MapSegment } from './map-node.ts'

const item = 0
const pruned = 1
const fork = 2

/** A name's key with its path to the root. */
export interface ProvenKey {
  readonly key: Hash
  readonly path: readonly MapSegment[]
}

/**
 * One proof for many present keys out of their single paths, which lead to one root: the tree in pre-order, all else
 * pruned (registry, 5). Keys stand in their order; at least one.
 */
export function joinPaths(keys: readonly ProvenKey[]): Uint8Array {
  const parts: Uint8Array[] = []
  const write = (below: readonly ProvenKey[], depth: number): void => {
    const segment = below[0]?.path.at(-1 - depth)
    if (segment === undefined) {
      if (below.length !== 1) throw new RangeError('keys that do not part')
      parts.push(Uint8Array.of(item))
      return
    }
    parts.push(Uint8Array.of(fork, segment.bit))
    for (const turn of [0, 1]) {
      const there = below.filter(({ key }) => bitOf(key, segment.bit) === turn)
      if (there.length === 0) parts.push(Uint8Array.of(pruned), segment.sibling)
      else write(there, depth + 1)
    }
  }
  write(keys, 0)
  return concatBytes(...parts)
}

/** The root that a multiproof leads to, and the path of each item on its own. */
export interface OpenedMultiproof {
  readonly root: Hash
  readonly paths: readonly (readonly MapSegment[])[]
}

/** Undefined unless items and proof are both used up and every item takes its turns. */
export function openMultiproof(items: readonly MapLeaf[], proof: Uint8Array): OpenedMultiproof | undefined {
  const reader = new MultiproofReader(items, proof)
  const root = reader.node(-1, [])
  return root !== undefined && reader.done ? { root, paths: reader.paths } : undefined
}

type Turn = readonly [bit: number, turn: 0 | 1]

class MultiproofReader {
  readonly #items: readonly MapLeaf[]
  readonly #proof: Uint8Array
  readonly paths: MapSegment[][] = []
  #at = 0

  constructor(items: readonly MapLeaf[], proof: Uint8Array) {
    this.#items = items
    this.#proof = proof
  }

  get done(): boolean {
    return this.#at === this.#proof.length && this.paths.length === this.#items.length
  }

  /** Bits rise on the way down, so no proof is deeper than 256. */
  node(above: number, turns: readonly Turn[]): Hash | undefined {
    const form = this.#proof[this.#at++]
    if (form === item) return this.#item(turns)
    if (form === pruned) return this.#pruned()
    const bit = this.#proof[this.#at++]
    if (form !== fork || bit === undefined || bit <= above) return undefined
    const first = this.paths.length
    const left = this.node(bit, [...turns, [bit, 0]])
    const middle = this.paths.length
    const right = left && this.node(bit, [...turns, [bit, 1]])
    if (left === undefined || right === undefined) return undefined
    for (let i = first; i < this.paths.length; i++) this.paths[i]?.push({ bit, sibling: i < middle ? right : left })
    return innerHash(left, right, bit)
  }

  #item(turns: readonly Turn[]): Hash | undefined {
    const leaf = this.#items[this.paths.length]
    if (leaf === undefined || turns.some(([bit, turn]) => bitOf(leaf.key, bit) !== turn)) return undefined
    this.paths.push([])
    return sha256(concatBytes(leaf.key, leaf.value))
  }

  /** One that is cut off leads behind the end of the proof, and so to nothing. */
  #pruned(): Hash {
    const at = this.#at
    this.#at += 32
    return this.#proof.slice(at, this.#at)
  }
}
