import { beforeEach, describe, expect, it } from 'vitest'
import { relationships } from '@fujie/shared/core/did/document.ts'
import type { DocumentKey } from '@fujie/shared/core/record/operation.ts'
import { World } from '../../fixtures/world.ts'
import { judge } from '../judged.ts'

let world: World
beforeEach(async () => {
  world = await World.make()
})

/** The agency's key, for these purposes alone. */
async function useFor(uses: DocumentKey['for']): Promise<void> {
  const [key] = world.issuer.doc.keys as [DocumentKey]
  await world.issuer.update({ keys: [{ ...key, for: uses }] }, world.now)
}

const others = relationships.filter((each) => each !== 'assertionMethod' && each !== 'keyAgreement')

describe('a key of the issuer’s own', () => {
  it.each(others)('for %s alone signs no credential', async (use) => {
    await useFor([use])
    for (const form of ['D', 'X'] as const) {
      const judged = await judge(world, { issue: { form, index: null } })
      expect(judged.outcome).not.toBe('accepted')
      if (form === 'D') expect(judged).toMatchObject({ outcome: 'rejected', codes: ['issuer.key_unknown'] })
    }
  })

  it('for everything else at once signs none either', async () => {
    await useFor(others)
    expect(await judge(world, { issue: { index: null } })).toMatchObject({ codes: ['issuer.key_unknown'] })
  })

  it('notices when the defence is gone: for assertions it signs', async () => {
    await useFor(['assertionMethod'])
    expect((await judge(world, { issue: { index: null } })).outcome).toBe('accepted')
    await useFor(others)
    expect((await judge(world, { issue: { index: null } })).without('issuer.key_unknown')).toBe('accepted')
  })
})
