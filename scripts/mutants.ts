// node scripts/run.mjs mutants [--only PATH] [--sample] [--json]: checks taken away by hand, tests/mutants/list.ts
// node scripts/run.mjs mutants --score [--only PATH,PATH] [--tests PATH,PATH] [--processes N] [--survivors] [--keep]: every small change, one at a time
import { parseArgs } from 'node:util'
import { describeMachine } from '../bench/machine.ts'
import { chooseSample, keepDigests } from './mutants/digests.ts'
import { runListed, type ListedResult } from './mutants/listed.ts'
import { keepResults, scoreLines, survivorLines } from './mutants/results.ts'
import { tryMutants } from './mutants/score.ts'
import { listed } from '../tests/mutants/list.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    tests: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    sample: { type: 'boolean', default: false },
    score: { type: 'boolean', default: false },
    survivors: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    processes: { type: 'string', default: '1' },
  },
})
process.exitCode = (await (values.score ? score() : runList())) ? 0 : 1

/** Whether every mutant of the list was killed. */
async function runList(): Promise<boolean> {
  const asked = listed.filter(({ file }) => file.startsWith(values.only))
  const chosen = values.sample ? chooseSample(asked) : asked
  if (values.json) tell({ machine: describeMachine() })
  const results = await runListed(chosen, (result) => (values.json ? tell(result) : tellPerson(result)))
  const alive = results.filter(({ fate }) => fate !== 'killed')
  if (values.json) tell({ listed: listed.length, tried: results.length, killed: results.length - alive.length })
  else console.log(`${results.length - alive.length} of ${results.length} mutants killed`)
  if (alive.length === 0 && values.keep && chosen.length === listed.length) keepDigests(listed)
  return alive.length === 0 && results.length > 0
}

function tellPerson({ fate, file, what }: ListedResult): void {
  console.log(`${fate.padEnd(9)} ${file}: ${what}`)
}

/** Whether nine in ten were killed. */
async function score(): Promise<boolean> {
  const started = Date.now()
  const tried = await tryMutants(values, Number(values.processes), (text) => console.error(text))
  if (values.survivors) for (const line of survivorLines(tried)) tell(line)
  const lines = scoreLines(tried)
  for (const line of lines) tell(line)
  const minutes = Math.round((Date.now() - started) / 60_000)
  if (values.keep) keepResults(lines, minutes)
  return (lines.at(-1)?.score ?? 0) >= 90
}

function tell(line: object): void {
  console.log(JSON.stringify(line))
}
