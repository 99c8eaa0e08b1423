import type { FaultCode } from '@fujie/shared/core/fault.ts'
import type { Instant, Seconds } from '@fujie/shared/core/instant.ts'
import type { CheckResult } from './told.ts'

/** What the page that began a check hears of it. */
export type CheckNews =
  | { readonly state: 'waiting'; readonly link: string; readonly expires: Instant; readonly life: Seconds }
  | { readonly state: 'opened' | 'judging' }
  | { readonly state: 'judged'; readonly result: CheckResult }
  | { readonly state: 'failed'; readonly fault: FaultCode }
  | { readonly state: 'declined' | 'expired' | 'cancelled' }

/** Calls the pages that wait on a check. What it says lives in their connection only. */
export interface Bell {
  /** Returns how to stop listening. */
  listen(hash: string, listener: () => void): () => void
  ring(hash: string): void
}

export function createBell(): Bell {
  const listeners = new Map<string, Set<() => void>>()
  return {
    listen: (hash, listener) => {
      const known = listeners.get(hash) ?? new Set()
      listeners.set(hash, known.add(listener))
      return () => {
        known.delete(listener)
        if (known.size === 0) listeners.delete(hash)
      }
    },
    ring: (hash) => {
      for (const listener of listeners.get(hash) ?? []) listener()
    },
  }
}
