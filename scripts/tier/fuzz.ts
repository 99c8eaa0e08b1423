import { campaign } from '../../tests/fuzz/campaign.ts'

/** What `npm test -- --only fuzz` takes beside; any of them makes it a campaign instead of a test. */
export const fuzzOptions = {
  seconds: { type: 'string' },
  inputs: { type: 'string' },
  target: { type: 'string' },
  seed: { type: 'string' },
  keep: { type: 'string' },
} as const

export type FuzzValues = { readonly [name in keyof typeof fuzzOptions]?: string | undefined }

export function asksForCampaign(only: string | undefined, values: FuzzValues): boolean {
  return only === 'fuzz' && Object.keys(fuzzOptions).some((name) => values[name as keyof FuzzValues] !== undefined)
}

/**
 * Fuzzes for so many seconds in all, shared evenly by the targets, or with so many inputs for each, or one target alone.
 * A line for each target, one for all; what failed goes to the error stream. True if something did.
 */
export async function runCampaign(
  { seconds, inputs, target, seed, keep }: FuzzValues,
  json: boolean,
): Promise<boolean> {
  const sum = { target: 'all', inputs: 0, seconds: 0, blocks: 0, kept: 0, slowestMs: 0, foreign: 0 }
  const options = {
    ...(seconds === undefined ? {} : { seconds: numberOf(seconds) }),
    ...(inputs === undefined ? {} : { inputs: numberOf(inputs) }),
    ...(target === undefined ? {} : { target }),
    ...(keep === undefined ? {} : { keep }),
    seed: numberOf(seed ?? '1'),
  }
  for await (const row of campaign(options)) {
    if ('failure' in row) {
      console.error(row.failure)
      continue
    }
    tell(row, json)
    for (const name of ['inputs', 'seconds', 'blocks', 'kept', 'foreign'] as const) sum[name] += row[name]
    sum.slowestMs = Math.max(sum.slowestMs, row.slowestMs)
  }
  tell({ ...sum, seconds: Math.round(sum.seconds) }, json)
  return sum.foreign > 0
}

function tell(row: object, json: boolean): void {
  if (json) console.log(JSON.stringify(row))
  else
    console.log(
      Object.entries(row)
        .map(([name, value]) => `${name} ${String(value)}`)
        .join('  '),
    )
}

function numberOf(text: string): number {
  const value = Number(text)
  if (!Number.isFinite(value) || value < 0) throw new RangeError(`${text} is no number`)
  return value
}
