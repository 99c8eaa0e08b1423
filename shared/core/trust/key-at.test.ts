import { beforeEach, describe, expect, it } from 'vitest'
import { Party } from '../../../tests/fixtures/party.ts'
import { World } from '../../../tests/fixtures/world.ts'
import { noEvidence, type Evidence } from '../presentation/evidence.ts'
import { VerifiedCache } from '../presentation/verified-cache.ts'
import type { DocumentKey } from '../record/operation.ts'
import { keyAt } from './key-at.ts'

const now = World.start

let world: World

beforeEach(async () => {
  world = await World.make()
})

function find(at = now, did = world.issuer.did, evidence: Evidence = world.evidence()) {
  const grounds = { evidence, policy: world.policy(), now: world.now, cache: new VerifiedCache() }
  return keyAt(did, ({ id }) => id === 'k1', at, grounds)
}

function old(): Promise<void> {
  return world.log.stamp(world.now - 601)
}

async function replaceKey(change: Partial<DocumentKey>): Promise<void> {
  const [known] = world.issuer.doc.keys
  if (known === undefined) throw new Error('no key')
  await world.issuer.update({ keys: [{ ...known, ...change }] }, world.now)
}

describe('a key of the log', () => {
  it('is found by what it is meant by', async () => {
    expect(await find()).toStrictEqual({ codes: [], key: world.issuer.doc.keys[0]?.jwk })
  })

  it('is looked at all the same where it may no longer be relied on, and told', async () => {
    for (const [change, code] of [
      [{ compromised: true }, 'issuer.key_withdrawn'],
      [{ compromised: true, for: ['authentication'] }, 'issuer.key_withdrawn'],
      [{ retired: now - 1 }, 'issuer.key_withdrawn'],
      [{ retired: now + 1 }, 'issuer.key_rotated'],
      [{ from: now + 1 }, 'issuer.key_unknown'],
      [{ from: now + 1, retired: now + 2 }, 'issuer.key_unknown'],
      [{ for: ['authentication', 'capabilityInvocation'] }, 'issuer.key_unknown'],
    ] as const) {
      world = await World.make()
      await replaceKey(change)
      expect(await find()).toStrictEqual({ codes: [code], key: world.issuer.doc.keys[0]?.jwk })
    }
  })

  it('tells the age of the proof beside what it says', async () => {
    await old()
    expect((await find()).codes).toEqual(['evidence.too_old'])
    await replaceKey({ retired: now + 1 })
    await old()
    expect((await find()).codes).toEqual(['evidence.too_old', 'issuer.key_rotated'])
  })
})

describe('no key of the log', () => {
  it('is known where the log could not be asked', async () => {
    expect(await find(now, world.issuer.did, noEvidence)).toStrictEqual({ codes: ['evidence.missing'] })
  })

  it('is good once its DID is closed', async () => {
    await world.issuer.deactivate(world.now)
    await old()
    expect(await find(now - 86_400)).toStrictEqual({ codes: ['evidence.too_old', 'issuer.deactivated'] })
  })

  it('is found under another name, or of a DID that is not there', async () => {
    await replaceKey({ id: 'k9' })
    await old()
    expect(await find()).toStrictEqual({ codes: ['evidence.too_old', 'issuer.key_unknown'] })
    const elsewhere = await World.make()
    const { did } = await Party.join('nowhere', elsewhere.log, now)
    const bytes = world.log.proofBytes('did', did)
    const evidence: Evidence = { items: [{ kind: 'did_state', name: did, fetchedAt: now, bytes }] }
    expect((await find(now, did, evidence)).codes).toEqual(['evidence.too_old', 'issuer.key_unknown'])
  })
})
