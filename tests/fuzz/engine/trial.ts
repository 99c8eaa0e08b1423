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
  #suspect: { readonly input: Uint8Array; readonly ms: number } | undefined
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
    if (failure === undefined && ms > this.slowest && ms > (this.#suspect?.ms ?? 0)) this.#suspect = { input, ms }
    return failure
  }

  /**
   * Runs the input that seemed slowest thrice more, for somebody else may have had the processor: the least counts. Not
   * where coverage is being counted, which no clock may decide on.
   */
  async confirm(): Promise<(Failure & { readonly input: Uint8Array }) | undefined> {
    const suspect = this.#suspect
    this.#suspect = undefined
    if (suspect === undefined) return undefined
    const ms = Math.min(suspect.ms, await this.#leastOf(3, suspect.input))
    this.slowest = Math.max(this.slowest, ms)
    return ms > this.#limits.ms ? { kind: 'slow', cause: 'slow', input: suspect.input } : undefined
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
