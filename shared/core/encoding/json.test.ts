import fc from 'fast-check'
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../tests/house/runs.ts'
import { readVectorText, vectorsFolder } from '../../../tests/house/vectors.ts'
import { faultCode } from '../fault.ts'
import { canonicalJson } from './canonical.ts'
import {
  isJsonArray,
  isJsonObject,
  jsonObject,
  parseJson,
  parseJsonBytes,
  parseJsonObject,
  type JsonBounds,
} from './json.ts'

function refusal(text: string): string {
  try {
    parseJson(text)
    return 'accepted'
  } catch (thrown) {
    return faultCode(thrown)
  }
}

/** What the platform writes and we refuse: a number that is an integer beyond 2^53 − 1, and a member named __proto__. */
function isReadable(value: unknown): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? !Object.is(value, -0) : /[.e]/.test(String(value))
  if (typeof value !== 'object' || value === null) return true
  return !Object.hasOwn(value, '__proto__') && Object.values(value).every(isReadable)
}

describe('parseJson', () => {
  it('agrees with the platform on every value it writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5, noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value)
        if (!isReadable(value)) return
        expect(JSON.stringify(parseJson(text, { fractions: true }))).toBe(text)
      }),
    )
  })

  it.each([
    ['a doubled member', '{"a":1,"a":2}'],
    ['a member doubled by an escape', '{"a":1,"\\u0061":2}'],
    ['__proto__', '{"__proto__":{}}'],
    ['half a surrogate pair', '"\\ud800"'],
    ['the wrong half first', '"\\udc00\\ud800"'],
    ['an integer above 2^53', '9007199254740992'],
    ['minus zero', '-0'],
    ['an endless number', '1e999'],
    ['a leading zero', '01'],
    ['a bare plus', '+1'],
    ['a trailing comma', '[1,]'],
    ['a trailing comma in an object', '{"a":1,}'],
    ['single quotes', "{'a':1}"],
    ['a comment', '/**/1'],
    ['text behind', '1 2'],
    ['nothing', ''],
    ['a control character', '"\u0001"'],
    ['a bad escape', '"\\x"'],
    ['a short escape', '"\\u12"'],
    ['an escape with letters behind two digits', '"\\u12xy"'],
    ['an escape with letters before two digits', '"\\uxy12"'],
    ['an escape with a sign', '"\\u+123"'],
    ['an escape with a blank', '"\\u 123"'],
    ['an escape in capitals', '"\\U0061"'],
    ['a number without digits behind its point', '1.'],
    ['a number without digits before its point', '.5'],
    ['a number without exponent', '1e'],
    ['a number with a sign alone', '-'],
    ['an integer below -2^53', '-9007199254740992'],
    ['half a word', 'tru'],
    ['a word with more behind it', 'nullx'],
    ['a word in capitals', 'TRUE'],
    ['a member without a name', '{1:2}'],
    ['a member without a colon', '{"a" 1}'],
    ['a member without a value', '{"a":}'],
    ['elements without a comma', '[1 2]'],
    ['an open array', '[1'],
    ['an array that an object ends', '[1}'],
    ['a form feed between', '[1,\f2]'],
    ['a line separator between', '[1,\u20282]'],
    ['a line in a text', '"a\nb"'],
    ['an open string', '"abc'],
    ['an open object', '{"a":1'],
    ['NaN', 'NaN'],
    ['a byte order mark', '\uFEFF1'],
    ['another blank', '\u00a01'],
  ])('refuses %s', (_, text) => {
    expect(refusal(text)).toBe('json.malformed')
  })

  it('reads the twins of what it refuses', () => {
    for (const text of [
      '{"a":1,"b":2}',
      '"\\ud83d\\ude00"',
      '9007199254740991',
      '0',
      '1e9',
      '[1]',
      ' {"a" : 1 }\n',
      '"\\u0061"',
    ]) {
      expect(refusal(text)).toBe('accepted')
    }
  })

  it('refuses what is too deep, too long or too wide', () => {
    expect(refusal('['.repeat(18) + ']'.repeat(18))).toBe('limit.exceeded')
    expect(refusal('['.repeat(16) + ']'.repeat(16))).toBe('accepted')
    expect(refusal(`"${'a'.repeat(4097)}"`)).toBe('limit.exceeded')
    expect(refusal(`[${'1,'.repeat(64)}1]`)).toBe('limit.exceeded')
    expect(refusal(`[${'1,'.repeat(63)}1]`)).toBe('accepted')
  })

  it.each<[string, Partial<JsonBounds>, (count: number) => string]>([
    ['depth', { depth: 3 }, (count) => '['.repeat(count) + '1' + ']'.repeat(count)],
    ['depth', { depth: 3 }, (count) => '{"a":'.repeat(count) + '1' + '}'.repeat(count)],
    ['elements', { array: 3 }, (count) => JSON.stringify(Array.from({ length: count }, () => 1))],
    [
      'members',
      { members: 3 },
      (count) => JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, 1]))),
    ],
    ['letters', { string: 3 }, (count) => JSON.stringify('a'.repeat(count))],
    ['letters that are escaped', { string: 3 }, (count) => `"${'\\u0061'.repeat(count)}"`],
    ['letters of a name', { string: 3 }, (count) => `{"${'a'.repeat(count)}":1}`],
  ])('counts %s, and reads three where there may be three', (_, bounds, make) => {
    expect(JSON.stringify(parseJson(make(3), bounds))).toBe(JSON.stringify(JSON.parse(make(3))))
    expect(() => parseJson(make(4), bounds)).toThrow('limit.exceeded')
  })

  it('is bound as the limits say where nothing else is said', () => {
    const members = (count: number) =>
      JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, 1])))
    expect([refusal(members(256)), refusal(members(257))]).toEqual(['accepted', 'limit.exceeded'])
    expect(refusal(`"${'a'.repeat(4_096)}"`)).toBe('accepted')
    expect([
      refusal('{"a":'.repeat(16) + '1' + '}'.repeat(16)),
      refusal('{"a":'.repeat(17) + '1' + '}'.repeat(17)),
    ]).toEqual(['accepted', 'limit.exceeded'])
  })

  it('reads whole numbers alone where no fractions are wanted', () => {
    const read = (text: string) => parseJson(text, { fractions: false })
    expect([read('0'), read('-7'), read('9007199254740991')]).toEqual([0, -7, 9_007_199_254_740_991])
    for (const text of ['0.5', '1.0', '1e2', '1E2', '-0.0', '1e-2']) expect(() => read(text)).toThrow('json.malformed')
    expect([parseJson('1.0'), parseJson('1E+2'), parseJson('-0.5e-1')]).toEqual([1, 100, -0.05])
  })

  it('reads every escape, and blanks wherever they may stand', () => {
    expect(parseJson('"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00E9\\u00e9"')).toBe('"\\/\b\f\n\r\téé')
    const blank = ' \n\r\t'
    const text = [
      '',
      '{',
      '"a"',
      ':',
      '[',
      'true',
      ',',
      'false',
      ',',
      'null',
      ',',
      '{',
      '}',
      ',',
      '[',
      ']',
      ']',
      '}',
      '',
    ].join(blank)
    expect(JSON.stringify(parseJson(text))).toBe('{"a":[true,false,null,{},[]]}')
    for (let code = 0; code < 32; code++)
      expect(refusal(`"${String.fromCharCode(code)}"`), `${code}`).toBe('json.malformed')
    expect(parseJson('"\u007f"')).toBe('\u007f')
  })

  it('keeps no name of one text for another, as V8 13.6 does where one ends in a backslash', () => {
    const pairs = [
      ['{"k":1,"/\\\\":null}', '{"k":1,"/\\u0041":null}', '/A'],
      ['{"k":1,"\\\\":null}', '{"k":1,"\\n":null}', '\n'],
      ['{"k":1,"a\\\\b":null}', '{"k":1,"a\\\"b":null}', 'a"b'],
    ] as const
    for (const [before, text, name] of pairs) {
      expect(parseJson(before)).toBeTypeOf('object')
      expect(Object.keys(parseJson(text) as object)).toEqual(['k', name])
    }
  })

  it('accepts nothing that the platform refuses, whichever letter of a text is another one', () => {
    const edit = fc.tuple(
      fc.jsonValue({ maxDepth: 3 }),
      fc.nat(),
      fc.constantFrom(...'{}[],:"\\ 0-.eu1at', ''),
      fc.nat(1),
    )
    fc.assert(
      fc.property(edit, ([value, place, letter, width]) => {
        const text = JSON.stringify(value)
        const at = place % (text.length + 1)
        const edited = text.slice(0, at) + letter + text.slice(at + width)
        if (refusal(edited) === 'accepted')
          expect(JSON.stringify(parseJson(edited))).toBe(JSON.stringify(JSON.parse(edited)))
      }),
      runs.usual,
    )
  })

  it('tells objects, arrays and other values apart', () => {
    for (const value of [null, [], [1], 'text', 1, true, undefined]) expect(isJsonObject(value)).toBe(false)
    expect(isJsonObject({})).toBe(true)
    for (const value of [null, {}, 'text', 1, true, undefined]) expect(isJsonArray(value)).toBe(false)
    expect(isJsonArray([])).toBe(true)
    expect(parseJsonObject('{"a":1}')).toEqual({ a: 1 })
    for (const text of ['[]', 'null', '"a"', '1']) expect(() => parseJsonObject(text)).toThrow('json.malformed')
    expect(() => parseJsonObject('{"a":[1]}', { depth: 1 })).toThrow('limit.exceeded')
  })

  it('leaves out what is undefined, and keeps null', () => {
    const object = jsonObject({ a: undefined, b: null, c: 0 })
    expect(Object.keys(object)).toEqual(['b', 'c'])
    expect('toString' in object).toBe(false)
  })

  it('refuses bytes that are not UTF-8', () => {
    expect(() => parseJsonBytes(Uint8Array.of(0x22, 0xff, 0x22))).toThrow('json.malformed')
    expect(() => parseJsonBytes(Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22))).toThrow('json.malformed')
    expect(parseJsonBytes(Uint8Array.of(0x22, 0xc3, 0xa9, 0x22))).toBe('é')
  })

  it('gives objects that inherit nothing, and from which nobody can be made to inherit', () => {
    const value = parseJson('{"constructor":1}') as object
    for (const name of ['toString', 'hasOwnProperty', '__proto__', 'valueOf']) expect(name in value).toBe(false)
    expect('constructor' in (parseJson('{}') as object)).toBe(false)
    const parent = Object.getPrototypeOf(value) as object
    expect(Object.isFrozen(parent) && Object.getPrototypeOf(parent) === null).toBe(true)
  })
})

const jcs = vectorsFolder('jcs')
describe.skipIf(jcs === undefined)('canonicalJson, vectors of RFC 8785', () => {
  for (const file of jcs === undefined ? [] : readdirSync(`${jcs}/input`)) {
    it(`writes ${file}`, () => {
      const value = parseJson(readVectorText('jcs', `input/${file}`) ?? '')
      expect(canonicalJson(value)).toBe(readVectorText('jcs', `output/${file}`))
    })
  }
})
