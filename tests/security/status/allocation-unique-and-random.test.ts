import { describe, expect, it } from 'vitest'
import { OffersSqlite } from '@fujie/issuer/adapters/offers-sqlite.ts'
import { drawBelow } from '@fujie/issuer/desk/offer.ts'
import { systemRandom } from '@fujie/shared/adapters/random-system.ts'

/** Places drawn by night, and by a commit. */
const count = process.env.FUJIE_DEPTH === 'full' ? 1_000_000 : 60_000
/** As full as a list gets before the next is begun, about half. */
const entries = 2 * count
const parts = 64

function take(draw = (below: number) => drawBelow(systemRandom, below)): readonly number[] {
  const offers = new OffersSqlite(':memory:')
  try {
    return Array.from({ length: count }, () => offers.takeIndex(0, entries, draw))
  } finally {
    offers.close()
  }
}

/** Pearson's χ² of how often each of some equally likely things came. */
function chiSquare(things: readonly number[], kinds: number): number {
  const found = new Array<number>(kinds).fill(0)
  for (const thing of things) found[thing] = (found[thing] as number) + 1
  const expected = things.length / kinds
  return found.reduce((sum, each) => sum + (each - expected) ** 2 / expected, 0)
}

const partOf = (index: number) => Math.floor((index * parts) / entries)
/** One in a thousand million, for 63 degrees of freedom, and for the 4,095 of pairs. */
const most = { parts: 150, pairs: 4_680 }

const pairsOf = (taken: readonly number[]) =>
  taken.slice(1).map((index, i) => parts * partOf(taken[i] as number) + partOf(index))

describe('places in a status list', () => {
  const taken = take()

  it('are each given once, and lie in the list', () => {
    expect(new Set(taken).size).toBe(count)
    expect(taken.every((index) => Number.isInteger(index) && index >= 0 && index < entries)).toBe(true)
  })

  it('are spread evenly, and tell nothing of the next', () => {
    expect(chiSquare(taken.map(partOf), parts)).toBeLessThan(most.parts)
    expect(chiSquare(pairsOf(taken), parts * parts)).toBeLessThan(most.pairs)
    // Bits of a place, one by one: none is always the same.
    for (const bit of [0, 1, 2, 7])
      expect(
        chiSquare(
          taken.map((index) => (index >> bit) & 1),
          2,
        ),
      ).toBeLessThan(40)
  })

  it('would be found to follow each other, if they did', () => {
    let next = 0
    const inOrder = take(() => next++)
    expect(chiSquare(inOrder.map(partOf), parts)).toBeGreaterThan(most.parts)
    expect(chiSquare(pairsOf(inOrder), parts * parts)).toBeGreaterThan(most.pairs)
  })

  it('are drawn again where one is taken already', () => {
    const offers = new OffersSqlite(':memory:')
    const drawn = [5, 5, 5, 6]
    const places = [1, 2].map(() => offers.takeIndex(0, entries, () => drawn.shift() as number))
    expect(places).toEqual([5, 6])
    expect(offers.takeIndex(1, entries, () => 5)).toBe(5)
    expect(() => offers.takeIndex(0, entries, () => 5)).toThrow('store.full')
    offers.close()
  })
})
