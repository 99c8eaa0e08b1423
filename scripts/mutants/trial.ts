// Runs in a worker of vitest: tries mutant after mutant on the tests that reach it.
import { appendFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import fc from 'fast-check'
import { inject, it, vi } from 'vitest'
import { beginCollection, type Collected, type Group } from './collect.ts'
import type { Mutant } from './operators.ts'

/** What a trial is about, and where it writes; JSON, for it crosses to a worker. */
export interface Trial {
  readonly mutants: readonly Mutant[]
  /** Test files, absolute. */
  readonly tests: readonly string[]
  /** A line for each mutant as it begins, and one for what became of it. */
  readonly results: string
}

export type TrialFate = 'killed' | 'survived' | 'timeout' | 'unreached'

declare module 'vitest' {
  interface ProvidedContext {
    trial: Trial
  }
}

/** Which mutant is on, as the instrumented modules ask. */
class Switch {
  /** The mutant that is on; none is numbered so. */
  a = -1
  /** Whether it is written down which are asked for. */
  c = false
  asked = new Set<number>()
  /** How often the one that is on was met. */
  met = 0
  ticks = 0
  mostTicks = Infinity

  h(id: number): false {
    this.asked.add(id)
    return false
  }

  x(): true {
    this.met++
    return true
  }

  t(): void {
    if (++this.ticks > this.mostTicks) throw new Endless()
  }
}

class Endless extends Error {}

const on = new Switch()
Object.assign(globalThis, { __fujieMutants: on })

interface Measured {
  readonly test: Collected
  readonly reaches: ReadonlySet<number>
  readonly ms: number
  readonly ticks: number
}

/** A test file, loaded, with what reaches which mutants. */
interface Subject {
  readonly path: string
  readonly tests: readonly Measured[]
  /** Met while the file was loaded or its hooks ran. */
  readonly early: ReadonlySet<number>
  readonly groups: readonly Group[]
}

async function load(path: string): Promise<{ tests: readonly Collected[]; groups: readonly Group[] }> {
  vi.resetModules()
  const collection = beginCollection()
  await import(/* @vite-ignore */ path)
  for (const group of collection.groups) for (const hook of group.beforeAll) await hook()
  return collection
}

/** Loads a file and runs its tests once as they are. */
async function measure(path: string): Promise<Subject> {
  on.a = -1
  on.c = true
  on.asked = new Set()
  const { tests, groups } = await load(path)
  const early = on.asked
  const measured: Measured[] = []
  for (const test of tests) {
    on.asked = new Set()
    on.ticks = 0
    const started = performance.now()
    const failed = await run(test, 60_000)
    if (failed !== undefined) throw new Error(`${path}: ${test.name} fails without any mutant`, { cause: failed })
    measured.push({ test, reaches: on.asked, ms: performance.now() - started, ticks: on.ticks })
  }
  on.c = false
  return { path, tests: measured, early, groups }
}

/** What a test failed with, if it did. */
async function run({ group, run: work }: Collected, most: number): Promise<unknown> {
  try {
    await inTime(async () => {
      for (const hook of chain(group).flatMap((each) => each.beforeEach)) await hook()
      await work()
      for (const hook of chain(group).flatMap((each) => each.afterEach)) await hook()
    }, most)
    return undefined
  } catch (failed) {
    return failed ?? new Error('nothing was thrown')
  }
}

function chain(group: Group | undefined): readonly Group[] {
  return group === undefined ? [] : [...chain(group.parent), group]
}

async function inTime(work: () => Promise<void>, most: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Endless()), most)))
  try {
    await Promise.race([work(), late])
  } finally {
    clearTimeout(timer)
  }
}

/** Runs a test with a mutant on; undefined if it holds. */
async function tryOn(id: number, { test, ms, ticks }: Measured): Promise<TrialFate | undefined> {
  on.a = id
  on.met = 0
  on.ticks = 0
  on.mostTicks = 100_000 + 20 * ticks
  const failed = await run(test, 3_000 + 20 * ms)
  on.a = -1
  on.mostTicks = Infinity
  if (failed === undefined) return undefined
  return failed instanceof Endless ? 'timeout' : 'killed'
}

/** Loads a file with a mutant on and runs what reaches it; undefined if all holds. */
async function tryFresh(id: number, subject: Subject): Promise<TrialFate | undefined> {
  on.a = id
  on.ticks = 0
  on.mostTicks = 50_000_000
  try {
    const { tests } = await load(subject.path)
    const isEarly = subject.early.has(id)
    for (const [i, measured] of subject.tests.entries()) {
      const test = tests[i]
      if (test === undefined) return 'killed'
      if (!isEarly && !measured.reaches.has(id)) continue
      const fate = await tryOn(id, { ...measured, test })
      if (fate !== undefined) return fate
      on.a = id
    }
    return tests.length === subject.tests.length ? undefined : 'killed'
  } catch (failed) {
    return failed instanceof Endless ? 'timeout' : 'killed'
  } finally {
    on.a = -1
    on.mostTicks = Infinity
  }
}

interface Reaching {
  readonly measured: Measured
  readonly index: number
}

async function fateOf(mutant: Mutant, subjects: Subject[]): Promise<{ fate: TrialFate; by?: string }> {
  const { id } = mutant
  const reaching = subjects.flatMap(({ tests }, index) =>
    tests.flatMap((measured): Reaching[] => (measured.reaches.has(id) ? [{ measured, index }] : [])),
  )
  const early = subjects.flatMap(({ early: ids }, index) => (ids.has(id) ? [index] : []))
  if (reaching.length === 0 && early.length === 0) return { fate: 'unreached' }
  // What the tests met before may be remembered in a module: then it is loaded anew.
  const fresh = new Set(early)
  let spent = 0
  for (const [tried, { measured, index }] of inOrder(reaching, mutant, subjects).entries()) {
    if (spent > enough && tried >= least && !isOwn(subjects[index], mutant)) break
    spent += measured.ms
    const fate = await tryOn(id, measured)
    if (fate === undefined && on.met === 0) fresh.add(index)
    if (fate === undefined) continue
    if ((await run(measured.test, 60_000)) === undefined) {
      noticed(mutant, measured.test)
      return { fate, by: nameOf(subjects[index], measured.test) }
    }
    // The mutant is off and the test fails still: it left something behind, and proves nothing so.
    subjects[index] = await measure((subjects[index] as Subject).path)
    fresh.add(index)
    break
  }
  for (const subject of besideFirst(
    [...fresh].map((index) => subjects[index] as Subject),
    mutant,
  ).slice(0, mostFresh)) {
    const fate = await tryFresh(id, subject)
    if (fate !== undefined) return { fate, by: basename(subject.path) }
  }
  return { fate: 'survived' }
}

function nameOf(subject: Subject | undefined, test: Collected): string {
  return `${basename(subject?.path ?? '')} > ${test.name}`
}

/**
 * Milliseconds of tests, and how many, after which a mutant has survived: one that nobody notices would cost them all.
 * The tests of the file itself are asked to the last.
 */
const enough = 1_000
const least = 24
/** Files that are loaded anew for one mutant. */
const mostFresh = 3

/** How often a test noticed a mutant of a function: it is asked sooner for the next. */
const noticers = new Map<string, Map<Collected, number>>()

function placeOf({ file, inside }: Mutant): string {
  return `${file} ${inside}`
}

function noticed(mutant: Mutant, test: Collected): void {
  const known = noticers.get(placeOf(mutant)) ?? new Map<Collected, number>()
  noticers.set(placeOf(mutant), known.set(test, (known.get(test) ?? 0) + 1))
}

/**
 * Those first that noticed others there, then those of the file itself, those that go where few others go there, those
 * beside the code, the quickest.
 */
function inOrder(reaching: readonly Reaching[], mutant: Mutant, subjects: readonly Subject[]): readonly Reaching[] {
  const known = noticers.get(placeOf(mutant))
  const rank = ({ measured, index }: Reaching) => {
    const subject = subjects[index] as Subject
    const [own, beside] = [isOwn(subject, mutant), isBeside(subject, mutant)].map(Number) as [number, number]
    return [known?.get(measured.test) ?? 0, own, rarity(measured, mutant), beside, -measured.ms]
  }
  return reaching
    .map((each) => ({ each, rank: rank(each) }))
    .toSorted((a, b) => compareRanks(b.rank, a.rank))
    .map(({ each }) => each)
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  const first = a.findIndex((value, i) => value !== b[i])
  return first < 0 ? 0 : (a[first] as number) - (b[first] as number)
}

/** How many tests reach a mutant. */
const reachedBy = new Map<number, number>()
/** The mutants of a function. */
const inPlace = new Map<string, number[]>()

function countReaches(mutants: readonly Mutant[], subjects: readonly Subject[]): void {
  for (const mutant of mutants) {
    const there = inPlace.get(placeOf(mutant)) ?? []
    inPlace.set(placeOf(mutant), [...there, mutant.id])
  }
  for (const { tests } of subjects)
    for (const { reaches } of tests) for (const id of reaches) reachedBy.set(id, (reachedBy.get(id) ?? 0) + 1)
}

function rarity({ reaches }: Measured, mutant: Mutant): number {
  const there = (inPlace.get(placeOf(mutant)) ?? []).filter((id) => reaches.has(id))
  return Math.max(0, ...there.map((id) => 1 / (reachedBy.get(id) ?? 1)))
}

function isBeside({ path }: Subject, { file }: Mutant): boolean {
  return path.includes(`/${dirname(file)}/`)
}

/** Whether a test file is named after the file of the mutant. */
function isOwn(subject: Subject | undefined, { file }: Mutant): boolean {
  return subject?.path.endsWith(`/${file.replace(/\.ts$/, '.test.ts')}`) === true
}

function besideFirst(subjects: readonly Subject[], mutant: Mutant): readonly Subject[] {
  const nearness = (subject: Subject) => Number(isOwn(subject, mutant)) + Number(isBeside(subject, mutant))
  return subjects.toSorted((a, b) => nearness(b) - nearness(a))
}

it('tries mutants', { timeout: 0 }, async () => {
  const { mutants, tests, results } = inject('trial')
  // The same examples each time: a mutant is killed or it is not.
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 20_261_124 })
  process.on('unhandledRejection', () => {})
  const tell = (line: object) => appendFileSync(results, `${JSON.stringify(line)}\n`)
  const subjects: Subject[] = []
  for (const path of tests) subjects.push(await measure(path))
  countReaches(mutants, subjects)
  tell({ measured: subjects.reduce((sum, { tests: all }) => sum + all.length, 0) })
  for (const mutant of mutants) {
    tell({ begun: mutant.id })
    tell({ id: mutant.id, ...(await fateOf(mutant, subjects)) })
  }
})
