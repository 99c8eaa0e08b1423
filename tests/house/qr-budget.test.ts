import { beforeAll, describe, expect, it } from 'vitest'
import { qrModules, qrVersion } from '@fujie/shared/ui/qr-symbol.ts'
import { purposes } from '../../verifier/desk/purposes/purposes.ts'
import { answerCodeOf, counterCodeOf, demoCodes, requestLinkOf } from '../fixtures/demo-codes.ts'
import { World } from '../fixtures/world.ts'

/** Versions that a cheap counter reads from a dim screen (product, 6.1). */
const [mostOfLink, mostOfAnswer, mostAtMedium] = [10, 22, 18]

let world: World

beforeAll(async () => {
  world = await World.make()
})

/** The version of the symbol that shows a text; 41 where none does. */
function versionOf(text: string, correction: 'L' | 'M'): number {
  const modules = qrModules(text, correction)
  return modules === undefined ? 41 : qrVersion(modules)
}

/** Medium correction up to version 18, low beyond. */
function versionOfAnswer(text: string): number {
  const medium = versionOf(text, 'M')
  return medium <= mostAtMedium ? medium : versionOf(text, 'L')
}

describe.each(purposes.map((purpose) => [purpose.id, purpose] as const))('codes for %s', (_, purpose) => {
  it('keep the request within version 10', async () => {
    expect(versionOf(await counterCodeOf(world, purpose), 'M')).toBeLessThanOrEqual(mostOfLink)
  })

  it('keep the answer within version 22', async () => {
    const answer = await answerCodeOf(world, purpose, await counterCodeOf(world, purpose))
    expect(versionOfAnswer(answer)).toBeLessThanOrEqual(mostOfAnswer)
  })
})

describe('codes over the network', () => {
  it('keep links within version 10', async () => {
    const codes = await demoCodes(world, [])
    for (const name of ['engagement', 'offer'])
      expect(versionOf(codes.get(name) ?? '', 'M'), name).toBeLessThanOrEqual(10)
    // A request names the counter and where it is fetched from: the longest of the three.
    expect(versionOf(requestLinkOf(world), 'L')).toBeLessThanOrEqual(mostOfLink)
  })

  it('keep a part of a moving code within version 10, low correction', async () => {
    expect(versionOf((await demoCodes(world, [])).get('part') ?? '', 'L')).toBeLessThanOrEqual(mostOfLink)
  })
})

it('notices a code that is over budget', async () => {
  const purpose = purposes[0]
  if (purpose === undefined) throw new Error('no purposes')
  const code = await counterCodeOf(world, purpose)
  expect(versionOf(code + code, 'M')).toBeGreaterThan(mostOfLink)
  const answer = await answerCodeOf(world, purpose, code)
  expect(versionOfAnswer(answer.repeat(2))).toBeGreaterThan(mostOfAnswer)
})
