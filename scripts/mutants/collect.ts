import { expect, vi } from 'vitest'

/** What `vitest` is for a test file under trial: its tests are put down, to be run as often as there are mutants. */

type Work = (...args: never[]) => unknown

/** One test with the hooks around it. */
export interface Collected {
  readonly name: string
  readonly group: Group
  run(): unknown
}

/** A `describe`, or the file. */
export interface Group {
  readonly parent: Group | undefined
  readonly beforeAll: Work[]
  readonly beforeEach: Work[]
  readonly afterEach: Work[]
  readonly afterAll: Work[]
}

/** Where a file puts down its tests; of one file at a time. */
export interface Collection {
  group: Group
  readonly tests: Collected[]
  readonly groups: Group[]
}

const held = globalThis as { __fujieCollection?: Collection }

export function newGroup(parent?: Group): Group {
  return { parent, beforeAll: [], beforeEach: [], afterEach: [], afterAll: [] }
}

/** Begins with an empty collection; modules are loaded anew for each file, so it is kept beside them. */
export function beginCollection(): Collection {
  const group = newGroup()
  return (held.__fujieCollection = { group, tests: [], groups: [group] })
}

function current(): Collection {
  const collection = held.__fujieCollection
  if (collection === undefined) throw new Error('no test file is under trial')
  return collection
}

function workIn(args: readonly unknown[]): Work {
  return args.find((arg) => typeof arg === 'function') as Work
}

function addTest(name: unknown, run: () => unknown): void {
  const collection = current()
  collection.tests.push({ name: String(name), group: collection.group, run })
}

function addGroup(work: () => void): void {
  const collection = current()
  const outer = collection.group
  collection.group = newGroup(outer)
  collection.groups.push(collection.group)
  work()
  collection.group = outer
}

/** `it.each` and `describe.each`: rows are spread where all of them are lists. */
function each(add: (name: unknown, run: () => unknown) => void) {
  return (rows: readonly unknown[]) => {
    const areLists = rows.every((row) => Array.isArray(row))
    return (name: unknown, ...rest: readonly unknown[]) => {
      for (const row of rows) add(name, () => workIn(rest)(...((areLists ? row : [row]) as never[])))
    }
  }
}

/** `it.for`: a row is one argument, whatever it is. */
function forEach(rows: readonly unknown[]) {
  return (name: unknown, ...rest: readonly unknown[]) => {
    for (const row of rows) addTest(name, () => workIn(rest)(row as never))
  }
}

function nothing(): void {}

const testOf = (name: unknown, ...rest: readonly unknown[]): void => addTest(name, () => workIn(rest)())
const groupOf = (_: unknown, ...rest: readonly unknown[]): void => addGroup(() => void workIn(rest)())

export const it = Object.assign(testOf, {
  each: each(addTest),
  for: forEach,
  skip: nothing,
  skipIf: (skipped: unknown) => (skipped ? nothing : testOf),
  runIf: (ran: unknown) => (ran ? testOf : nothing),
})
export const describe = Object.assign(groupOf, {
  each: each((_, run) => addGroup(() => void run())),
  skip: nothing,
  skipIf: (skipped: unknown) => (skipped ? nothing : groupOf),
})
export const beforeAll = (work: Work): void => void current().group.beforeAll.push(work)
export const beforeEachTest = (work: Work): void => void current().group.beforeEach.push(work)
export const afterEachTest = (work: Work): void => void current().group.afterEach.push(work)
export const afterAll = (work: Work): void => void current().group.afterAll.push(work)
export { beforeEachTest as beforeEach, afterEachTest as afterEach, expect, vi }
