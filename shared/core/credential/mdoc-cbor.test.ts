import { encode, Tagged } from 'cborg'
import { describe, expect, it } from 'vitest'
import { fromHex } from '../encoding/bytes.ts'
import { limits } from '../limits.ts'
import { CborDate, type EmbeddedCbor, jsonOfCbor, readMdocCbor } from './mdoc-cbor.ts'

const bytes = (hex: string): Uint8Array => fromHex(hex.replaceAll(' ', '')) as Uint8Array
const read = (hex: string) => readMdocCbor(bytes(hex))
const nested = (depth: number): string => `${'81'.repeat(depth)}00`

describe('CBOR of an mdoc', () => {
  it.each([
    ['a number in more bytes than it needs', '18 17', '17'],
    ['a long number in more bytes than it needs', '19 00ff', '18 ff'],
    ['a length in more bytes than it needs', '78 01 61', '61 61'],
    ['a count in more bytes than it needs', '98 01 00', '81 00'],
    ['a tag in more bytes than it needs', 'd9 0018 41 00', 'd8 18 41 00'],
    ['a negative number in more bytes than it needs', '38 00', '20'],
    ['half a fraction in four bytes', 'fa 3f800000', 'f9 3c00'],
    ['half a fraction in eight bytes', 'fb 3ff0000000000000', 'f9 3c00'],
    ['a fraction in eight bytes that fits four', 'fb 3fb99999a0000000', 'fa 3dcccccd'],
    ['an indefinite array', '9f 00 ff', '81 00'],
    ['an indefinite map', 'bf 61 61 00 ff', 'a1 61 61 00'],
    ['an indefinite text', '7f 61 61 ff', '61 61'],
    ['indefinite bytes', '5f 41 00 ff', '41 00'],
    ['a doubled key', 'a2 61 61 00 61 61 01', 'a2 61 61 00 61 62 01'],
    ['a doubled number as key', 'a2 01 00 01 01', 'a2 01 00 02 01'],
    ['bytes behind', '00 00', '00'],
    ['nothing', '', '00'],
    ['undefined', 'f7', 'f6'],
    ['a simple value', 'e5', 'f5'],
    ['not a number', 'f9 7e00', 'f9 3c00'],
    ['infinity', 'f9 7c00', 'f9 3c00'],
    ['a number beyond 2^53', '1b 0020000000000000', '1b 001fffffffffffff'],
    ['a negative number beyond 2^53', '3b 001fffffffffffff', '3b 001ffffffffffffe'],
    ['a tag nobody knows', 'c2 41 01', '41 01'],
    ['a text that is not UTF-8', '62 c328', '62 c3a9'],
    ['a text of half a pair', '63 eda080', '63 e4bda0'],
    ['a text with a byte order mark', '64 efbbbf61', '61 61'],
    ['a break', 'ff', '00'],
    ['an array with too few', '82 00', '82 00 00'],
    ['embedded CBOR that is text', 'd8 18 61 00', 'd8 18 41 00'],
    ['embedded CBOR with bytes behind', 'd8 18 42 00 00', 'd8 18 41 00'],
    ['embedded CBOR in more bytes than it needs', 'd8 18 42 18 17', 'd8 18 41 17'],
    ['embedded CBOR that is empty', 'd8 18 40', 'd8 18 41 00'],
    ['embedded CBOR inside embedded CBOR with a doubled key', 'd8 18 47 d8 18 44 a2 00 00 00', 'd8 18 44 d8 18 41 00'],
  ])('refuses %s, and accepts its twin', (_, wrong, right) => {
    expect(() => read(wrong)).toThrow(expect.objectContaining({ code: 'credential.malformed' }))
    expect(() => read(right)).not.toThrow()
  })

  it.each([
    ['a day that is none', 1004, '2026-02-30'],
    ['a day with its time', 1004, '2026-02-03T00:00:00Z'],
    ['a month that is none', 1004, '2026-13-01'],
    ['a time with a fraction', 0, '2026-02-03T00:00:00.5Z'],
    ['a time of another zone', 0, '2026-02-03T00:00:00+08:00'],
    ['a time at an hour that is none', 0, '2026-02-03T24:00:00Z'],
    ['a day where a time belongs', 0, '2026-02-03'],
    ['a number where a day belongs', 1004, 20_260_203],
  ])('refuses %s', (_, tag, value) => {
    const code = expect.objectContaining({ code: 'credential.malformed' })
    expect(() => readMdocCbor(encode(new Tagged(tag, value)))).toThrow(code)
  })

  it('keeps days and times as they are spelled', () => {
    expect(readMdocCbor(encode(new Tagged(1004, '2024-02-29')))).toEqual(new CborDate(1004, '2024-02-29'))
    expect(readMdocCbor(encode(new Tagged(0, '2024-02-29T23:59:59Z')))).toEqual(new CborDate(0, '2024-02-29T23:59:59Z'))
  })

  it('keeps embedded CBOR as it came', () => {
    const value = readMdocCbor(bytes('d8 18 43 82 01 20')) as EmbeddedCbor
    expect(value.bytes).toEqual(bytes('82 01 20'))
    expect(value.value).toEqual([1, -1])
  })

  it.each([
    0.5,
    -0.5,
    1.5,
    65_504,
    2 ** -24,
    5.960464477539063e-8,
    3.4028234663852886e38,
    0.1,
    1.1,
    1e300,
    -0,
    2 ** -25,
  ])('reads %d in the shortest form that holds it', (value) => {
    // An integer has no fraction and is written as one.
    const written = encode([value])
    expect(readMdocCbor(written)).toEqual([value === 0 ? 0 : value])
  })

  it('counts depth and items while it reads, over all that is embedded', () => {
    const code = expect.objectContaining({ code: 'limit.exceeded' })
    expect(() => read(nested(limits.mdocDepth))).not.toThrow()
    expect(() => read(nested(limits.mdocDepth + 1))).toThrow(code)
    expect(() => read(nested(100_000))).toThrow(code)
    const inside = new Tagged(24, bytes(nested(limits.mdocDepth - 2)))
    expect(() => readMdocCbor(encode([inside]))).not.toThrow()
    expect(() => readMdocCbor(encode([[inside]]))).toThrow(code)
    const many = (count: number) => Array.from({ length: count }, () => 0)
    expect(() => readMdocCbor(encode(many(limits.mdocItems - 1)))).not.toThrow()
    expect(() => readMdocCbor(encode(many(limits.mdocItems)))).toThrow(code)
    const half = encode(many(limits.mdocItems / 2))
    expect(() => readMdocCbor(encode([new Tagged(24, half), new Tagged(24, half)]))).toThrow(code)
    // A list of another depth behind one that ended starts at its own.
    expect(() => readMdocCbor(encode([nestedArray(20), nestedArray(20)]))).not.toThrow()
  })

  it('is shown as JSON: bytes in base64url, dates as text, embedded CBOR as what it holds', () => {
    const value = readMdocCbor(
      encode([
        Uint8Array.of(1, 2),
        new Tagged(1004, '2024-02-29'),
        new Tagged(24, encode({ a: [null, true, -3] })),
        { b: 0.5 },
      ]),
    )
    expect(JSON.parse(JSON.stringify(jsonOfCbor(value)))).toEqual([
      'AQI',
      '2024-02-29',
      { a: [null, true, -3] },
      { b: 0.5 },
    ])
  })

  it.each([
    ['a number as a name', 'a1 01 00'],
    ['the name of a prototype', 'a1 69 5f5f70726f746f5f5f 00'],
    ['bytes as a name', 'a1 41 01 00'],
  ])('has no JSON for %s', (_, hex) => {
    expect(() => jsonOfCbor(read(hex))).toThrow(expect.objectContaining({ code: 'credential.malformed' }))
  })
})

function nestedArray(depth: number): unknown {
  return depth === 0 ? 0 : [nestedArray(depth - 1)]
}
