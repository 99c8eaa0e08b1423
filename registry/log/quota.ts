import type { Instant, Seconds } from '@fujie/shared/core/instant.ts'

/** How much of something one principal may do in a window of time. */
export interface Quota {
  readonly most: number
  readonly window: Seconds
}

/** Registry, 13. */
export const usualQuotas = {
  did: { most: 10, window: 3_600 },
  organisation: { most: 600, window: 60 },
  sponsor: { most: 10_000, window: 86_400 },
  address: { most: 60, window: 60 },
} as const satisfies Record<string, Quota>

export type Quotas = Readonly<Record<keyof typeof usualQuotas, Quota>>

interface Used {
  readonly window: number
  readonly count: number
}

/** Principals that are remembered; the one that came first gives way. */
const mostPrincipals = 100_000

/** Counts what each principal did, in windows that begin on the clock's own multiples. */
export class QuotaBook {
  readonly #quotas: Quotas
  readonly #used = new Map<string, Used>()

  constructor(quotas: Quotas = usualQuotas) {
    this.#quotas = quotas
  }

  /** Counts one; false if there were enough before. */
  use(kind: keyof Quotas, principal: string, now: Instant): boolean {
    const { most, window: seconds } = this.#quotas[kind]
    const key = `${kind} ${principal}`
    const window = Math.floor(now / seconds)
    const known = this.#used.get(key)
    const count = known?.window === window ? known.count : 0
    if (count >= most) return false
    this.#used.delete(key)
    this.#used.set(key, { window, count: count + 1 })
    if (this.#used.size > mostPrincipals) this.#used.delete(this.#used.keys().next().value as string)
    return true
  }
}
