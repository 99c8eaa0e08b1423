import { setTimeout } from 'node:timers/promises'
import type { Timer } from '../engine/ports.ts'

/** Waits without keeping the process alive. */
export const nodeTimer: Timer = {
  wait: async (duration) => {
    await setTimeout(duration * 1_000, undefined, { ref: false })
  },
}
