import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createVitest, type Reporter, type TestModule, type Vitest } from 'vitest/node'
import type { Listed } from '../../tests/mutants/list.ts'

const root = join(import.meta.dirname, '../..')

/** What became of a mutant: `killed` is what it has to be, `broken` means that it did not even load. */
export type Fate = 'killed' | 'survived' | 'broken' | 'misplaced'

export interface ListedResult {
  readonly file: string
  readonly what: string
  readonly fate: Fate
  readonly ms: number
}

/** The file without the check; undefined if `find` does not occur exactly once. */
export function applyListed({ find, replace }: Pick<Listed, 'find' | 'replace'>, text: string): string | undefined {
  const [before, after, ...more] = text.split(find)
  return before === undefined || after === undefined || more.length > 0 ? undefined : `${before}${replace}${after}`
}

/**
 * Runs the tests of each mutant with its check taken away. One vitest serves all: the changed text is handed to it as
 * the module is loaded, and nothing is written anywhere.
 */
export async function runListed(
  mutants: readonly Listed[],
  tell: (result: ListedResult) => void,
): Promise<readonly ListedResult[]> {
  const stage: Stage = {}
  const vitest = await openVitest(stage)
  const results: ListedResult[] = []
  try {
    for (const mutant of mutants) {
      const started = performance.now()
      const fate = await fateOf(mutant, stage, vitest)
      const result = { file: mutant.file, what: mutant.what, fate, ms: Math.round(performance.now() - started) }
      results.push(result)
      tell(result)
    }
  } finally {
    await vitest.close()
  }
  return results
}

/** The module that is changed just now. */
interface Stage {
  file?: string
  text?: string
}

/** Without our own configuration, whose projects would not ask the plugin, and without a cache, which goes by the file on disk. */
const quiet = {
  config: false,
  root,
  watch: false,
  fsModuleCache: false,
  maxWorkers: 1,
  testTimeout: 60_000,
  hookTimeout: 60_000,
} as const

async function openVitest(stage: Stage): Promise<Vitest> {
  const plugin = {
    name: 'fujie-mutant',
    enforce: 'pre' as const,
    load: (id: string) => (id === stage.file ? stage.text : undefined),
  }
  // One failure is enough. `bail` would count those of the mutants before.
  const stopper: Reporter = {
    onTestCaseResult: (test) => {
      if (test.result().state === 'failed') void vitest.cancelCurrentRun('test-failure')
    },
  }
  const vitest = await createVitest(
    'test',
    { ...quiet, reporters: [stopper] },
    { plugins: [plugin], logLevel: 'silent' },
  )
  await vitest.standalone()
  return vitest
}

async function fateOf(mutant: Listed, stage: Stage, vitest: Vitest): Promise<Fate> {
  const file = join(root, mutant.file)
  const text = applyListed(mutant, readFileSync(file, 'utf8'))
  if (text === undefined) return 'misplaced'
  Object.assign(stage, { file, text })
  vitest.invalidateFile(file)
  const tests = await vitest.globTestSpecifications([join(root, mutant.killedBy)])
  const { testModules } = await vitest.runTestSpecifications(tests, false)
  vitest.invalidateFile(file)
  return fateIn(testModules)
}

function fateIn(modules: readonly TestModule[]): Fate {
  if (modules.length === 0 || modules.some((module) => module.errors().length > 0)) return 'broken'
  return modules.some(hasFailure) ? 'killed' : 'survived'
}

/** A test that only ran out of time has noticed nothing: on a busy machine it may do that without any mutant. */
function hasFailure(module: TestModule): boolean {
  const failed = [...module.children.allTests('failed')]
  return failed.some((test) => test.result().errors?.some(({ message }) => !/timed out/.test(message)))
}
