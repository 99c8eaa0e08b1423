import { beforeAll, describe, expect, it } from 'vitest'
import type { Evidence } from '@fujie/shared/core/presentation/evidence.ts'
import type { FindingCode, Outcome } from '@fujie/shared/core/verdict.ts'
import { World } from '../../fixtures/world.ts'
import { judge } from '../judged.ts'

// Offline is old evidence plus a freshness rule: how old, by which rule, and what is said of it, at every edge.

let world: World
let evidence: Evidence
beforeAll(async () => {
  world = await World.make()
  evidence = world.evidence()
})

const slack = 60
const rules = [
  { maxEvidenceAge: 600, offlineGrace: 0 },
  { maxEvidenceAge: 600, offlineGrace: 600 },
  { maxEvidenceAge: 0, offlineGrace: 300 },
  { maxEvidenceAge: 3_600, offlineGrace: 43_200 },
] as const

type Cell = readonly [maxEvidenceAge: number, offlineGrace: number, age: number, code: FindingCode | '-', Outcome]

const cells: readonly Cell[] = rules.flatMap(({ maxEvidenceAge: most, offlineGrace: grace }): Cell[] => [
  [most, grace, -slack - 1, 'clock.wrong', 'undecided'],
  [most, grace, -slack, '-', 'accepted'],
  [most, grace, 0, '-', 'accepted'],
  [most, grace, most, '-', 'accepted'],
  ...(grace > 0 ? ([[most, grace, most + 1, 'evidence.old', 'accepted']] as const) : []),
  ...(grace > 0 ? ([[most, grace, most + grace, 'evidence.old', 'accepted']] as const) : []),
  [most, grace, most + grace + 1, 'evidence.too_old', 'undecided'],
])

describe('evidence of an age', () => {
  it.each(cells)('used for %i s and %i s more, %i s old: %s', async (most, grace, age, code, outcome) => {
    const log = world.log.trust({ maxEvidenceAge: most, offlineGrace: grace })
    const judged = await judge(world, { evidence, now: world.now + age, policy: { log } })
    const ages: readonly FindingCode[] = ['clock.wrong', 'evidence.old', 'evidence.too_old']
    expect(judged.codes.filter((each) => ages.includes(each))).toEqual(code === '-' ? [] : [code])
    expect(judged.outcome).toBe(outcome)
  })

  it('is not made younger by whoever kept it: the log’s own time counts', async () => {
    const fresh = { items: evidence.items.map((item) => ({ ...item, fetchedAt: world.now + 601 })) }
    const judged = await judge(world, { evidence: fresh, now: world.now + 601 })
    expect(judged.outcome).toBe('undecided')
    expect(judged.codes).toContain('evidence.too_old')
  })

  it('notices when the defence is gone: by age alone it is not accepted', async () => {
    const judged = await judge(world, { evidence, now: world.now + 601 })
    expect(judged.without('evidence.too_old', 'credential.status_unknown', 'issuer.unknown')).toBe('accepted')
  })
})
