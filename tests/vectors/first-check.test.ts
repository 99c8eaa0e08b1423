import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseEvidence } from '@fujie/shared/core/presentation/evidence.ts'
import { judgePresentation } from '@fujie/shared/core/presentation/judge.ts'
import { parsePresentationFile } from '@fujie/shared/core/presentation/presentation.ts'
import { parsePolicy } from '@fujie/shared/core/trust/policy.ts'

interface Cases {
  readonly at: number
  readonly cases: readonly {
    readonly presentation: string
    readonly evidence: string
    readonly outcome: string
    readonly codes: readonly string[]
  }[]
}

const read = (name: string) => readFileSync(join(import.meta.dirname, 'first-check', `${name}.json`), 'utf8')
const { at, cases } = JSON.parse(read('cases')) as Cases

/** Kept files, not made anew: what was once accepted stays accepted, and for ever at that time. */
describe('kept vectors: first check', () => {
  it.each(cases)('finds $presentation with $evidence $outcome', async ({ presentation, evidence, outcome, codes }) => {
    const verdict = await judgePresentation(
      parsePresentationFile(read(presentation)),
      parseEvidence(read(evidence)),
      parsePolicy(read('policy')),
      at,
    )
    expect(verdict.outcome).toBe(outcome)
    const found = verdict.findings.map(({ code }) => code)
    for (const code of codes) expect(found).toContain(code)
    if (codes.length === 0) expect(found).toEqual([])
  })
})
