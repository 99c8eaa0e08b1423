import type { Clock } from '../ports/clock.ts'

/** The clock of this machine. */
export const systemClock: Clock = { now: () => Math.floor(Date.now() / 1000) }
