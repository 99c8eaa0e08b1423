import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeMachine } from '../../bench/machine.ts'
import type { TriedMutant } from './score.ts'

const folder = join(import.meta.dirname, '../../tests/mutants')

/** What became of the mutants of a file; of all, in the last line. */
export interface ScoreLine {
  readonly file: string
  readonly mutants: number
  readonly killed: number
  readonly timeout: number
  readonly survived: number
  /** Survivors that change nothing, by `survivors.json`; they are counted as survivors all the same. */
  readonly explained: number
  /** Of a hundred, killed or timed out. */
  readonly score: number
}

/** A survivor that is none: with it the code does the same. */
interface Explained {
  readonly file: string
  readonly inside: string
  readonly from: string
  readonly to: string
  readonly reason: string
}

function explained(): readonly Explained[] {
  return JSON.parse(readFileSync(join(folder, 'survivors.json'), 'utf8')) as readonly Explained[]
}

/** A line for each file, and their sum. */
export function scoreLines(tried: readonly TriedMutant[]): readonly ScoreLine[] {
  const reasons = explained()
  const byFile = [...Map.groupBy(tried, ({ file }) => file)]
  return [...byFile, ['all', tried] as const].map(([file, mutants]) => lineOf(file, mutants, reasons))
}

function lineOf(file: string, mutants: readonly TriedMutant[], reasons: readonly Explained[]): ScoreLine {
  const count = (...fates: readonly string[]) => mutants.filter(({ fate }) => fates.includes(fate)).length
  const [killed, timeout] = [count('killed'), count('timeout')]
  return {
    file,
    mutants: mutants.length,
    killed,
    timeout,
    survived: count('survived', 'unreached'),
    explained: mutants.filter((mutant) => isAlive(mutant) && isExplained(mutant, reasons)).length,
    score: mutants.length === 0 ? 100 : Math.round(((killed + timeout) * 1_000) / mutants.length) / 10,
  }
}

function isAlive({ fate }: TriedMutant): boolean {
  return fate === 'survived' || fate === 'unreached'
}

function isExplained(mutant: TriedMutant, reasons: readonly Explained[]): boolean {
  return reasons.some(
    ({ file, inside, from, to }) =>
      file === mutant.file && inside === mutant.inside && from === mutant.from && to === mutant.to,
  )
}

/** Those nobody noticed, and whether that is explained. */
export function survivorLines(tried: readonly TriedMutant[]): readonly object[] {
  const reasons = explained()
  return tried.filter(isAlive).map((mutant) => {
    const { file, line, inside, operator, from, to, fate } = mutant
    return { survivor: `${file}:${line}`, inside, operator, from, to, fate, explained: isExplained(mutant, reasons) }
  })
}

interface Kept extends ScoreLine {
  readonly date: string
  readonly minutes: number
  readonly machine: object
}

/** Keeps the lines beside those of files that were not tried now. */
export function keepResults(lines: readonly ScoreLine[], minutes: number): void {
  const file = join(folder, 'results.jsonl')
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const before = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Kept)
  const now = { date: new Date().toISOString().slice(0, 10), minutes, machine: describeMachine() }
  const fresh = lines.filter((line) => line.file !== 'all').map((line): Kept => ({ ...line, ...now }))
  const others = before.filter((line) => !fresh.some((each) => each.file === line.file))
  const all = [...others, ...fresh].sort((a, b) => (a.file < b.file ? -1 : 1))
  writeFileSync(file, all.map((line) => `${JSON.stringify(line)}\n`).join(''))
}
