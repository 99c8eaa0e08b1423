import { beforeEach, describe, expect, it } from 'vitest'
import { Fault } from '@fujie/shared/core/fault.ts'
import { judgePresentation } from '@fujie/shared/core/presentation/judge.ts'
import type { Policy } from '@fujie/shared/core/trust/policy.ts'
import type { EvidencePorts } from '@fujie/shared/evidence/collect.ts'
import { gatherForPresentation } from '@fujie/shared/evidence/gather.ts'
import { createMemoryStore } from '@fujie/shared/evidence/memory-store.ts'
import { registryOverHttp } from '@fujie/shared/evidence/registry-over-http.ts'
import { statusListsOverHttp } from '@fujie/shared/evidence/status-over-http.ts'
import type { Http } from '@fujie/shared/ports/http.ts'
import { worldHttp } from '../../fixtures/counter.ts'
import { World } from '../../fixtures/world.ts'

const ttl = 600
const promised = ttl + 60

let world: World
let isCut: (url: string) => boolean
let store: ReturnType<typeof createMemoryStore>
beforeEach(async () => {
  world = await World.make()
  isCut = () => false
  store = createMemoryStore()
})

function ports(more: Partial<EvidencePorts> = {}): EvidencePorts {
  const inner = worldHttp(world)
  const http: Http = {
    send: (request) => (isCut(request.url) ? Promise.reject(new Fault('fetch.unreachable')) : inner.send(request)),
  }
  return {
    registry: registryOverHttp(http, 'https://registry.example'),
    statusLists: statusListsOverHttp(http),
    store,
    ...more,
  }
}

async function outcomeNow(policy: Policy = world.policy(), more: Partial<EvidencePorts> = {}): Promise<string> {
  const presentation = await world.present(await world.issue())
  const evidence = await gatherForPresentation(presentation, policy, ports(more), world.now)
  return (await judgePresentation(presentation, evidence, policy, world.now)).outcome
}

/** Revokes, lets time pass in steps, and tells after how many seconds the document was no longer accepted. */
async function seenAfter(policy?: Policy, more?: Partial<EvidencePorts>): Promise<number> {
  expect(await outcomeNow(policy, more)).toBe('accepted')
  await world.setStatus(7, 1)
  for (let passed = 0; passed <= 4 * promised; passed += 15) {
    if ((await outcomeNow(policy, more)) !== 'accepted') return passed
    world.now += 15
    await world.log.stamp(world.now)
  }
  return Infinity
}

describe('a revocation', () => {
  it('is seen within a minute where registry and list answer', async () => {
    expect(await seenAfter()).toBeLessThanOrEqual(60)
  })

  it('is seen within the list’s time and a minute where its host no longer answers', async () => {
    await outcomeNow()
    isCut = (url) => url === world.statusUri
    expect(await seenAfter()).toBeLessThanOrEqual(promised)
  })

  it('is seen within the list’s time and a minute where nobody answers any more', async () => {
    await outcomeNow()
    isCut = () => true
    expect(await seenAfter()).toBeLessThanOrEqual(promised)
  })

  it('is still seen after that', async () => {
    await seenAfter()
    world.now += 3_600
    await world.log.stamp(world.now)
    await world.publishStatus()
    expect(await outcomeNow()).toBe('rejected')
  })

  it('notices when the defence is gone: whoever uses again whatever he has never sees it', async () => {
    const trusting = world.policy({ log: world.log.trust({ maxEvidenceAge: 30 * 86_400 }) })
    await outcomeNow(trusting)
    isCut = () => true
    expect(await seenAfter(trusting)).toBe(Infinity)
  })
})
