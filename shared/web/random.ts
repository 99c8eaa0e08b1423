import type { Random } from '../ports/random.ts'

/** The random source of this page, worker or process. */
export const webRandom: Random = { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) }
