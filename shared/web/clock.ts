import type { Clock } from '../ports/clock.ts'

/** The clock of this page, worker or process. */
export const webClock: Clock = { now: () => Math.floor(Date.now() / 1000) }
