import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestModule } from 'vitest/node'
import type { Skip } from '../../tests/house/skips.ts'

const root = join(import.meta.dirname, '../..')

/** One loud line for each thing that was not here. */
export function skippedLines(folder: string, modules: readonly TestModule[]): string[] {
  const skips = readSkips(join(folder, 'skips'))
  const vectors = new Set(skips.filter(({ kind }) => kind === 'vectors').map(({ name }) => name))
  const lines = vectors.size === 0 ? [] : [`SKIPPED ${vectors.size} vector files of others: no ../shared/vectors`]
  const needs = Map.groupBy(
    skips.filter(({ kind }) => kind === 'needs'),
    ({ name }) => name,
  )
  for (const [name, records] of needs) {
    const files = new Set(records.map(({ file }) => file))
    const count = modules.filter(({ moduleId }) => files.has(moduleId)).reduce((n, module) => n + left(module), 0)
    lines.push(`SKIPPED ${count} tests: ${name} (${records[0]?.cure ?? 'absent'})`)
  }
  return lines
}

/** How many browser tests the chosen files hold, read from their text: without a browser they cannot be collected. */
export function browserTests(paths: readonly string[]): number {
  const exclude = ['**/node_modules/**', 'dist/**']
  const files = globSync(['**/*.chromium.test.ts', 'tests/journeys/**/*.test.ts'], { cwd: root, exclude })
  const chosen = files.filter((file) => paths.length === 0 || paths.some((path) => join(root, file).startsWith(path)))
  return chosen.reduce((count, file) => count + countTests(readFileSync(join(root, file), 'utf8')), 0)
}

/** Whether the absence of a part is to fail the run: `FUJIE_REQUIRE` names it, or this is CI. */
export function missing(name: string): boolean {
  const required = (process.env.FUJIE_REQUIRE ?? '').split(',')
  return required.includes(name) || required.includes('all') || ![undefined, '', 'false', '0'].includes(process.env.CI)
}

function countTests(text: string): number {
  return text.match(/^\s*(it|test)(\.each|\.for|\()/gm)?.length ?? 0
}

function left(module: TestModule): number {
  return [...module.children.allTests('skipped')].length
}

function readSkips(file: string): Skip[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  return lines.map((line) => JSON.parse(line) as Skip)
}
