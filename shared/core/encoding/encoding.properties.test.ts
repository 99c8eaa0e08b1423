import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { patience, runs } from '../../../tests/house/runs.ts'
import { faultCode } from '../fault.ts'
import { decodeBase32, encodeBase32 } from './base32.ts'
import { decodeBase45, encodeBase45 } from './base45.ts'
import { decodeBase64, encodeBase64 } from './base64.ts'
import { decodeBase64url, encodeBase64url } from './base64url.ts'
import { compareBytes, concatBytes, equalBytes, fromHex, toHex, uintBytes, utf8, utf8Text } from './bytes.ts'
import { canonicalJson } from './canonical.ts'
import { decodeCbor, encodeCbor } from './cbor.ts'
import { formatForm, parseForm } from './form.ts'
import { parseJson, type Json } from './json.ts'
import { decodeBase58btc, encodeBase58btc } from './multibase.ts'

const bytes = fc.uint8Array({ maxLength: 96 })
const encodings = [
  ['base64url', encodeBase64url, decodeBase64url],
  ['base64', encodeBase64, decodeBase64],
  ['base32', encodeBase32, decodeBase32],
  ['base45', encodeBase45, decodeBase45],
  ['base58btc', encodeBase58btc, decodeBase58btc],
  ['hexadecimal', toHex, fromHex],
] as const

describe.each(encodings)('%s', (name, encode, decode) => {
  it(
    'keeps all bytes',
    () => {
      // The multibase letter alone stands for nothing.
      const some = name === 'base58btc' ? fc.uint8Array({ minLength: 1, maxLength: 64 }) : bytes
      fc.assert(
        fc.property(some, (value) => equalBytes(decode(encode(value)) ?? new Uint8Array(1), value)),
        runs.cheap,
      )
    },
    patience,
  )

  it(
    'accepts one spelling of them and no other',
    () => {
      // A spelling with one letter exchanged, put in or left out.
      const edit = fc.tuple(
        bytes,
        fc.nat(),
        fc.constantFrom('', 'A', 'B', 'a', '1', '0', '=', ' ', '-', '_', 'z', 'é'),
        fc.nat(1),
      )
      fc.assert(
        fc.property(edit, ([value, place, letter, width]) => {
          const text = encode(value)
          const at = place % (text.length + 1)
          const edited = text.slice(0, at) + letter + text.slice(at + width)
          const read = decode(edited)
          // Hexadecimal is read in either case and always written in one.
          return read === undefined || encode(read) === (name === 'hexadecimal' ? edited.toLowerCase() : edited)
        }),
        runs.cheap,
      )
    },
    patience,
  )
})

describe('bytes', () => {
  it('keep every text that is whole', () => {
    const whole = fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed() && !text.startsWith('\ufeff'))
    fc.assert(
      fc.property(whole, (text) => utf8Text(utf8(text)) === text),
      runs.cheap,
    )
  })

  it('are a text only if the text gives them back', () => {
    const near = fc.oneof(
      bytes,
      fc.tuple(fc.string(), bytes).map(([text, more]) => concatBytes(utf8(text), more)),
    )
    fc.assert(
      fc.property(near, (value) => {
        const text = utf8Text(value)
        return text === undefined || equalBytes(utf8(text), value)
      }),
      runs.cheap,
    )
  })

  it('are ordered as the platform orders them', () => {
    const pair = fc.oneof(
      fc.tuple(bytes, bytes),
      bytes.map((one) => [one, one.slice(0, -1)] as [Uint8Array, Uint8Array]),
    )
    fc.assert(
      fc.property(pair, ([a, b]) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b))
        expect(Math.sign(compareBytes(b, a))).toBe(Buffer.compare(b, a))
        expect(equalBytes(a, b)).toBe(Buffer.from(a).equals(b))
      }),
      runs.cheap,
    )
  })

  it('of a number are those the platform writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), (value) => {
        const written = Buffer.alloc(6)
        written.writeUIntBE(value, 0, 6)
        return equalBytes(uintBytes(value, 6), written)
      }),
      runs.cheap,
    )
  })
})

const json = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.stringify(value))

/** Text that is nearly JSON: one thing put into it or taken out. */
const nearlyJson = fc
  .tuple(
    json,
    fc.nat(),
    fc.constantFrom('', ',', '"', '\\u0041', '\\ud800', ' ', '0', '-', '.5', 'e1', '[', '}', '\u0000', '\ufeff', ':1'),
    fc.nat(2),
  )
  .map(([text, place, put, width]) => {
    const at = place % (text.length + 1)
    return text.slice(0, at) + put + text.slice(at + width)
  })

/** No text of these tests has it in itself. */
const standInForBackslash = '\ue000'
const withoutEscapedBackslashes = (text: string): string =>
  text.replace(/\\[^]/gu, (escape) => (escape === '\\\\' ? standInForBackslash : escape))

/**
 * What the platform reads, without a backslash in any name: V8 13.6 (Node 24) takes `"/\u0041"` for `"/\\"` where an
 * object it read before had that name at this place.
 */
const platformReads = (text: string): unknown => JSON.parse(withoutEscapedBackslashes(text))

function readOrFault(text: string): { readonly value: Json } | string {
  try {
    return { value: parseJson(text) }
  } catch (thrown) {
    return faultCode(thrown)
  }
}

describe('the JSON reader', () => {
  it(
    'agrees with the platform on all that it accepts, and refuses the rest with codes of its own',
    () => {
      fc.assert(
        fc.property(nearlyJson, (text) => {
          const read = readOrFault(text)
          if (typeof read === 'string') expect(['json.malformed', 'limit.exceeded']).toContain(read)
          else expect(withoutEscapedBackslashes(JSON.stringify(read.value))).toBe(JSON.stringify(platformReads(text)))
        }),
        runs.cheap,
      )
    },
    patience,
  )

  it(
    'refuses what the platform refuses',
    () => {
      fc.assert(
        fc.property(nearlyJson, (text) => {
          let isRead = true
          try {
            JSON.parse(text)
          } catch {
            isRead = false
          }
          return isRead || typeof readOrFault(text) === 'string'
        }),
        runs.cheap,
      )
    },
    patience,
  )

  it('reads the same whatever blanks stand between', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(1, 2, '\t', ' \t'), (value, blanks) => {
        const spread = readOrFault(JSON.stringify(value, undefined, blanks))
        expect(spread).toEqual(readOrFault(JSON.stringify(value)))
      }),
      runs.usual,
    )
  })

  it('refuses every member that stands twice, wherever', () => {
    const names = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(names, fc.nat(), fc.nat(), (each, which, where) => {
        const members = each.filter((name) => name !== '__proto__').map((name) => `${JSON.stringify(name)}:1`)
        fc.pre(members.length > 0)
        const doubled = members.toSpliced(where % (members.length + 1), 0, members[which % members.length] as string)
        expect(readOrFault(`{${doubled.join()}}`)).toBe('json.malformed')
      }),
      runs.usual,
    )
  })
})

describe('canonical JSON', () => {
  const value = json.map(readOrFault).filter((read) => typeof read !== 'string')

  it('is read as the value it was made of, and is made of it again', () => {
    fc.assert(
      fc.property(value, ({ value: each }) => {
        const text = canonicalJson(each)
        expect(canonicalJson(parseJson(text))).toBe(text)
        expect(parseJson(text)).toEqual(each)
      }),
      runs.usual,
    )
  })

  it('does not depend on the order of members', () => {
    const members = fc.uniqueArray(fc.tuple(fc.string(), fc.integer()), { selector: ([name]) => name, maxLength: 12 })
    fc.assert(
      fc.property(
        members,
        (each) => canonicalJson(Object.fromEntries(each)) === canonicalJson(Object.fromEntries(each.toReversed())),
      ),
      runs.usual,
    )
  })
})

describe('CBOR', () => {
  const leaf = fc.oneof(
    fc.integer(),
    fc.maxSafeInteger(),
    fc.string(),
    fc.uint8Array({ maxLength: 20 }),
    fc.boolean(),
    fc.constant(null),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((each) => !Object.is(each, -0)),
  )
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie('tree'), { maxLength: 5 }),
      fc
        .uniqueArray(fc.tuple(fc.oneof(fc.string(), fc.integer()), tie('tree')), {
          selector: ([name]) => name,
          maxLength: 5,
        })
        .map((members) => new Map(members)),
    ),
  }))

  it(
    'keeps every value',
    () => {
      fc.assert(
        fc.property(tree, (value) => {
          expect(decodeCbor(encodeCbor(value), { maps: true })).toEqual(value)
        }),
        runs.usual,
      )
    },
    patience,
  )

  it(
    'accepts one length of them and no other',
    () => {
      fc.assert(
        fc.property(tree, fc.nat(), fc.nat(255), (value, place, byte) => {
          const written = Uint8Array.from(encodeCbor(value))
          written[place % written.length] = byte
          let read: unknown
          try {
            read = decodeCbor(written, { maps: true })
          } catch (thrown) {
            expect(faultCode(thrown)).toBe('bundle.malformed')
            return
          }
          // Keys that are lists are read and never written.
          if (!hasMap(read)) expect(lengthOf(read)).toBe(written.length)
        }),
        runs.usual,
      )
    },
    patience,
  )

  function hasMap(value: unknown): boolean {
    return value instanceof Map || (Array.isArray(value) && value.some(hasMap))
  }

  function lengthOf(value: unknown): number {
    return encodeCbor(value).length
  }
})

describe('a form', () => {
  it('keeps every member', () => {
    const text = fc.string({ unit: 'grapheme' })
    const members = fc.uniqueArray(fc.tuple(text, text), { selector: ([name]) => name, maxLength: 8 })
    fc.assert(
      fc.property(members, (each) => {
        expect([...parseForm(formatForm(Object.fromEntries(each)))].toSorted()).toEqual(each.toSorted())
      }),
      runs.usual,
    )
  })
})
