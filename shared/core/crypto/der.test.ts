import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../tests/house/runs.ts'
import { concatBytes, fromHex, toHex } from '../encoding/bytes.ts'
import { derSignature, joseSignature, lowHalf } from './der.ts'

/** A number by X.690, 8.3: as few bytes as it needs, a zero before a high bit. The oracle. */
function integer(value: bigint): string {
  const digits = value.toString(16)
  const even = digits.length % 2 === 0 ? digits : `0${digits}`
  const positive = Number.parseInt(even.slice(0, 2), 16) > 127 ? `00${even}` : even
  return `02${byte(positive.length / 2)}${positive}`
}

function byte(value: number): string {
  return value.toString(16).padStart(2, '0')
}

function sequence(r: bigint, s: bigint): string {
  const content = integer(r) + integer(s)
  return `30${byte(content.length / 2)}${content}`
}

function fixed(value: bigint, width: number): Uint8Array {
  return fromHex(value.toString(16).padStart(2 * width, '0')) as Uint8Array
}

const widths = [32, 48]
/** Numbers of every length, with and without a high bit. */
const number = (width: number) =>
  fc
    .tuple(fc.nat({ max: 8 * width - 1 }), fc.bigInt({ min: 0n, max: 2n ** BigInt(8 * width) - 1n }))
    .map(([shift, value]) => value >> BigInt(shift))

describe.each(widths)('a signature of two numbers of %s bytes', (width) => {
  const pair = fc.tuple(number(width), number(width))

  it('is the shortest DER there is, and comes back from it', () => {
    fc.assert(
      fc.property(pair, ([r, s]) => {
        const jose = concatBytes(fixed(r, width), fixed(s, width))
        const der = derSignature(jose)
        expect(toHex(der)).toBe(sequence(r, s))
        expect(joseSignature(der, width)).toEqual(jose)
      }),
      runs.usual,
    )
  })

  it('is written into bytes of one’s own, whatever stood there', () => {
    const into = new Uint8Array(2 * width + 8).fill(0xaa)
    fc.assert(
      fc.property(pair, ([r, s]) => {
        const der = derSignature(concatBytes(fixed(r, width), fixed(s, width)), into)
        expect(der.buffer).toBe(into.buffer)
        expect(toHex(der)).toBe(sequence(r, s))
      }),
      runs.usual,
    )
  })

  it.each([
    ['zero', 0n],
    ['one', 1n],
    ['the largest byte without a high bit', 0x7fn],
    ['the smallest with one', 0x80n],
    ['two bytes', 0x0100n],
    ['the largest number', 2n ** BigInt(8 * width) - 1n],
    ['the largest without a high bit', 2n ** BigInt(8 * width - 1) - 1n],
  ])('keeps %s on either side', (_, value) => {
    for (const [r, s] of [
      [value, 1n],
      [1n, value],
    ] as const) {
      const jose = concatBytes(fixed(r, width), fixed(s, width))
      expect(toHex(derSignature(jose))).toBe(sequence(r, s))
      expect(joseSignature(derSignature(jose), width)).toEqual(jose)
    }
  })
})

describe('lowHalf', () => {
  it.each([
    [0n, true],
    [50n, true],
    [51n, false],
    [101n, false],
  ])('judges %s under the order 101', (s, low) => {
    expect(lowHalf(fixed(s, 32), 101n)).toBe(low)
  })

  it('agrees with arithmetic on numbers of any size', () => {
    const order = 2n ** 256n - 0x14551231950b75fc4402da1732fc9bebfn
    fc.assert(
      fc.property(number(32), (s) => {
        expect(lowHalf(fixed(s, 32), order)).toBe(2n * s < order)
      }),
      runs.usual,
    )
    expect(lowHalf(fixed((order - 1n) / 2n, 32), order)).toBe(true)
    expect(lowHalf(fixed((order + 1n) / 2n, 32), order)).toBe(false)
  })
})
