import { randomBytes } from 'node:crypto'
import type { Random } from '../ports/random.ts'

/** The random source of this machine. */
export const systemRandom: Random = { bytes: (length) => new Uint8Array(randomBytes(length)) }
