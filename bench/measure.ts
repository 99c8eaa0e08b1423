/** Something to be timed. */
export type Work = () => unknown

export interface MeasureOptions {
  /** Rounds in which every subject has its turn; the median is over these. */
  readonly rounds?: number
  /** Milliseconds that a turn should last, long enough for the clock of the processor. */
  readonly turn?: number
  /** Milliseconds each subject runs before any is timed: compiling goes on beside, and would be counted with it. */
  readonly warmUp?: number
}

/** Processor time of one call of each subject, in microseconds: the median over interleaved rounds. */
export async function measure<Name extends string>(
  subjects: Readonly<Record<Name, Work>>,
  options: MeasureOptions = {},
): Promise<Record<Name, number>> {
  const rounds = Object.entries(await measureRounds(subjects, options)) as [Name, number[]][]
  return Object.fromEntries(rounds.map(([name, times]) => [name, median(times)])) as Record<Name, number>
}

/**
 * Processor time of one call of each subject in each round, in microseconds.
 *
 * Interleaved, so that a busy minute of the machine falls on all alike; processor time, so that waiting for others does
 * not count. It includes what the runtime does beside, such as collecting the garbage of the turn, but not that of the
 * turn before: where the collector can be called, it clears away what is young. A whole collection would forget what the
 * compiler knows, and time that.
 */
export async function measureRounds<Name extends string>(
  subjects: Readonly<Record<Name, Work>>,
  { rounds = 15, turn = 40, warmUp = 2_500 }: MeasureOptions = {},
): Promise<Record<Name, number[]>> {
  const entries = Object.entries(subjects) as [Name, Work][]
  const calls = new Map<Name, number>()
  for (const [, work] of entries) await runFor(work, warmUp)
  for (const [name, work] of entries) calls.set(name, await callsPerTurn(work, turn))

  const times = new Map<Name, number[]>(entries.map(([name]) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    // Alternating the order keeps any one subject from always following the same neighbour.
    for (const [name, work] of round % 2 === 0 ? entries : entries.toReversed()) {
      globalThis.gc?.({ type: 'minor' })
      times.get(name)?.push(await timeCalls(work, calls.get(name) ?? 1))
    }
  }
  return Object.fromEntries(times) as Record<Name, number[]>
}

/** The lower and the upper quartile. */
export function quartiles(figures: readonly number[]): readonly [number, number] {
  const sorted = figures.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return [median(sorted.slice(0, Math.max(middle, 1))), median(sorted.slice(-Math.max(middle, 1)))]
}

export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

async function runFor(work: Work, milliseconds: number): Promise<void> {
  for (const end = performance.now() + milliseconds; performance.now() < end;) await timeCalls(work, 16)
}

/** Doubles until one turn is long enough. */
async function callsPerTurn(work: Work, turn: number): Promise<number> {
  for (let calls = 1; ; calls *= 2) {
    const total = (await timeCalls(work, calls)) * calls
    if (total >= turn * 1000 || calls >= 2 ** 24) return calls
  }
}

/** Microseconds of processor time for each of `calls` calls. */
async function timeCalls(work: Work, calls: number): Promise<number> {
  const before = process.cpuUsage()
  for (let i = 0; i < calls; i++) {
    const result = work()
    if (result instanceof Promise) await result
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / calls
}
