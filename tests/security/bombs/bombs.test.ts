import { describe, expect, it } from 'vitest'
import { Coverage } from '../../fuzz/engine/coverage.ts'

const coverage = Coverage.start()
const { bombs } = await import('./bombs.ts')
const { Fault } = await import('@fujie/shared/core/fault.ts')

async function endOf(setOff: () => unknown): Promise<string> {
  try {
    return (await setOff()) === undefined ? 'undefined' : 'value'
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.code
    throw thrown
  }
}

/** How often runs of code were entered in core: work that does not depend on the machine. */
async function stepsOf(setOff: () => unknown): Promise<number> {
  coverage.take()
  await endOf(setOff)
  return coverage.take().reduce((sum, { count }) => sum + count, 0)
}

/** What 64 KiB may cost, read letter by letter with a few steps for each; times are in `npm run bench -- bombs`. */
const mostSteps = 1_500_000

describe('a bomb', () => {
  it('has a name of its own', () => {
    expect(new Set(bombs.map(({ name }) => name)).size).toBe(bombs.length)
  })

  it.each(bombs)('($name) ends in $ends', async ({ ends, make }) => {
    expect(await endOf(make())).toBe(ends)
  })

  it.each(bombs)('($name) takes few steps', async ({ make }) => {
    expect(await stepsOf(make())).toBeLessThan(mostSteps)
  })

  it('is noticed where each step leads to as many again', async () => {
    const { compareBytes } = await import('@fujie/shared/core/encoding/bytes.ts')
    const many = Array.from({ length: 1_300 }, (_, i) => Uint8Array.of(i >> 8, i & 255))
    expect(
      await stepsOf(() => many.map((one) => many.filter((other) => compareBytes(one, other) < 0))),
    ).toBeGreaterThan(mostSteps)
  })
})
