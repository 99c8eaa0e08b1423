import { beforeEach, describe, expect, it } from 'vitest'
import { World } from '../../fixtures/world.ts'
import { judge } from '../judged.ts'

let world: World
beforeEach(async () => {
  world = await World.make()
})

describe('a deactivated issuer', () => {
  it.each([
    ['a year before', World.start - 300 * 86_400],
    ['the day before', World.start - 86_400],
    ['that very second', World.start],
  ])('is refused for what it dated %s', async (_when, issuedAt) => {
    await world.issuer.deactivate(world.now)
    for (const form of ['D', 'X'] as const) {
      const judged = await judge(world, { issue: { issuedAt, form, index: null, expiresAt: World.start + 86_400 } })
      expect(judged.outcome).toBe('rejected')
      if (form === 'D') expect(judged.codes).toEqual(['issuer.deactivated'])
    }
  })

  it('is refused whatever weight a policy would give it', async () => {
    await world.issuer.deactivate(world.now)
    const policy = { weights: { 'issuer.deactivated': 'note' } } as const
    expect((await judge(world, { issue: { index: null }, policy })).outcome).toBe('rejected')
  })

  it('notices when the defence is gone: by what the log said before, it is accepted', async () => {
    const before = world.evidence()
    await world.issuer.deactivate(world.now)
    expect((await judge(world, { issue: { index: null }, evidence: before })).outcome).toBe('accepted')
    const judged = await judge(world, { issue: { index: null } })
    expect(judged.without('issuer.deactivated')).toBe('accepted')
  })
})
