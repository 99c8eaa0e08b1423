/** Numbers from 0 to 1, 1 excluded, the same for the same seed. */
export type SeededRandom = () => number

/** A small generator for pictures (mulberry32 over a 32-bit sum of the seed); nothing secret is drawn from it. */
export function seededRandom(seed: string): SeededRandom {
  let state = 0x811c9dc5
  for (const letter of seed) state = Math.imul(state ^ (letter.codePointAt(0) ?? 0), 0x01000193)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
