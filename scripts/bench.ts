// npm run bench -- [NAME]... [--row ROW]... [--json] [--names N] [--no-peers]: the figures of bench/NAME.bench.ts, all of
// them without a name; of `verify` the rows that are asked for, else all. A registry is measured with N DIDs in it, a
// million unless told, beside those of others, who are installed in tests/oracles for that, unless they are not wanted.
import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { describeMachine } from '../bench/machine.ts'
import type { Row } from '../bench/row.ts'

/** What a file `bench/NAME.bench.ts` exports. */
interface Bench {
  /** `wanted`: only these rows; a bench whose rows hang together gives all. */
  rows(wanted?: readonly string[]): AsyncIterable<Row>
}

const folder = join(import.meta.dirname, '../bench')
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean' },
    row: { type: 'string', multiple: true },
    names: { type: 'string' },
    'no-peers': { type: 'boolean' },
  },
})
const known = globSync('*.bench.ts', { cwd: folder }).map((file) => basename(file, '.bench.ts'))
const unknown = positionals.filter((name) => !known.includes(name))
if (unknown.length > 0) {
  console.error(`No bench is called ${unknown.join(', ')}; there are ${known.toSorted().join(', ')}.`)
  process.exit(1)
}

const machine = describeMachine()
console.log(
  values.json === true ? JSON.stringify({ machine }) : `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}`,
)
for (const name of positionals.length > 0 ? positionals : known.toSorted()) {
  const { rows } = (await import(pathToFileURL(join(folder, `${name}.bench.ts`)).href)) as Bench
  for await (const row of rows(values.row)) console.log(values.json === true ? JSON.stringify(row) : describeRow(row))
}

function describeRow({ bench, row, unit, ours, limit, peers, ...ratios }: Row): string {
  const { ofLimit, ofLimitSpread, timesBestPeer, timesBestPeerSpread } = ratios
  const budget =
    limit === undefined
      ? ''
      : `  limit ${limit}${ofLimit === undefined ? '' : ` (${ofLimit}×${spread(ofLimitSpread)})`}`
  const others = Object.entries(peers ?? {}).map(([peer, figure]) => `${peer} ${figure}`)
  const times = timesBestPeer === undefined ? '' : ` (${timesBestPeer}× the best${spread(timesBestPeerSpread)})`
  const beside = others.length === 0 ? '' : `  ${others.join(', ')}${times}`
  return `${bench.padEnd(9)} ${row.padEnd(32)} ${`${ours ?? '–'} ${unit}`.padStart(14)}${budget}${beside}`
}

function spread(quartiles: readonly [number, number] | undefined): string {
  return quartiles === undefined ? '' : `, ${quartiles.join('–')}`
}
