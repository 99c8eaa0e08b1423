import type { Instant, Seconds } from '@fujie/shared/core/instant.ts'
import { now } from '@fujie/shared/ui/now.ts'

type Minutes = number

/** A pause of the clock longer than this means that the computer slept. Hidden pages still tick once a minute. */
const asleep: Seconds = 90

/** Notices when nobody uses the page. */
export class Idle {
  /** When somebody last pressed something. */
  since: Instant = $state(seconds())

  touch(): void {
    this.since = seconds()
  }

  /** Calls `onidle` once the time is up or the computer was asleep. The result ends the watch. */
  watch(limit: () => Minutes | undefined, onidle: () => void): () => void {
    let last = seconds()
    const beat = setInterval(() => {
      const at = seconds()
      const minutes = limit()
      if (at - last > asleep || (minutes !== undefined && at - this.since >= minutes * 60)) onidle()
      last = at
    }, 1000)
    return () => clearInterval(beat)
  }
}

/** Seconds until the wallet locks; undefined while the limit is unknown. */
export function timeLeft(idle: Idle, limit: Minutes | undefined, at: Instant = now()): Seconds | undefined {
  return limit === undefined ? undefined : Math.max(0, limit * 60 - (at - idle.since))
}

function seconds(): Instant {
  return Math.floor(Date.now() / 1000)
}
