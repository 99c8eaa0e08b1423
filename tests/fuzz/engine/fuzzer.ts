import type { Target } from '../target.ts'
import { Known, type Coverage } from './coverage.ts'
import { Draw } from './draw.ts'
import { liveBytes, usedBytes } from './heap.ts'
import { minimise } from './minimise.ts'
import { Mutator } from './mutator.ts'
import { Trial, usualLimits, type Failure, type Limits } from './trial.ts'

export interface Plan {
  readonly seed: number
  /** Inputs after the seeds; or else seconds. */
  readonly inputs?: number
  readonly seconds?: number
  readonly limits?: Limits
}

export interface Found extends Failure {
  /** Minimised. */
  readonly input: Uint8Array
}

export interface Outcome {
  readonly target: string
  readonly inputs: number
  readonly seconds: number
  /** Blocks of core that were reached. */
  readonly blocks: number
  /** Inputs that reached something new, seeds included. */
  readonly kept: readonly Uint8Array[]
  readonly slowestMs: number
  readonly found: readonly Found[]
}

/** Inputs between two looks at the coverage, which costs as much as some hundred of them: more while nothing is new. */
const batches = { least: 16, most: 1_024 }
const mostFound = 8
const generalWords = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '.',
  '~',
  '=',
  '_',
  '\\u0000',
  '\u0000',
  '\ud83d\ude00',
  '1e999',
  '-0',
  'null',
]

/**
 * Makes inputs from inputs and keeps those that reach something new.
 *
 * Coverage is read after each batch. If the batch reached a new block, it is run again in halves until the inputs are
 * found that did; and one input of each batch is run alone, so that new counts of known blocks are seen too.
 */
export class Fuzzer {
  readonly #target: Target
  readonly #coverage: Coverage
  readonly #plan: Plan
  readonly #draw: Draw
  readonly #mutator: Mutator
  readonly #trial: Trial
  readonly #limits: Limits
  readonly #kept: Uint8Array[] = []
  readonly #known = new Known()
  readonly #found = new Map<string, Found>()
  #inputs = 0
  #live = 0
  #batchSize: number = batches.least

  constructor(target: Target, coverage: Coverage, isOwn: (thrown: unknown) => boolean, plan: Plan) {
    this.#target = target
    this.#coverage = coverage
    this.#plan = plan
    this.#limits = plan.limits ?? usualLimits
    this.#trial = new Trial(target, isOwn, this.#limits)
    this.#draw = new Draw(plan.seed)
    const words = [...generalWords, ...(target.words ?? [])]
    this.#mutator = new Mutator(this.#draw, words, target.most ?? 64 * 1024, () => this.#parent())
  }

  async run(seeds: readonly Uint8Array[]): Promise<Outcome> {
    // Faults carry stacks nobody reads here; of a foreign error the place is enough.
    Error.stackTraceLimit = 2
    const start = performance.now()
    const elapsed = () => (performance.now() - start) / 1_000
    const { inputs = Number.POSITIVE_INFINITY, seconds = Number.POSITIVE_INFINITY } = this.#plan
    this.#coverage.take()
    for (const seed of [new Uint8Array(), ...seeds]) {
      await this.#alone(seed)
      if (seeds.includes(seed)) this.#kept.push(seed)
    }
    this.#live = liveBytes()
    while (this.#inputs < inputs && elapsed() < seconds && this.#found.size < mostFound) {
      await this.#batch(Math.min(this.#batchSize, inputs - this.#inputs))
    }
    return {
      target: this.#target.name,
      inputs: this.#inputs,
      seconds: elapsed(),
      blocks: this.#known.blocks,
      kept: this.#kept,
      slowestMs: this.#trial.slowest,
      found: [...this.#found.values()],
    }
  }

  async #batch(size: number): Promise<void> {
    const inputs = Array.from({ length: size }, () => this.#mutator.next(this.#parent()))
    await this.#runAll(inputs)
    const before = this.#known.blocks
    await this.#narrow(inputs)
    const isQuiet = this.#known.blocks === before
    this.#batchSize = isQuiet ? Math.min(2 * size, batches.most) : Math.max(size >> 1, batches.least)
    const one = this.#draw.pick(inputs)
    if (one !== undefined && (await this.#alone(one))) this.#kept.push(one)
    const slow = await this.#trial.confirm()
    if (slow !== undefined) await this.#take(slow.input, slow)
    this.#coverage.take()
    await this.#watchHeap(inputs)
  }

  /** Newer inputs more often: they stand at the edge of what was reached. */
  #parent(): Uint8Array {
    const { length } = this.#kept
    const recent = Math.min(length, 24)
    const at = this.#draw.chance(50) ? length - 1 - this.#draw.below(recent) : this.#draw.below(length)
    return this.#kept[at] ?? new Uint8Array()
  }

  async #runAll(inputs: readonly Uint8Array[]): Promise<void> {
    for (const input of inputs) {
      this.#inputs++
      await this.#try(input)
    }
  }

  async #try(input: Uint8Array): Promise<void> {
    const failure = await this.#trial.run(input)
    if (failure !== undefined) await this.#take(input, failure)
  }

  /** Each cause once. */
  async #take(input: Uint8Array, { kind, cause }: Failure): Promise<void> {
    const name = `${kind} ${cause}`
    if (this.#found.has(name) || this.#found.size >= mostFound) return
    const smallest = await minimise(input, { kind, cause }, this.#trial)
    this.#found.set(name, { kind, cause, input: smallest })
  }

  /** Finds which of the inputs just run reached new code. */
  async #narrow(inputs: readonly Uint8Array[]): Promise<void> {
    const reached = this.#coverage.take()
    if (!this.#known.isNew(reached)) return
    const [only] = inputs
    if (inputs.length === 1 && only !== undefined) {
      this.#known.add(reached)
      this.#kept.push(only)
      return
    }
    const middle = inputs.length >> 1
    for (const half of [inputs.slice(0, middle), inputs.slice(middle)]) {
      for (const input of half) await this.#try(input)
      await this.#narrow(half)
    }
    // Reached once and never again: by something that is remembered, or set up at first use.
    this.#known.add(reached)
  }

  /** Runs one input by itself; true if it reached new code, or known code in a new measure. */
  async #alone(input: Uint8Array): Promise<boolean> {
    await this.#try(input)
    const reached = this.#coverage.take()
    const isNew = this.#known.isNew(reached)
    this.#known.add(reached)
    return this.#known.addCounts(reached) || isNew
  }

  async #watchHeap(inputs: readonly Uint8Array[]): Promise<void> {
    if (usedBytes() - this.#live <= this.#limits.heap) return
    // What streams hold is let go a turn later.
    for (let turn = 0; turn < 3; turn++) {
      await new Promise(setImmediate)
      liveBytes()
    }
    const own = this.#kept.reduce((sum, input) => sum + input.length, 0)
    if (liveBytes() - this.#live - own <= this.#limits.heap) return
    this.#found.set('grows', { kind: 'grows', cause: 'heap', input: inputs.at(-1) ?? new Uint8Array() })
  }
}
