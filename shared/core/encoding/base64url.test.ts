import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBase32, encodeBase32 } from './base32.ts'
import { decodeBase64, encodeBase64 } from './base64.ts'
import { decodeBase64url, encodeBase64url, isBase64urlOf } from './base64url.ts'
import { decodeBase58btc, encodeBase58btc } from './multibase.ts'

const bytes = fc.uint8Array({ maxLength: 70 })

describe('base64url', () => {
  it('agrees with the platform on any bytes', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        const text = encodeBase64url(value)
        expect(text).toBe(Buffer.from(value).toString('base64url'))
        expect(decodeBase64url(text)).toEqual(value)
      }),
    )
  })

  it('accepts exactly the texts it writes', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9_-]{0,9}$/), (text) => {
        const value = decodeBase64url(text)
        const platform = Buffer.from(text, 'base64url')
        expect(value !== undefined).toBe(platform.toString('base64url') === text)
      }),
    )
  })

  it.each(['A', 'AB', 'AAB', 'AA==', 'AA=', 'A A', 'AA\n', 'A+', 'A/', 'é', 'AAAAA'])('refuses %j', (text) => {
    expect(decodeBase64url(text)).toBeUndefined()
  })
})

describe('the length of base64url', () => {
  it('is right exactly where so many bytes are read', () => {
    const text = fc.oneof(fc.stringMatching(/^[A-Za-z0-9_-]{0,9}$/), fc.string({ maxLength: 9 }))
    fc.assert(
      fc.property(text, fc.nat({ max: 7 }), (each, length) => {
        expect(isBase64urlOf(each, length)).toBe(decodeBase64url(each)?.length === length)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('base64', () => {
  it('agrees with the platform on any bytes', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        expect(encodeBase64(value)).toBe(Buffer.from(value).toString('base64'))
        expect(decodeBase64(encodeBase64(value))).toEqual(value)
      }),
    )
  })

  it.each(['AA', 'AA=', 'AAA', 'AB==', 'AAB=', 'A===', '====', 'AAAA=', 'AA==AA==', '-w=='])('refuses %j', (text) => {
    expect(decodeBase64(text)).toBeUndefined()
  })
})

describe('base32', () => {
  it('reads back any bytes and nothing but what it writes', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        expect(decodeBase32(encodeBase32(value))).toEqual(value)
      }),
    )
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z2-7]{0,9}$/), (text) => {
        const value = decodeBase32(text)
        if (value) expect(encodeBase32(value)).toBe(text)
      }),
    )
  })

  it.each(['', 'my', 'mzxq', 'mzxw6', 'mzxw6yq', 'mzxw6ytb', 'mzxw6ytboi'])(
    'reads the example of RFC 4648, 10: %j',
    (text) => {
      expect(Buffer.from(decodeBase32(text) ?? []).toString()).toBe(
        'foobar'.slice(0, Math.floor((text.length * 5) / 8)),
      )
    },
  )

  it.each(['mz', 'M', 'MY', 'my======', 'a', 'abc', 'my1'])('refuses %j', (text) => {
    expect(decodeBase32(text)).toBeUndefined()
  })
})

describe('base58btc', () => {
  it('reads back any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 70 }), (value) => {
        expect(decodeBase58btc(encodeBase58btc(value))).toEqual(value)
      }),
    )
  })

  it.each(['', 'z', 'm2', 'z0', 'zO', 'zI', 'zl', `z${'1'.repeat(1024)}`])('refuses %j', (text) => {
    expect(decodeBase58btc(text)).toBeUndefined()
  })
})
