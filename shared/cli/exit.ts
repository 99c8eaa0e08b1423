import type { Outcome } from '../core/verdict.ts'

/** What the calling shell is told. */
export const exit = {
  /** Done, or accepted. */
  done: 0,
  /** Refused, or rejected. */
  refused: 1,
  /** We could not look, or were not understood. */
  fault: 2,
  /** Looked, and not able to say. */
  undecided: 3,
} as const

export type ExitCode = (typeof exit)[keyof typeof exit]

/** Undecided has a code of its own: a script that tests for success must not take it for a yes. */
export function exitOf(outcome: Outcome): ExitCode {
  return { accepted: exit.done, rejected: exit.refused, undecided: exit.undecided }[outcome]
}
