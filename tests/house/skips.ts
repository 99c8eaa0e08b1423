import { appendFileSync } from 'node:fs'

/** Something a test could not use. The runner turns the records into its closing `SKIPPED` lines. */
export interface Skip {
  readonly kind: 'vectors' | 'needs'
  readonly name: string
  readonly cure?: string
}

/** Tells the runner; run by hand, without a runner, says it on the console. */
export function recordSkip(skip: Skip): void {
  const file = process.env.FUJIE_SKIPS
  if (file === undefined) console.warn(`SKIPPED: no ${skip.name}${skip.cure === undefined ? '' : ` (${skip.cure})`}`)
  else appendFileSync(file, `${JSON.stringify(skip)}\n`)
}
