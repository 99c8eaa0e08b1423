import type { Instant } from '../core/instant.ts'

/** Tells the time. */
export interface Clock {
  now(): Instant
}
