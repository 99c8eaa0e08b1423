import { beforeAll, describe, expect, it } from 'vitest'
import { formatDidJwk } from '@fujie/shared/core/did/jwk.ts'
import { formatDidKey } from '@fujie/shared/core/did/key.ts'
import { residentIdCounter } from '../../fixtures/resident-id.ts'
import { testSigner } from '../../fixtures/party.ts'
import { World, type IssueOptions } from '../../fixtures/world.ts'
import { judge } from '../judged.ts'

let world: World
beforeAll(async () => {
  world = await World.make()
})

const foreigner = testSigner('foreigner')
const byKey = formatDidKey(foreigner.publicJwk)
const byJwk = formatDidJwk(foreigner.publicJwk)

function signedBy(did: string): IssueOptions {
  const fragment = did.startsWith('did:key:') ? did.slice('did:key:'.length) : '0'
  return { signer: foreigner, kid: `${did}#${fragment}`, payload: { iss: did }, index: null }
}

describe('a DID that proves itself and that nobody vouched for', () => {
  it.each([byKey, byJwk])('is unknown, though its signature holds: %s', async (did) => {
    expect(await judge(world, { issue: signedBy(did) })).toMatchObject({
      outcome: 'undecided',
      codes: ['issuer.unknown'],
    })
  })

  it.each(['did:web:police.example', 'did:ethr:0x00', 'did:fujie:nobody'])('is unknown: %s', async (did) => {
    const judged = await judge(world, { issue: { ...signedBy(byKey), kid: `${did}#k1`, payload: { iss: did } } })
    expect(judged.outcome).not.toBe('accepted')
  })

  it('is trusted for the types a local anchor names, and for no others', async () => {
    const anchor = (types: readonly string[]) => ({ policy: { anchors: [{ did: byKey, types }] } })
    expect((await judge(world, { issue: signedBy(byKey), ...anchor(['urn:example:*']) })).codes).toContain(
      'issuer.not_accredited',
    )
    expect((await judge(world, { issue: signedBy(byKey), ...anchor([]) })).outcome).toBe('rejected')
    expect((await judge(world, { issue: signedBy(byJwk), ...anchor([residentIdCounter]) })).outcome).toBe('undecided')
  })

  it('notices when the defence is gone: with an anchor for the type the same is accepted', async () => {
    const policy = { anchors: [{ did: byKey, types: [residentIdCounter] }] }
    expect((await judge(world, { issue: signedBy(byKey), policy })).outcome).toBe('accepted')
  })
})
