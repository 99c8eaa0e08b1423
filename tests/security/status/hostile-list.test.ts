import { beforeEach, describe, expect, it } from 'vitest'
import type { Json } from '@fujie/shared/core/encoding/json.ts'
import type { FindingCode } from '@fujie/shared/core/verdict.ts'
import { Party, testSigner } from '../../fixtures/party.ts'
import { World } from '../../fixtures/world.ts'
import { judge } from '../judged.ts'

let world: World
beforeEach(async () => {
  world = await World.make()
})

type Changes = Parameters<World['publishStatus']>[0]

const cases: readonly (readonly [string, Changes, FindingCode])[] = [
  ['of another list', { payload: { sub: 'https://police.example/status/2' } }, 'status.wrong_subject'],
  [
    'of the same list in other letters',
    { payload: { sub: 'https://POLICE.example/status/1' } },
    'status.wrong_subject',
  ],
  ['of no list', { payload: { sub: null } }, 'status.wrong_subject'],
  ['without an end', { payload: { exp: null } }, 'status.no_expiry'],
  ['with an end that is no time', { payload: { exp: 'never' } }, 'status.no_expiry'],
  ['with an end beyond all numbers', { payload: { exp: 1e300 } }, 'status.no_expiry'],
  ['past its end', { payload: { iat: World.start - 86_401, exp: World.start } }, 'status.expired'],
  ['of tomorrow', { payload: { iat: World.start + 61 } }, 'status.expired'],
  ['that ended before it began', { payload: { iat: World.start, exp: World.start - 5 } }, 'status.expired'],
  ['without a beginning', { payload: { iat: null } }, 'status.expired'],
  ['signed by another key', { signer: testSigner('thief') }, 'status.signature_invalid'],
  ['in the name of another party', { kid: 'did:web:a.example#k' }, 'status.wrong_signer'],
]

describe('a list', () => {
  it.each(cases)('%s tells no status', async (_what, changes, code) => {
    await world.publishStatus(changes)
    const judged = await judge(world)
    expect(judged.outcome).toBe('undecided')
    expect(judged.codes).toEqual(['credential.status_unknown', code].toSorted())
  })

  it.each(cases)('%s does not hide that a document is withdrawn behind another reason', async (_what, changes) => {
    await world.setStatus(7, 1)
    await world.publishStatus(changes)
    const judged = await judge(world)
    expect(judged.outcome).toBe('undecided')
    expect(judged.codes).not.toContain('credential.revoked')
  })

  it.each<[string, Json]>([
    ['of three bits', { bits: 3, lst: 'eJwDAAAAAAE' }],
    ['of no bits', { bits: 0, lst: 'eJwDAAAAAAE' }],
    ['whose bits are text', { bits: '4', lst: 'eJwDAAAAAAE' }],
    ['that is none', 1],
  ])('%s tells no status', async (_what, list) => {
    await world.publishStatus({ payload: { status_list: list } })
    const judged = await judge(world)
    expect(judged.outcome).toBe('undecided')
    expect(judged.codes).toContain('credential.status_unknown')
  })

  it('of a party the issuer named no delegate tells none, and of the delegate it does', async () => {
    const agency = await Party.join('agency', world.log, world.now)
    const changes = { signer: agency.signer(), kid: agency.kid(), payload: { iss: agency.did } }
    await world.publishStatus(changes)
    expect((await judge(world)).codes).toContain('status.wrong_signer')
  })

  it('rolled back to before the withdrawal tells none', async () => {
    const before = world.statusToken
    await world.setStatus(7, 1)
    const judged = await judge(world, { evidence: world.evidence({ status_token: before }) })
    expect(judged).toMatchObject({ outcome: 'undecided', codes: ['credential.status_unknown', 'status.rolled_back'] })
    expect((await judge(world)).outcome).toBe('rejected')
  })

  it.each([131_072, 2 ** 31, Number.MAX_SAFE_INTEGER])('has no entry %i', async (index) => {
    const judged = await judge(world, { issue: { index } })
    expect(judged).toMatchObject({ outcome: 'undecided', codes: ['status.out_of_range'] })
  })

  it('notices when the defence is gone: each of these hangs on what was found, and its twin is accepted', async () => {
    for (const [, changes, code] of cases) {
      await world.publishStatus(changes)
      expect((await judge(world)).without('credential.status_unknown', code)).toBe('accepted')
    }
    await world.publishStatus()
    expect(await judge(world)).toMatchObject({ outcome: 'accepted', codes: [] })
  })
})
