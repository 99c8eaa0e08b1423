import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../tests/house/runs.ts'
import { base64urlAlphabet, radix64 } from './radix64.ts'

const standard = `${base64urlAlphabet.slice(0, 62)}+/`
const coders = [
  ['base64url', radix64(base64urlAlphabet, false), 'base64url', base64urlAlphabet],
  ['base64', radix64(standard, true), 'base64', standard],
] as const

describe.each(coders)('%s', (name, coder, encoding, alphabet) => {
  const bytes = fc.uint8Array({ maxLength: 20 })

  it('agrees with the platform on any bytes', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        const text = coder.encode(value)
        expect(text).toBe(Buffer.from(value).toString(encoding))
        expect(coder.decode(text)).toEqual(value)
      }),
      runs.usual,
    )
  })

  it('reads what the platform would write, and nothing else', () => {
    const letters = fc.string({ unit: fc.constantFrom(...alphabet, '='), maxLength: 10 })
    fc.assert(
      fc.property(letters, (text) => {
        const platform = Buffer.from(text, encoding)
        expect(coder.decode(text)).toEqual(platform.toString(encoding) === text ? new Uint8Array(platform) : undefined)
      }),
      runs.usual,
    )
  })

  it('refuses a foreign letter wherever it stands', () => {
    for (const length of [4, 5, 6, 7, 8, 11, 12]) {
      const text = coder.encode(new Uint8Array(length))
      const end = text.replace(/=+$/, '').length
      for (let at = 0; at < end; at++)
        for (const letter of [
          ' ',
          '\n',

          '*',
          '~',
          '\u007f',
          '\u0080',
          'é',
          '\u0141',
          '\u{10041}',
          name === 'base64' ? '-' : '+',
        ])
          expect(
            coder.decode(text.slice(0, at) + letter + text.slice(at + 1)),
            `${length} ${at} ${letter}`,
          ).toBeUndefined()
    }
  })

  it('refuses every bit behind the last byte', () => {
    for (const [length, unused] of [
      [1, 16],
      [2, 4],
      [4, 16],
      [5, 4],
    ] as const) {
      const text = coder.encode(new Uint8Array(length))
      const last = text.replace(/=+$/, '').length - 1
      for (let value = 0; value < 64; value++) {
        const changed = text.slice(0, last) + alphabet.charAt(value) + text.slice(last + 1)
        expect(coder.decode(changed) !== undefined).toBe(value % unused === 0)
      }
    }
  })
})
