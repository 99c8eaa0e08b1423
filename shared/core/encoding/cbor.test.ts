import { describe, expect, it } from 'vitest'
import { fromHex } from './bytes.ts'
import { decodeCbor, encodeCbor } from './cbor.ts'

const read = (hex: string) => decodeCbor(fromHex(hex) ?? new Uint8Array(), { maps: true })

describe('decodeCbor', () => {
  it.each([
    ['a whole number as a half float', 'f93c00'],
    ['minus zero', 'f98000'],
    ['a half float spelled as a single', 'fa3fc00000'],
    ['a single float spelled as a double', 'fb3ff8000000000000'],
    ['a number in more bytes than it needs', '1801'],
    ['an endless array', '9f01ff'],
    ['a doubled key', 'a201000100'],
    ['a tag', 'c001'],
    ['undefined', 'f7'],
    ['a text that is no UTF-8', '61ff'],
    ['half a surrogate pair', '63eda080'],
    ['bytes behind', '0101'],
    ['what is no number', 'f97e00'],
    ['a number without end', 'f97c00'],
    ['a number without beginning', 'f9fc00'],
    ['a number beyond 2^53', '1b0020000000000000'],
    ['the largest number there is', '1bffffffffffffffff'],
    ['the smallest number there is', '3bffffffffffffffff'],
    ['endless bytes', '5f4101ff'],
    ['an endless text', '7f6161ff'],
    ['an endless map', 'bf616101ff'],
    ['undefined in an array', '81f7'],
    ['a simple value', 'e0'],
    ['a list that ends too early', '8201'],
    ['nothing', ''],
  ])('refuses %s', (_, hex) => {
    expect(() => read(hex)).toThrow('bundle.malformed')
  })

  it.each([
    ['a half float', 'f93e00', 1.5],
    ['a double', 'fb3ff199999999999a', 1.1],
    ['a replacement character that was written', '63efbfbd', '\ufffd'],
    ['a number', '01', 1],
    ['the largest safe number', '1b001fffffffffffff', 9_007_199_254_740_991],
  ])('reads %s', (_, hex, value) => {
    expect(read(hex)).toBe(value)
    expect(encodeCbor(value)).toEqual(fromHex(hex))
  })

  it('gives maps as objects, and as maps where that is asked for', () => {
    const bytes = fromHex('a1616101') ?? new Uint8Array()
    expect(decodeCbor(bytes)).toEqual({ a: 1 })
    expect(decodeCbor(bytes, {})).toEqual({ a: 1 })
    expect(decodeCbor(bytes, { maps: true })).toEqual(new Map([['a', 1]]))
  })

  it('refuses nesting that has no end, and keeps standing', () => {
    expect(() => decodeCbor(new Uint8Array(100_000).fill(0x81))).toThrow('bundle.malformed')
  })
})
