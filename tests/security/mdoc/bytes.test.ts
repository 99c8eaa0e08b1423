import { beforeAll, describe, expect, it } from 'vitest'
import type { World } from '../../fixtures/world.ts'
import { faultCode } from '@fujie/shared/core/fault.ts'
import { judgePresentation } from '@fujie/shared/core/presentation/judge.ts'
import type { PresentationRequest } from '@fujie/shared/core/presentation/presentation.ts'
import {
  issueLicence,
  licencePresentation,
  licenceRequest,
  presentLicence,
  worldOfLicences,
} from '../../fixtures/mdoc.ts'

let world: World
let request: PresentationRequest
let good: Buffer

beforeAll(async () => {
  world = await worldOfLicences()
  request = licenceRequest(world)
  const { credentials } = await presentLicence(world, await issueLicence(world), { request })
  good = Buffer.from(credentials[0]?.credential.text ?? '', 'base64url')
})

/** How bytes fare: the code of a fault, the outcome of a judgement; a foreign exception would be 'unexpected'. */
async function fate(bytes: Buffer): Promise<string> {
  try {
    const presentation = licencePresentation(request, bytes.toString('base64url'))
    return (await judgePresentation(presentation, world.evidence(), world.policy(), world.now)).outcome
  } catch (thrown) {
    return faultCode(thrown)
  }
}

const count = (fates: readonly string[]) => Object.groupBy(fates, (each) => each)

describe('the bytes of an mdoc', () => {
  it('accepts them whole', async () => {
    expect(await fate(good)).toBe('accepted')
    expect(good.length).toBeGreaterThan(1_500)
  })

  it('refuses every truncation with a code', async () => {
    const fates = []
    for (let end = 0; end < good.length; end++) fates.push(await fate(good.subarray(0, end)))
    expect(Object.keys(count(fates))).toEqual(['credential.malformed'])
  })

  it('refuses every flipped bit but those of what nobody reads, and never by a foreign exception', async () => {
    const accepted: number[] = []
    const fates = new Set<string>()
    // An odd step meets all eight bits by turns and each third byte.
    for (let bit = 0; bit < good.length * 8; bit += 23) {
      const flipped = Buffer.from(good)
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7))
      const came = await fate(flipped)
      fates.add(came)
      if (came === 'accepted') accepted.push(bit >> 3)
    }
    expect([...fates].toSorted()).toEqual(expect.arrayContaining(['credential.malformed', 'rejected']))
    for (const came of fates)
      expect(['credential.malformed', 'limit.exceeded', 'rejected', 'undecided']).toContain(came)
    expect(accepted).toEqual([])
  })
})
