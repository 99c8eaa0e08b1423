import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../tests/house/runs.ts'
import { deflate } from '../crypto/primitive.node.ts'
import { concatBytes } from '../encoding/bytes.ts'
import { limits } from '../limits.ts'
import { compressStatusList, countEntries, openStatusList, packStatusList, statusAt } from './list.ts'

const values = fc
  .constantFrom(1 as const, 2 as const, 4 as const, 8 as const)
  .chain((bits) => fc.tuple(fc.constant(bits), fc.array(fc.nat(2 ** bits - 1), { minLength: 1, maxLength: 40 })))
  .map(
    ([bits, some]) =>
      [bits, Array.from({ length: 8 * some.length }, (_, i) => some[i % some.length] as number)] as const,
  )

describe('a status list', () => {
  it('keeps every value at its index, and has none beyond', () => {
    fc.assert(
      fc.property(values, ([bits, each]) => {
        const list = packStatusList(bits, each)
        expect(each.map((_, i) => statusAt(list, i))).toEqual(each)
        expect(countEntries(list)).toBe(each.length)
        for (const index of [each.length, each.length + 7, 2 ** 40]) expect(statusAt(list, index)).toBeUndefined()
      }),
      runs.usual,
    )
  })

  it('opens as it was packed, and not with anything behind it or cut from it', async () => {
    await fc.assert(
      fc.asyncProperty(
        values,
        fc.uint8Array({ minLength: 1, maxLength: 9 }),
        fc.nat(),
        async ([bits, each], more, cut) => {
          const list = packStatusList(bits, each)
          const packed = await compressStatusList(list)
          expect(await openStatusList(bits, packed)).toEqual(list)
          expect(await openStatusList(bits, concatBytes(packed, more))).toBeUndefined()
          expect(await openStatusList(bits, packed.slice(0, cut % packed.length))).toBeUndefined()
        },
      ),
      runs.signing,
    )
  })

  it('opens up to the cap and never beyond', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: -3, max: 3 }), async (beside) => {
        const packed = deflate(new Uint8Array(limits.statusListInflated + beside), 'zlib')
        expect((await openStatusList(1, packed)) !== undefined).toBe(beside <= 0)
      }),
      { numRuns: 20 },
    )
  })
})
