import { beforeEach, describe, expect, it } from 'vitest'
import { VerifiedCache } from '@fujie/shared/core/presentation/verified-cache.ts'
import { World } from '../../fixtures/world.ts'
import { judge, type Circumstances, type Judgement } from '../judged.ts'

let world: World
let cache: VerifiedCache
beforeEach(async () => {
  world = await World.make()
  cache = new VerifiedCache()
})

/** What befalls a document after it was accepted, and what is to be said then. */
const changes: readonly (readonly [string, (here: World) => Promise<Circumstances>, string])[] = [
  ['is revoked', async (here) => (await here.setStatus(7, 1), {}), 'credential.revoked'],
  ['is suspended', async (here) => (await here.setStatus(7, 2), {}), 'credential.suspended'],
  [
    'loses its list',
    (here) => Promise.resolve({ evidence: here.evidence({ status_token: null }) }),
    'credential.status_unknown',
  ],
  ['has an old list', (here) => Promise.resolve({ now: here.now + 86_400 }), 'status.expired'],
  ['rests on old evidence', (here) => Promise.resolve({ now: here.now + 601 }), 'evidence.too_old'],
  ['has a suspended issuer', async (here) => (await here.accredit({}, here.now, 'suspended'), {}), 'issuer.suspended'],
  ['has a deactivated issuer', async (here) => (await here.issuer.deactivate(here.now), {}), 'issuer.deactivated'],
  ['ends', (here) => Promise.resolve({ now: here.now + 40 * 86_400 }), 'credential.expired'],
]

describe('a document that was accepted a moment ago', () => {
  it.each(changes)('is looked at anew when it %s', async (_what, change, code) => {
    expect((await judge(world, { cache })).outcome).toBe('accepted')
    const after = await judge(world, { cache, ...(await change(world)) })
    expect(after.outcome).not.toBe('accepted')
    expect(after.codes).toContain(code)
  })

  it('is accepted again once it is in order again', async () => {
    await world.setStatus(7, 2)
    expect((await judge(world, { cache })).outcome).toBe('rejected')
    await world.setStatus(7, 0)
    expect((await judge(world, { cache })).outcome).toBe('accepted')
  })

  it('is judged as by one who remembers nothing', async () => {
    for (const [, change] of changes) {
      const here = await World.make()
      const kept = new VerifiedCache()
      await judge(here, { cache: kept })
      const circumstances = await change(here)
      const one = await judge(here, { cache: kept, ...circumstances })
      const other = await judge(here, circumstances)
      expect(one.codes).toEqual(other.codes)
    }
  })

  it('notices when the defence is gone: one who remembers verdicts accepts what is revoked', async () => {
    const verdicts = new Map<string, Judgement>()
    const remembering = async () => {
      const known = verdicts.get('guest') ?? (await judge(world))
      verdicts.set('guest', known)
      return known.outcome
    }
    expect(await remembering()).toBe('accepted')
    await world.setStatus(7, 1)
    expect(await remembering()).toBe('accepted')
    expect((await judge(world, { cache })).outcome).toBe('rejected')
  })
})
