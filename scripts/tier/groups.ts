import { dirname } from 'node:path'
import type { TestModule } from 'vitest/node'

/** Counts of the tests of one group: a folder of tests beside code, or one file under tests/. */
export interface Group {
  readonly group: string
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

type Counts = Omit<Group, 'group'>

export function countGroups(modules: readonly TestModule[]): Group[] {
  const groups = new Map<string, Counts>()
  for (const module of modules) {
    const name = groupOf(module.relativeModuleId)
    groups.set(name, add(groups.get(name) ?? none, countModule(module)))
  }
  return [...groups].map(([group, counts]) => ({ group, ...counts })).toSorted((a, b) => (a.group < b.group ? -1 : 1))
}

export function sum(groups: readonly Counts[]): Counts {
  return groups.reduce(add, none)
}

/** `tests/house/layers.test.ts` is `house/layers`; `shared/core/log/tree.test.ts` is `unit/shared/core/log`. */
export function groupOf(file: string): string {
  const path = file.replaceAll('\\', '/')
  return path.startsWith('tests/') ? path.slice(6).replace(/(\.chromium)?\.test\.ts$/, '') : `unit/${dirname(path)}`
}

const none: Counts = { passed: 0, failed: 0, skipped: 0 }

function add(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }
}

/** A file that could not be collected, or whose hooks failed, counts as one failure. */
function countModule(module: TestModule): Counts {
  const states = [...module.children.allTests()].map((test) => test.result().state)
  const count = (state: string) => states.filter((each) => each === state).length
  const failed = count('failed')
  const broken = failed === 0 && module.state() === 'failed' ? 1 : 0
  return { passed: count('passed'), failed: failed + broken, skipped: count('skipped') + count('pending') }
}
