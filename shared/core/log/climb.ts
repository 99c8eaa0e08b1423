import type { Hash } from '../crypto/hash.ts'

/** One level of a way up a tree: a node, the one beside it, and what both make together. */
export interface Climb {
  readonly node: Hash
  readonly sibling: Hash
  /** On which side of the pair the node stands. */
  readonly side: 'left' | 'right'
  readonly parent: Hash
}

export type TellClimb = (climb: Climb) => void
