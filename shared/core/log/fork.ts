import { concatBytes } from '../encoding/bytes.ts'
import { limits } from '../limits.ts'

/** Two notes as one: the length of the first as 32 bits, then both. */
export function formatFork(known: Uint8Array, seen: Uint8Array): Uint8Array {
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, known.length)
  return concatBytes(length, known, seen)
}

/** Undefined if the bytes are no two notes. */
export function parseFork(bytes: Uint8Array): readonly [known: Uint8Array, seen: Uint8Array] | undefined {
  if (bytes.length < 4 || bytes.length > 4 + 2 * limits.checkpoint) return undefined
  const end = 4 + new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0)
  return end >= bytes.length ? undefined : [bytes.slice(4, end), bytes.slice(end)]
}
