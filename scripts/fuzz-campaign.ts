// node scripts/run.mjs fuzz-campaign [--until N] [--seconds N]: fuzzes in rounds, each from another seed, until N inputs
// were run in all, ten million unless told, and counts them in tests/fuzz/results.json. Stopped, it goes on from there.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { describeMachine } from '../bench/machine.ts'
import { campaign } from '../tests/fuzz/campaign.ts'

/** What was run so far. */
interface Results {
  readonly machine: object
  date: string
  inputs: number
  foreign: number
  /** Seed of the next round. */
  seed: number
  readonly targets: Record<
    string,
    { inputs: number; seconds: number; blocks: number; slowestMs: number; foreign: number }
  >
}

const file = join(import.meta.dirname, '../tests/fuzz/results.json')
const { values } = parseArgs({ options: { until: { type: 'string' }, seconds: { type: 'string' } } })
const until = Number(values.until ?? 10_000_000)
// A round: short enough that every target has had its turn when somebody stops it.
const seconds = Number(values.seconds ?? 300)
const results = read()

while (results.inputs < until) {
  for await (const row of campaign({ seconds, seed: results.seed })) {
    if ('failure' in row) console.error(row.failure)
    else count(row)
  }
  results.seed++
  keep()
  console.log(`${results.inputs} inputs, ${results.foreign} failures`)
}

function count({
  target,
  ...row
}: {
  target: string
  inputs: number
  seconds: number
  blocks: number
  slowestMs: number
  foreign: number
}) {
  const before = results.targets[target] ?? { inputs: 0, seconds: 0, blocks: 0, slowestMs: 0, foreign: 0 }
  results.targets[target] = {
    inputs: before.inputs + row.inputs,
    seconds: Math.round(before.seconds + row.seconds),
    blocks: Math.max(before.blocks, row.blocks),
    slowestMs: Math.max(before.slowestMs, row.slowestMs),
    foreign: before.foreign + row.foreign,
  }
  results.inputs += row.inputs
  results.foreign += row.foreign
  keep()
}

function keep(): void {
  results.date = new Date().toISOString().slice(0, 10)
  writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`)
}

function read(): Results {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Results
  } catch {
    return { machine: describeMachine(), date: '', inputs: 0, foreign: 0, seed: 1, targets: {} }
  }
}
