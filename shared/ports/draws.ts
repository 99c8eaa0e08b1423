import type { Random } from './random.ts'

/** Bytes asked for at a time: the salts of most credentials. */
const atOnce = 256

/**
 * Draws for one thing that needs many, such as the salts of a credential. A call of the source costs more than what it
 * gives, so it is asked for many bytes at a time. No byte is given out twice, and none is kept for another thing.
 */
export function drawsOf(random: Random): (length: number) => Uint8Array {
  let drawn: Uint8Array = new Uint8Array()
  let at = 0
  return (length) => {
    if (at + length > drawn.length) [drawn, at] = [random.bytes(Math.max(atOnce, length)), 0]
    return drawn.slice(at, (at += length))
  }
}
