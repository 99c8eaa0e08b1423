import { createSubscriber } from 'svelte/reactivity'
import type { Instant } from '../core/instant.ts'

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, 1000)
  return () => clearInterval(timer)
})

/** The time in whole seconds; read in markup or `$derived` it follows the clock once a second. */
export function now(): Instant {
  subscribe()
  return Math.floor(Date.now() / 1000)
}
