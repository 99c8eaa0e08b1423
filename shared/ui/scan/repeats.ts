/** Milliseconds in which the same text counts once. */
const quiet = 10_000
/** A code still held before the camera is no second scan until this long after the first. */
const held = 2_000

export type Repeat = 'new' | 'held' | 'again'

/** Remembers what was scanned, so that a code held before the camera is read once. */
export function createRepeats(): { of(text: string, at: number): Repeat } {
  const seen = new Map<string, number>()
  return {
    of(text, at) {
      const before = seen.get(text)
      if (before !== undefined && at - before < quiet) return at - before < held ? 'held' : 'again'
      seen.set(text, at)
      return 'new'
    },
  }
}
