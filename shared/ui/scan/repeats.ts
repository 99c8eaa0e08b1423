/** Milliseconds in which the same text counts once. */
const quiet = 10_000
/** A code still held before the camera is no second scan until this long after the first. */
const held = 2_000

export type Repeat = 'new' | 'held' | 'again'

export interface Repeats {
  /** Whether a text was scanned a short while ago; asking changes nothing. */
  knows(text: string, at: number): boolean
  /** Counts a text that is scanned now. */
  of(text: string, at: number): Repeat
}

/** Remembers what was scanned, so that a code held before the camera is read once. */
export function createRepeats(): Repeats {
  const seen = new Map<string, number>()
  return {
    knows(text, at) {
      const before = seen.get(text)
      return before !== undefined && at - before < quiet
    },
    of(text, at) {
      const before = seen.get(text)
      if (before !== undefined && at - before < quiet) return at - before < held ? 'held' : 'again'
      seen.set(text, at)
      return 'new'
    },
  }
}
