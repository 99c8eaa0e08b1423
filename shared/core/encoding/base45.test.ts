import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBase45, encodeBase45 } from './base45.ts'
import { utf8 } from './bytes.ts'

describe('RFC 9285', () => {
  it.each([
    ['AB', 'BB8'],
    ['Hello!!', '%69 VD92EX0'],
    ['base-45', 'UJCLQE7W581'],
    ['ietf!', 'QED8WEX0'],
    ['', ''],
  ])('accepts %j as %j', (plain, text) => {
    expect(encodeBase45(utf8(plain))).toBe(text)
    expect(decodeBase45(text)).toEqual(utf8(plain))
  })

  it.each([
    ['a group above two bytes', 'GGW'],
    ['the largest group', ':::'],
    ['a pair above one byte', '::'],
    ['256 in a pair', 'V5'],
    ['one letter left over', 'BB8B'],
    ['a single letter', 'B'],
    ['a small letter', 'bb8'],
    ['a letter outside the alphabet', 'BB_'],
    ['a letter beyond ASCII', 'BB\u00e9'],
  ])('refuses %s', (_, text) => {
    expect(decodeBase45(text)).toBeUndefined()
  })

  it('accepts the largest values twin to those', () => {
    expect(decodeBase45('FGW')).toEqual(Uint8Array.of(255, 255))
    expect(decodeBase45('U5')).toEqual(Uint8Array.of(255))
  })

  it('keeps any bytes, and any text it reads', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(decodeBase45(encodeBase45(bytes))).toEqual(bytes)
      }),
    )
    const letter = fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:')
    fc.assert(
      fc.property(fc.array(letter, { maxLength: 24 }), (text) => {
        const bytes = decodeBase45(text.join(''))
        if (bytes !== undefined) expect(encodeBase45(bytes)).toBe(text.join(''))
      }),
    )
  })
})
