import { beforeEach, describe, expect, it } from 'vitest'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault, type FaultCode } from '@fujie/shared/core/fault.ts'
import { judgePresentation } from '@fujie/shared/core/presentation/judge.ts'
import { findings, weigh, type FindingCode, type Weight } from '@fujie/shared/core/verdict.ts'
import { gatherForPresentation } from '@fujie/shared/evidence/gather.ts'
import { registryOverHttp } from '@fujie/shared/evidence/registry-over-http.ts'
import { statusListsOverHttp } from '@fujie/shared/evidence/status-over-http.ts'
import type { Http } from '@fujie/shared/ports/http.ts'
import { worldHttp } from '../../fixtures/counter.ts'
import { World } from '../../fixtures/world.ts'
import { judge } from '../judged.ts'

let world: World
beforeEach(async () => {
  world = await World.make()
})

/** Gathers over a network in which the host of the list behaves as it is told to. */
async function gathered(list: Http['send']) {
  const inner = worldHttp(world)
  const http: Http = { send: (request) => (request.url === world.statusUri ? list(request) : inner.send(request)) }
  const ports = { registry: registryOverHttp(http, 'https://registry.example'), statusLists: statusListsOverHttp(http) }
  const presentation = await world.present(await world.issue())
  const evidence = await gatherForPresentation(presentation, world.policy(), ports, world.now)
  const { outcome, findings: found } = await judgePresentation(presentation, evidence, world.policy(), world.now)
  return { outcome, codes: found.map(({ code }) => code) }
}

describe('a status that cannot be had', () => {
  it.each<FaultCode>([
    ...(['fetch.unreachable', 'fetch.timeout', 'fetch.too_large', 'fetch.redirect'] as const),
    ...(['fetch.blocked_address', 'fetch.insecure', 'fetch.refused'] as const),
  ])('leaves it open: %s', async (code) => {
    const judged = await gathered(() => Promise.reject(new Fault(code)))
    expect(judged).toEqual({ outcome: 'undecided', codes: ['credential.status_unknown'] })
  })

  it.each([204, 301, 400, 404, 410, 500, 503])('leaves it open: a list answered with %i', async (status) => {
    const body = world.statusToken
    const judged = await gathered(() => Promise.resolve({ status, headers: {}, body }))
    expect(judged).toEqual({ outcome: 'undecided', codes: ['credential.status_unknown'] })
  })

  it.each([
    ['nothing', ''],
    ['a page', '<!doctype html>'],
    ['JSON that says all is well', '{"status":"valid"}'],
    ['a token without a signature', 'e30.e30.'],
  ])('leaves it open: %s in its place', async (_what, text) => {
    const judged = await gathered(() => Promise.resolve({ status: 200, headers: {}, body: utf8(text) }))
    expect(judged.outcome).toBe('undecided')
    expect(judged.codes).toContain('credential.status_unknown')
  })

  it('leaves it open where the log says nothing of the list', async () => {
    const judged = await judge(world, { evidence: world.evidence({ status_digest: null }) })
    expect(judged.outcome).toBe('undecided')
    expect(judged.codes).toContain('credential.status_unknown')
  })

  it.each<[string, object]>([
    ['a number', { status: 1 }],
    ['an empty one', { status: {} }],
    ['no index', { status: { status_list: { uri: 'https://police.example/status/1' } } }],
    ['a negative index', { status: { status_list: { uri: 'https://police.example/status/1', idx: -1 } } }],
    ['a broken index', { status: { status_list: { uri: 'https://police.example/status/1', idx: 1.5 } } }],
    ['an index as text', { status: { status_list: { uri: 'https://police.example/status/1', idx: '7' } } }],
    ['no address', { status: { status_list: { uri: 7, idx: 7 } } }],
  ])('leaves it open where the reference is %s', async (_what, payload) => {
    const judged = await judge(world, { issue: { payload: payload as Record<string, never> } })
    expect(judged).toMatchObject({ outcome: 'undecided', codes: ['credential.status_unknown'] })
  })

  it('can be made good by no policy', async () => {
    const status = (Object.keys(findings) as FindingCode[]).filter(
      (code) => code.startsWith('status.') || code === 'credential.status_unknown' || code === 'credential.revoked',
    )
    for (const code of status.filter((each) => each !== 'status.fetched_on_demand'))
      for (const weight of ['note', 'check', 'no', 'unknown'] satisfies Weight[])
        expect(['no', 'unknown']).toContain(weigh(code, { [code]: weight }))
    const weights = { 'credential.status_unknown': 'note' } as const
    const evidence = world.evidence({ status_token: null })
    expect((await judge(world, { evidence, policy: { weights } })).outcome).toBe('undecided')
  })

  it('notices when the defence is gone: unknown taken as valid accepts', async () => {
    const judged = await judge(world, { evidence: world.evidence({ status_token: null }) })
    expect(judged.without('credential.status_unknown')).toBe('accepted')
    const answer = () => Promise.resolve({ status: 200, headers: {}, body: world.statusToken })
    expect(await gathered(answer)).toEqual({ outcome: 'accepted', codes: [] })
  })
})
