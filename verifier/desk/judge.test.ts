import { beforeAll, describe, expect, it } from 'vitest'
import { generatePrivateJwk } from '@fujie/shared/adapters/signer-file.ts'
import { formatKeyBinding } from '@fujie/shared/core/credential/key-binding.ts'
import { thumbprint } from '@fujie/shared/core/crypto/key.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { presentDisclosures } from '@fujie/shared/core/credential/present.ts'
import type { UnverifiedSdJwt } from '@fujie/shared/core/credential/sd-jwt.ts'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import {
  issueLicence,
  licenceQuery,
  licenceRequest,
  presentLicence,
  worldOfLicences,
} from '../../tests/fixtures/mdoc.ts'
import { openDesk as open } from '../../tests/fixtures/counter.ts'
import { World } from '../../tests/fixtures/world.ts'
import { sweep } from './check.ts'
import type { Desk } from './desk.ts'
import { judgeAnswer, replayKey } from './judge.ts'
import type { AskedAt } from './ports.ts'
import { hotelCheckIn } from './purposes/hotel-check-in.ts'

let world: World
let credential: UnverifiedSdJwt
beforeAll(async () => {
  world = await World.make()
  credential = await world.issue()
})

const openDesk = () => open(world, audience)
const audience = 'decentralized_identifier:did:example:hotel'

function asked(nonce: string): AskedAt {
  const responseUri = 'https://hotel.example/vp/responses/A'
  return { responseUri, answerHash: 'h', nonce, state: 's', key: { ...generatePrivateJwk('P-256') }, at: world.now }
}

/** A presentation of the credential, signed anew each time. */
async function answer(nonce: string, given = credential): Promise<ReadonlyMap<string, readonly string[]>> {
  const presented = presentDisclosures(given, [['basic']])
  const { header, payload } = formatKeyBinding(presented, { audience, nonce }, world.now)
  return new Map([['counter', [presented + (await signJws(world.holder, header, payload))]]])
}

const codes = async (desk: Desk, nonce: string, token: ReadonlyMap<string, readonly string[]>) => {
  const { outcome, findings } = await judgeAnswer(desk, hotelCheckIn, asked(nonce), token)
  return { outcome, found: findings.map(({ code }) => code) }
}

describe('the replay memory', () => {
  it('accepts an answer once, and refuses it and one signed anew for the same nonce', async () => {
    const desk = openDesk()
    const token = await answer('nonce-1')
    expect(await codes(desk, 'nonce-1', token)).toEqual({ outcome: 'accepted', found: ['credential.person_check'] })
    const again = { outcome: 'rejected', found: ['credential.person_check', 'key_binding.replayed'] }
    expect(await codes(desk, 'nonce-1', token)).toEqual(again)
    expect(await codes(desk, 'nonce-1', await answer('nonce-1'))).toEqual(again)
  })

  it('accepts the same copy under another nonce, and another copy under the same', async () => {
    const desk = openDesk()
    expect((await codes(desk, 'nonce-1', await answer('nonce-1'))).outcome).toBe('accepted')
    expect((await codes(desk, 'nonce-2', await answer('nonce-2'))).outcome).toBe('accepted')
    expect((await codes(desk, 'nonce-1', await answer('nonce-1', await world.issue()))).outcome).toBe('accepted')
  })

  it('keeps nothing of what is refused anyway', async () => {
    const desk = openDesk()
    const token = await answer('nonce-1')
    expect((await codes(desk, 'another', token)).found).toContain('key_binding.wrong_nonce')
    expect((await codes(desk, 'nonce-1', token)).outcome).toBe('accepted')
  })

  it('lasts 24 hours over every sweep', async () => {
    const key = replayKey('hotel-check-in', utf8(credential.jws.signedText), 'nonce-1')
    const desk = openDesk()
    await codes(desk, 'nonce-1', await answer('nonce-1'))
    await sweep(desk)
    expect(await desk.ports.checks.remember(key, 0)).toBe(false)
    await desk.ports.checks.sweep(0, world.now + 86_400 - 1)
    expect(await desk.ports.checks.remember(key, 0)).toBe(false)
    await desk.ports.checks.sweep(0, world.now + 86_400)
    expect(await desk.ports.checks.remember(key, 0)).toBe(true)
  })

  it('tells purposes, copies and nonces apart', () => {
    const input = utf8(credential.jws.signedText)
    const keys = [
      replayKey('a', input, 'n'),
      replayKey('b', input, 'n'),
      replayKey('a', input.slice(1), 'n'),
      replayKey('a', input, 'm'),
    ]
    expect(new Set(keys).size).toBe(4)
  })
})

describe('an mdoc at the desk', () => {
  it('is accepted once, for the address and the key of this very request', async () => {
    const licences = await worldOfLicences()
    const issued = await issueLicence(licences)
    const desk = open(licences, audience)
    const purpose = { ...hotelCheckIn, dcql: licenceQuery() }
    const given = async (nonce: string, changes: Partial<AskedAt> = {}) => {
      const at = { ...asked(nonce), at: licences.now }
      const request = { ...licenceRequest(licences), audience, nonce, responseUri: at.responseUri }
      const shownFor = { responseKey: thumbprint(at.key) }
      const { credentials } = await presentLicence(licences, issued, { request, shownFor })
      const token = new Map([['licence', credentials.map((each) => each.credential.text)]])
      const { outcome, findings } = await judgeAnswer(desk, purpose, { ...at, ...changes }, token)
      return { outcome, found: findings.map(({ code }) => code) }
    }
    expect(await given('nonce-1')).toEqual({ outcome: 'accepted', found: ['credential.person_check'] })
    expect((await given('nonce-1')).found).toContain('key_binding.replayed')
    expect((await given('nonce-2')).outcome).toBe('accepted')
    const elsewhere = { responseUri: 'https://hotel.example/vp/responses/B' }
    expect((await given('nonce-3', elsewhere)).found).toContain('key_binding.signature_invalid')
    const another = { key: { ...generatePrivateJwk('P-256') } }
    expect((await given('nonce-3', another)).found).toContain('key_binding.signature_invalid')
  })
})
