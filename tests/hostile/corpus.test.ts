import { describe, expect, it } from 'vitest'
import { isFaultCode } from '@fujie/shared/core/fault.ts'
import { isFindingCode, weigh } from '@fujie/shared/core/verdict.ts'
import { expand, fileNameOf, readSet, sets, type HostileCase, type SetName } from './case.ts'
import { core, runCase, type Judge, type Outcome } from './run-case.ts'

const names = Object.keys(sets) as SetName[]
const corpus = names.map((set) => ({ set, cases: readSet(set) }))

/** What `--json` prints of the corpus: scripts/tier/hostile. */
interface Told {
  readonly refusedWithExpectedCode: boolean
  readonly twinAccepted: boolean
}

describe.each(corpus)('hostile: $set', ({ set, cases }) => {
  it.for(cases)('refuses $reason, and accepts its twin', async (hostile, { task }) => {
    const { refusedWithExpectedCode, twinAccepted, told } = await runCase(hostile)
    Object.assign(task.meta, { hostile: { refusedWithExpectedCode, twinAccepted } satisfies Told })
    expect({ refusedWithExpectedCode, twinAccepted }, told).toEqual({
      refusedWithExpectedCode: true,
      twinAccepted: true,
    })
  })

  it('keeps to its count, and every case to its form', () => {
    expect(cases.length).toBeGreaterThanOrEqual(sets[set])
    expect(new Set(cases.map(fileNameOf)).size).toBe(cases.length)
    for (const { reason, rule, expect: expected } of cases) {
      expect(rule, reason).not.toBe('')
      if (expected.kind === 'fault') expect(isFaultCode(expected.code), reason).toBe(true)
      else expect(isFindingCode(expected.code) && ['no', 'unknown'].includes(weigh(expected.code)), reason).toBe(true)
    }
  })
})

/** A judge of whom nothing is said against one code. */
function blindTo(code: string): Judge {
  return async (...of) => {
    const outcome = await core(...of)
    if (outcome.kind === 'accepted') return outcome
    if (outcome.kind === 'fault') return outcome.code === code ? { kind: 'accepted' } : outcome
    const left = outcome.findings.filter((finding) => finding.code !== code)
    return left.length === 0 ? { kind: 'accepted' } : { kind: 'finding', findings: left }
  }
}

const always =
  (outcome: Outcome): Judge =>
  () =>
    Promise.resolve(outcome)

describe('the runner', () => {
  describe.each(corpus)('over $set', ({ cases }) => {
    it('notices a judge that does not know a code', async () => {
      for (const code of new Set(cases.map((hostile) => hostile.expect.code))) {
        const hostile = cases.find((each) => each.expect.code === code) as HostileCase
        expect((await runCase(hostile, blindTo(code))).refusedWithExpectedCode, hostile.reason).toBe(false)
      }
    })

    it('notices a judge that accepts everything, and one that refuses everything', async () => {
      const [hostile] = cases as readonly [HostileCase]
      expect(await runCase(hostile, always({ kind: 'accepted' }))).toMatchObject({
        refusedWithExpectedCode: false,
        twinAccepted: true,
      })
      const refuse = always({ kind: 'fault', code: 'unexpected' })
      expect(await runCase(hostile, refuse)).toMatchObject({ refusedWithExpectedCode: false, twinAccepted: false })
    })

    it('notices a refusal for another reason, at another place, or for one reason too many', async () => {
      const hostile = cases.find((each) => each.expect.kind === 'finding')
      if (hostile === undefined || hostile.expect.kind !== 'finding') return expect(cases).not.toEqual([])
      const { code, at, beside = [] } = hostile.expect
      const findings = [code, ...beside].map((each) => ({ code: each, at }))
      const refused = async (found: typeof findings) =>
        (await runCase(hostile, always({ kind: 'finding', findings: found }))).refusedWithExpectedCode
      expect(await refused(findings)).toBe(true)
      expect(await refused([{ code: 'log.fork', at }])).toBe(false)
      expect(await refused(findings.map((each) => ({ ...each, at: 'elsewhere' })))).toBe(false)
      expect(await refused([...findings, { code: 'log.fork', at }])).toBe(false)
    })
  })
})

describe('recipes', () => {
  it('keeps large inputs small', () => {
    expect(expand({ a: { join: ['x', { repeat: 'ab', times: 3 }] }, b: [{ fill: 1, times: 2 }, null] })).toEqual({
      a: 'xababab',
      b: [1, 1, null],
    })
    expect(expand(['a', { join: 'b' as never, more: 1 }])).toEqual(['a', { join: 'b', more: 1 }])
  })
})
