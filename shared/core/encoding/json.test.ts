import fc from 'fast-check'
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readVectorText, vectorsFolder } from '../../../tests/house/vectors.ts'
import { faultCode } from '../fault.ts'
import { canonicalJson } from './canonical.ts'
import { parseJson, parseJsonBytes } from './json.ts'

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
