import type { Hash } from '../crypto/hash.ts'
import { limits } from '../limits.ts'
import type { TellClimb } from './climb.ts'
import { equalHash, hashNode, splitOf, subtreeRoot, type TreeNodes } from './tree.ts'

/** That an entry stands at `index` of the tree of `size` entries: the siblings from the leaf upward. */
export interface InclusionProof {
  readonly index: number
  readonly size: number
  readonly path: readonly Hash[]
}

/**
 * The root that a proof leads to from `leaf`; undefined if the path does not fit index and size.
 *
 * RFC 9162, 2.1.3.2. Too long or too short fails like wrong. `tell` is told of each pair on the way, for who draws it.
 */
export function rootOfInclusion(leaf: Hash, proof: InclusionProof, tell?: TellClimb): Hash | undefined {
  if (!isPlace(proof.index, proof.size) || proof.path.length > limits.logProof) return undefined
  let node = leaf
  let here = proof.index
  let last = proof.size - 1

  for (const sibling of proof.path) {
    if (last === 0) return undefined
    const isRight = isOdd(here) || here === last
    // The right edge: climb past the levels where it has no sibling.
    if (here === last) while (!isOdd(here) && here !== 0) [here, last] = [half(here), half(last)]
    const parent = isRight ? hashNode(sibling, node) : hashNode(node, sibling)
    tell?.({ node, sibling, side: isRight ? 'right' : 'left', parent })
    node = parent
    ;[here, last] = [half(here), half(last)]
  }
  return last === 0 ? node : undefined
}

/** Checks that `leaf` is entry `index` of the tree of `size` entries under `root`. */
export function verifyInclusion(leaf: Hash, proof: InclusionProof, root: Hash): boolean {
  const reached = rootOfInclusion(leaf, proof)
  return reached !== undefined && equalHash(reached, root)
}

/** The proof for entry `index` in the tree of the first `size` entries. */
export function makeInclusion(nodes: TreeNodes, index: number, size: number): InclusionProof {
  if (!isPlace(index, size)) throw new RangeError(`no entry ${index} in a tree of ${size}`)
  const path: Hash[] = []
  for (let start = 0, end = size; end - start > 1;) {
    const middle = start + splitOf(end - start)
    if (index < middle) {
      path.push(subtreeRoot(nodes, middle, end))
      end = middle
    } else {
      path.push(subtreeRoot(nodes, start, middle))
      start = middle
    }
  }
  return { index, size, path: path.reverse() }
}

function isPlace(index: number, size: number): boolean {
  return Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size
}

function isOdd(value: number): boolean {
  return value % 2 === 1
}

function half(value: number): number {
  return Math.floor(value / 2)
}
