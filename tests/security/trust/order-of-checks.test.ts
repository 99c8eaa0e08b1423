import { beforeEach, describe, expect, it } from 'vitest'
import { gatherForPresentation } from '@fujie/shared/evidence/gather.ts'
import { registryOverHttp } from '@fujie/shared/evidence/registry-over-http.ts'
import { statusListsOverHttp } from '@fujie/shared/evidence/status-over-http.ts'
import type { HttpRequest } from '@fujie/shared/ports/http.ts'
import { worldHttp } from '../../fixtures/counter.ts'
import { Party, testSigner } from '../../fixtures/party.ts'
import { World, type IssueOptions } from '../../fixtures/world.ts'

const registry = 'https://registry.example'

let world: World
let asked: string[]
beforeEach(async () => {
  world = await World.make()
  asked = []
})

async function gather(issue: IssueOptions): Promise<void> {
  const inner = worldHttp(world)
  const http = {
    send(request: HttpRequest) {
      asked.push(request.url)
      return inner.send(request)
    },
  }
  const ports = { registry: registryOverHttp(http, registry), statusLists: statusListsOverHttp(http) }
  await gatherForPresentation(await world.present(await world.issue(issue)), world.policy(), ports, world.now)
}

const addressesOfCredential = () => asked.filter((url) => !url.startsWith(`${registry}/`))

describe('no address of a credential is opened', () => {
  it.each<[string, (world: World) => Promise<IssueOptions> | IssueOptions]>([
    [
      'whose issuer nobody accredited',
      async (here) => {
        const stranger = await Party.join('stranger', here.log, here.now)
        return { signer: stranger.signer(), kid: stranger.kid(), payload: { iss: stranger.did } }
      },
    ],
    ['of a type its issuer has no right to', () => ({ payload: { vct: 'urn:fujie:cn:degree:1' } })],
    ['whose issuer had no right yet', () => ({ issuedAt: World.start - 400 * 86_400, expiresAt: World.start + 1 })],
    [
      'whose issuer is suspended',
      async (here) => {
        await here.accredit({}, here.now, 'suspended')
        return {}
      },
    ],
    [
      'whose issuer is deactivated',
      async (here) => {
        await here.issuer.deactivate(here.now)
        return {}
      },
    ],
    ['under a key that is not there', (here) => ({ kid: here.issuer.kid('k9') })],
    ['whose signature does not hold', () => ({ signer: testSigner('thief') })],
    ['that has ended', () => ({ expiresAt: World.start - 600 })],
    ['that names two parties', () => ({ payload: { iss: 'https://other.example' } })],
    ['that names nobody', () => ({ header: { kid: undefined }, payload: { iss: undefined } })],
  ])('%s', async (_what, makeIssue) => {
    await gather(await makeIssue(world))
    expect(addressesOfCredential()).toEqual([])
  })

  it('asks of a stranger nothing but whether anybody accredited it', async () => {
    const stranger = await Party.join('stranger', world.log, world.now)
    await gather({ signer: stranger.signer(), kid: stranger.kid(), payload: { iss: stranger.did } })
    expect(asked.every((url) => /\/(lists|proof\/acc)\b/.test(url))).toBe(true)
  })

  it('notices when the defence is gone: one that is in order has its list opened', async () => {
    await gather({})
    expect(addressesOfCredential()).toEqual([world.statusUri])
  })
})
