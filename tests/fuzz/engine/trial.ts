import type { Target } from '../target.ts'

/** What is wrong with how a target took an input. */
export interface Failure {
  readonly kind: 'foreign' | 'disagrees' | 'slow' | 'grows'
  /** The same for the same cause. */
  readonly cause: string
}

export interface Limits {
  /** Milliseconds of processor time for one input. */
  readonly ms: number
  /** Bytes of heap that one input, or all together, may leave behind. */
  readonly heap: number
}

export const usualLimits: Limits = { ms: 50, heap: 64 * 1024 * 1024 }

/** Runs inputs and says what is wrong with how they were taken. */
export class Trial {
  readonly #target: Target
  readonly #isOwn: (thrown: unknown) => boolean
  readonly #limits: Limits
  /** Milliseconds of processor time that the slowest input took, at least: the best of four. */
  slowest = 0

  /** @param isOwn whether something thrown is a fault of the product's own */
  constructor(target: Target, isOwn: (thrown: unknown) => boolean, limits: Limits = usualLimits) {
    this.#target = target
    this.#isOwn = isOwn
    this.#limits = limits
  }

  async run(input: Uint8Array): Promise<Failure | undefined> {
    const start = performance.now()
    const failure = await this.#read(input)
    const ms = performance.now() - start
    if (failure !== undefined || ms <= this.slowest) return failure
    // Somebody else may have had the processor: what counts is the least of three more.
    const confirmed = Math.min(ms, await this.#leastOf(3, input))
    this.slowest = Math.max(this.slowest, confirmed)
    return confirmed > this.#limits.ms ? { kind: 'slow', cause: 'slow' } : undefined
  }

  /** Whether an input fails for the same cause again. */
  async repeats(input: Uint8Array, { kind, cause }: Failure): Promise<boolean> {
    if (kind === 'slow') return (await this.#leastOf(2, input)) > this.#limits.ms
    const found = await this.#read(input)
    return found?.kind === kind && found.cause === cause
  }

  async #read(input: Uint8Array): Promise<Failure | undefined> {
    try {
      const value = this.#target.read(input)
      if (value instanceof Promise) await value
      return undefined
    } catch (thrown) {
      return this.#isOwn(thrown) ? undefined : failureOf(thrown)
    }
  }

  async #leastOf(times: number, input: Uint8Array): Promise<number> {
    let least = Number.POSITIVE_INFINITY
    for (let i = 0; i < times; i++) {
      const before = process.cpuUsage()
      await this.#read(input)
      const { user, system } = process.cpuUsage(before)
      least = Math.min(least, (user + system) / 1_000)
    }
    return least
  }
}

function failureOf(thrown: unknown): Failure {
  const { name, message, stack = '' } = thrown instanceof Error ? thrown : new Error(String(thrown))
  if (name === 'Disagreement') return { kind: 'disagrees', cause: message }
  const place = /\/((?:shared|tests|node_modules)\/[^\s):]+:\d+)/.exec(stack)?.[1] ?? ''
  return { kind: 'foreign', cause: `${name}: ${message.slice(0, 200).replaceAll(/\d+/g, '#')} at ${place}` }
}
