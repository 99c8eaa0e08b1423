import { appendFileSync } from 'node:fs'
import { expect } from 'vitest'

/** Something a test could not use. The runner turns the records into its closing `SKIPPED` lines. */
export interface Skip {
  readonly kind: 'vectors' | 'needs'
  readonly name: string
  readonly cure?: string
  /** The test file that missed it. */
  readonly file?: string | undefined
}

/** Tells the runner; run by hand, without a runner, says it on the console. */
export function recordSkip(skip: Skip): void {
  const file = process.env.FUJIE_SKIPS
  const record = { ...skip, file: expect.getState().testPath }
  if (file === undefined) console.warn(`SKIPPED: no ${skip.name}${skip.cure === undefined ? '' : ` (${skip.cure})`}`)
  else appendFileSync(file, `${JSON.stringify(record)}\n`)
}
