import { Session, type Profiler } from 'node:inspector'

/** A run of code in a function, and how often it was gone through. */
export interface Segment {
  /** Script and start of the function. */
  readonly place: string
  readonly start: number
  readonly end: number
  readonly count: number
}

/** What one run or many reached. */
export type Reached = readonly Segment[]

/**
 * Precise block coverage of the scripts of one folder, by the runtime's inspector.
 *
 * Only scripts loaded after the start are counted by blocks, so it starts before they are imported.
 */
export class Coverage {
  readonly #session = new Session()

  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
    this.#session.connect()
  }

  static start(folder = '/shared/core/'): Coverage {
    const coverage = new Coverage(folder)
    coverage.#post('Profiler.enable')
    coverage.#post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
    return coverage
  }

  /** What was reached since it was last taken. A session in the same thread answers at once. */
  take(): Reached {
    let reached: Reached = []
    this.#session.post('Profiler.takePreciseCoverage', (error, taken) => {
      if (error !== null) throw error
      reached = segmentsOf(taken.result, this.#folder)
    })
    return reached
  }

  stop(): void {
    this.#post('Profiler.stopPreciseCoverage')
    this.#session.disconnect()
  }

  #post(method: string, parameters?: object): void {
    this.#session.post(method, parameters, (error) => {
      if (error !== null) throw error
    })
  }
}

function segmentsOf(scripts: readonly Profiler.ScriptCoverage[], folder: string): Reached {
  const segments: Segment[] = []
  for (const { url, functions } of scripts) {
    const start = url.indexOf(folder)
    if (start < 0 || url.includes('.test.ts')) continue
    const name = url.slice(start + folder.length).replace(/\?.*$/, '')
    for (const { ranges } of functions) flatten(name, ranges, segments)
  }
  return segments
}

/** Ranges stand one inside the other, and a block that was reached is told by its not being left out: take them apart. */
function flatten(script: string, ranges: readonly Profiler.CoverageRange[], into: Segment[]): void {
  const [whole] = ranges
  if (whole === undefined) return
  const place = `${script}:${whole.startOffset}`
  const open: Profiler.CoverageRange[] = []
  let at = whole.startOffset
  const upTo = (end: number) => {
    const count = open.at(-1)?.count ?? 0
    if (end > at && count > 0) into.push({ place, start: at - whole.startOffset, end: end - whole.startOffset, count })
    at = Math.max(at, end)
  }
  const close = () => {
    upTo(open.at(-1)?.endOffset ?? at)
    open.pop()
  }
  for (const range of ranges) {
    while ((open.at(-1)?.endOffset ?? Number.POSITIVE_INFINITY) <= range.startOffset) close()
    upTo(range.startOffset)
    open.push(range)
  }
  while (open.length > 0) close()
}

/** All that was reached so far. */
export class Known {
  readonly #covered = new Map<string, Uint8Array>()
  readonly #starts = new Set<string>()
  readonly #features = new Set<string>()

  /** Places from which a run of code begins that was reached. */
  get blocks(): number {
    return this.#starts.size
  }

  /** Whether there is code in it that was never reached. */
  isNew(reached: Reached): boolean {
    return reached.some(({ place, start, end }) => {
      const covered = this.#covered.get(place)
      return covered === undefined || covered.length < end || covered.subarray(start, end).includes(0)
    })
  }

  add(reached: Reached): void {
    for (const { place, start, end } of reached) {
      let covered = this.#covered.get(place) ?? new Uint8Array(end)
      if (covered.length < end) covered = Uint8Array.from({ length: end }, (_, i) => covered[i] ?? 0)
      this.#covered.set(place, covered.fill(1, start, end))
      this.#starts.add(`${place}:${start}`)
    }
  }

  /**
   * The same for how often, by powers of two: a loop run a hundred times more is news, one run once more is not.
   * Only what one input reached can be asked.
   */
  addCounts(reached: Reached): boolean {
    const before = this.#features.size
    for (const { place, start, count } of reached) this.#features.add(`${place}:${start}*${32 - Math.clz32(count)}`)
    return this.#features.size > before
  }
}
