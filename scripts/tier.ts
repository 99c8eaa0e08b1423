// npm test: node scripts/run.mjs tier commit|nightly|release|journeys [--only AREA[/TEST]] [--json] [--watch]
// With --only fuzz also [--seconds N | --inputs N] [--target T] [--seed N] [--keep FOLDER].
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Vitest } from 'vitest/node'
import { startVitest } from 'vitest/node'
import { describeMachine } from '../bench/machine.ts'
import { buildPages } from './build.ts'
import { findChromium, installChromium } from './chromium.ts'
import { readStories } from './tier/stories.ts'
import { browserTests, missing, skippedLines } from './tier/skipped.ts'
import { crashLines } from './tier/crash.ts'
import { hostileLines } from './tier/hostile.ts'
import { countGroups, sum, type Group } from './tier/groups.ts'
import { tellFailure } from './tier/failure.ts'
import { asksForCampaign, fuzzOptions, runCampaign } from './tier/fuzz.ts'
import { chooseTests, tiers, type Tier } from './tier/choose.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' }, json: { type: 'boolean' }, watch: { type: 'boolean' }, ...fuzzOptions },
})
const tier = (positionals[0] ?? 'commit') as Tier
if (!tiers.includes(tier)) stop(`No tier is called ${tier}; there are ${tiers.join(', ')}.`)
if (asksForCampaign(values.only, values)) {
  if (values.json === true) console.log(JSON.stringify({ machine: describeMachine() }))
  process.exit((await runCampaign(values, values.json === true)) ? 1 : 0)
}

const folder = mkdtempSync(join(tmpdir(), 'fujie-tier-'))
process.env.FUJIE_TIER = tier
// Crashes and mutants are many and slow: a commit lives through a sample, whoever asks by name or by night gets them all.
if (tier === 'nightly' || tier === 'release' || ['crash', 'mutants'].includes(values.only?.split('/')[0] ?? ''))
  process.env.FUJIE_DEPTH ??= 'full'
process.env.FUJIE_SKIPS = join(folder, 'skips')
process.env.FUJIE_JOURNEY_RESULTS = join(folder, 'stories')
if (tier === 'journeys' && values.only !== undefined) process.env.FUJIE_STORIES = values.only

const chosen = chooseTests(
  tier,
  tier === 'journeys' ? (values.only === undefined ? 'journeys' : 'journeys/stories') : values.only,
)
if (chosen === undefined) stop(`No area is called ${values.only}; tests/tiers.json lists them.`)
const chromium = findChromium() ?? installChromium()
if (chromium === undefined && tier === 'journeys') stop('The stories need Chromium: install it or set FUJIE_CHROMIUM.')
if (chromium !== undefined && chosen.projects.includes('journeys')) await buildPages()

const vitest = await startVitest('test', [...chosen.paths], {
  project: chosen.projects.filter((name) => chromium !== undefined || name === 'node'),
  watch: values.watch === true,
  passWithNoTests: true,
  reporters: values.json === true ? [tellFailure] : ['default'],
})
if (values.watch !== true) {
  const failed = tier === 'journeys' ? tellStories(vitest) : tellGroups(vitest)
  await vitest.close()
  rmSync(folder, { recursive: true, force: true })
  process.exit(failed ? 1 : 0)
}

/** Prints the groups and the closing lines; true if the run is to fail. */
function tellGroups(vitest: Vitest): boolean {
  const modules = vitest.state.getTestModules()
  const groups = countGroups(modules)
  const total = withErrors(sum(groups), vitest)
  const browser = chromium === undefined ? browserTests(chosen?.paths ?? []) : 0
  if (values.json === true) printLines([...groups, ...crashLines(modules), ...hostileLines(modules)])
  closing([...skippedLines(folder, modules), ...noChromium(browser)], total)
  if (total.passed + total.failed === 0)
    console.error(`Nothing was tested${values.only ? ` for --only ${values.only}` : ''}.`)
  if (total.passed + total.failed === 0) return true
  return total.failed > 0 || (browser > 0 && missing('chromium'))
}

/** Prints a line for each story; true if one did not pass. */
function tellStories(vitest: Vitest): boolean {
  const total = withErrors(sum(countGroups(vitest.state.getTestModules())), vitest)
  const stories = readStories(join(folder, 'stories'), values.only)
  if (values.json === true) printLines(stories)
  else for (const { story, ok, ms } of stories) console.log(`story ${story}  ${ok ? 'passed' : 'failed'}  ${ms} ms`)
  closing(skippedLines(folder, vitest.state.getTestModules()), total)
  return total.failed > 0 || stories.length === 0 || stories.some(({ ok }) => !ok)
}

function printLines(lines: readonly object[]): void {
  for (const line of [{ machine: describeMachine() }, ...lines]) console.log(JSON.stringify(line))
}

/** The last lines; beside JSON lines they go to the error stream, so that the output stays one object a line. */
function closing(skipped: readonly string[], { passed, failed, skipped: left }: Omit<Group, 'group'>): void {
  const say = values.json === true ? console.error : console.log
  for (const line of skipped) say(line)
  say(`${passed} passed, ${failed} failed${left > 0 ? `, ${left} skipped` : ''}`)
}

function noChromium(count: number): string[] {
  return count === 0 ? [] : [`SKIPPED ${count} browser tests: no Chromium (install it or set FUJIE_CHROMIUM)`]
}

/** An error outside any test is a failure too. */
function withErrors(total: Omit<Group, 'group'>, vitest: Vitest): Omit<Group, 'group'> {
  return { ...total, failed: total.failed + vitest.state.getUnhandledErrors().length }
}

function stop(message: string): never {
  console.error(message)
  process.exit(1)
}
