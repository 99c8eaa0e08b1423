import type { Hash } from '../crypto/hash.ts'
import { limits } from '../limits.ts'
import { equalHash, hashNode, splitOf, subtreeRoot, type TreeNodes } from './tree.ts'

/** That the tree of `newSize` entries begins with the tree of `oldSize`. */
export interface ConsistencyProof {
  readonly oldSize: number
  readonly newSize: number
  readonly path: readonly Hash[]
}

/**
 * Checks that the tree under `newRoot` only adds to the one under `oldRoot`.
 *
 * RFC 9162, 2.1.4.2. Nothing can be shown from the empty tree, and nothing needs to be; equal sizes want equal roots
 * and an empty path.
 */
export function verifyConsistency(proof: ConsistencyProof, oldRoot: Hash, newRoot: Hash): boolean {
  const { oldSize, newSize, path } = proof
  if (!Number.isSafeInteger(oldSize) || !Number.isSafeInteger(newSize) || path.length > limits.logProof) return false
  if (oldSize <= 0 || oldSize > newSize) return false
  if (oldSize === newSize) return path.length === 0 && equalHash(oldRoot, newRoot)

  // An old tree that is one full subtree is the first node itself.
  const steps = isPowerOfTwo(oldSize) ? [oldRoot, ...path] : path
  const [first, ...siblings] = steps
  if (first === undefined) return false
  let here = oldSize - 1
  let last = newSize - 1
  while (here % 2 === 1) [here, last] = [half(here), half(last)]

  let oldNode = first
  let newNode = first
  for (const sibling of siblings) {
    if (last === 0) return false
    if (here % 2 === 1 || here === last) {
      oldNode = hashNode(sibling, oldNode)
      newNode = hashNode(sibling, newNode)
      while (here % 2 === 0 && here !== 0) [here, last] = [half(here), half(last)]
    } else {
      newNode = hashNode(newNode, sibling)
    }
    ;[here, last] = [half(here), half(last)]
  }
  return last === 0 && equalHash(oldNode, oldRoot) && equalHash(newNode, newRoot)
}

/** The proof from the first `oldSize` entries to the first `newSize`; RFC 6962, 2.1.2. */
export function makeConsistency(nodes: TreeNodes, oldSize: number, newSize: number): ConsistencyProof {
  if (oldSize < 1 || oldSize > newSize) throw new RangeError(`no way from ${oldSize} to ${newSize}`)
  const path: Hash[] = []
  let whole = true
  let start = 0
  let end = newSize
  while (oldSize !== end) {
    const middle = start + splitOf(end - start)
    if (oldSize <= middle) {
      path.push(subtreeRoot(nodes, middle, end))
      end = middle
    } else {
      path.push(subtreeRoot(nodes, start, middle))
      start = middle
      whole = false
    }
  }
  if (!whole) path.push(subtreeRoot(nodes, start, end))
  return { oldSize, newSize, path: path.reverse() }
}

function isPowerOfTwo(value: number): boolean {
  return 2 ** Math.round(Math.log2(value)) === value
}

function half(value: number): number {
  return Math.floor(value / 2)
}
