import { describe, expect, it } from 'vitest'
import { keepFailure, openTargets } from './run-targets.ts'
import { seedsOf } from './seeds.ts'

/** Inputs for each target, the same in every run of a tier; `--seconds` goes on for as long as one likes. */
const inputs = { nightly: 50_000, release: 50_000 }[process.env.FUJIE_TIER ?? ''] ?? 400
const { targets, run } = await openTargets()

describe('every target', () => {
  it('has a name of its own, and seeds made by the product', () => {
    const names = targets.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    // What is never for us has none: no product writes it.
    expect(names.filter((name) => seedsOf(name).length === 0)).toEqual(['jwe'])
  })

  it.each(targets)('$name accepts its seeds', async ({ name, read }) => {
    for (const seed of seedsOf(name)) await read(seed)
  })

  it.each(targets)(
    '$name keeps to values and faults of our own',
    async ({ name }) => {
      const { found, blocks } = await run(name, { seed: 1, inputs })
      expect(found.map((each) => keepFailure(name, each))).toEqual([])
      expect(blocks).toBeGreaterThan(1)
    },
    20_000 + 20 * inputs,
  )
})
