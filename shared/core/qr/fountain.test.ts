import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { needs } from '../../../tests/house/needs.ts'
import { runs } from '../../../tests/house/runs.ts'
import { encodeBase45, decodeBase45 } from '../encoding/base45.ts'
import { utf8 } from '../encoding/bytes.ts'
import { faultCode } from '../fault.ts'
import { crc32 } from './crc32.ts'
import { fragmentsOf } from './fountain-choice.ts'
import { FountainReader } from './fountain-reader.ts'
import { Fountain, parsePart } from './fountain.ts'

const message = (length: number, salt = 1) =>
  Uint8Array.from({ length }, (_, i) => (i * 31 + salt * 7 + (i >> 5)) & 255)

/** What a reader makes of the pictures with these numbers. */
function seen(fountain: Fountain, sequences: Iterable<number>, reader = new FountainReader()) {
  let last
  for (const sequence of sequences) last = reader.read(fountain.part(sequence))
  return last
}

const from = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i)

function codeOf(work: () => unknown): string {
  try {
    work()
    return 'done'
  } catch (thrown) {
    return faultCode(thrown)
  }
}

describe('CRC-32', () => {
  it('is the one of zip', () => {
    expect(crc32(utf8('123456789'))).toBe(0xcbf43926)
    expect(crc32(new Uint8Array())).toBe(0)
  })
})

describe('a moving code', () => {
  it('is read from its plain parts', () => {
    const bytes = message(1_380)
    const fountain = new Fountain('FJP1', bytes)
    expect(fountain.head.count).toBe(6)
    expect(seen(fountain, from(1, 5))).toEqual({ solved: 5, total: 6 })
    expect(seen(fountain, from(1, 6))).toEqual({ solved: 6, total: 6, message: { kind: 'FJP1', bytes } })
  })

  it('is read from mixed parts alone, from any of them on', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 15_360 }),
        fc.integer({ min: 1, max: 4_000_000_000 }),
        fc.nat(99),
        (length, first, salt) => {
          const bytes = message(length, salt)
          const fountain = new Fountain('FJQ1', bytes)
          const reader = new FountainReader()
          const parts = from(first, 12 * fountain.head.count + 60)
          let found = reader.read(fountain.part(first))
          for (const sequence of parts) if (found.message === undefined) found = reader.read(fountain.part(sequence))
          expect(found.message?.bytes).toEqual(bytes)
        },
      ),
      runs.signing,
    )
  })

  it('is read though every third picture is lost, in any order', () => {
    const bytes = message(3_000)
    const fountain = new Fountain('FJB1', bytes)
    const kept = from(1, 80).filter((sequence) => sequence % 3 !== 0)
    expect(seen(fountain, kept.toReversed())?.message).toEqual({ kind: 'FJB1', bytes })
  })

  it('fits a symbol of version 10', () => {
    // Version 10, correction L, holds 395 letters of this alphabet (ISO/IEC 18004, table 7).
    const fountain = new Fountain('FJP1', message(15_360))
    for (const sequence of [1, 64, 65, 4_294_967_295]) expect(fountain.part(sequence).length).toBeLessThanOrEqual(395)
  })

  it('refuses a message that is empty, or longer than 64 fragments', () => {
    expect(codeOf(() => new Fountain('FJP1', new Uint8Array()))).toBe('limit.exceeded')
    expect(codeOf(() => new Fountain('FJP1', message(15_361)))).toBe('limit.exceeded')
  })

  it('starts anew with another code, and never mixes two', () => {
    const reader = new FountainReader()
    const [one, other] = [new Fountain('FJP1', message(700, 1)), new Fountain('FJP1', message(700, 2))]
    seen(one, [1, 2], reader)
    expect(seen(other, [3], reader)).toEqual({ solved: 1, total: 3 })
    expect(seen(other, [1, 2], reader)?.message?.bytes).toEqual(message(700, 2))
  })

  it('gives nothing of a picture that was read wrongly, and reads on', () => {
    const bytes = message(700)
    const fountain = new Fountain('FJP1', bytes)
    const reader = new FountainReader()
    reader.read(altered(fountain.part(1), 20))
    reader.read(fountain.part(2))
    expect(reader.read(fountain.part(3))).toEqual({ solved: 0, total: 3 })
    expect(seen(fountain, [1, 2, 3], reader)?.message?.bytes).toEqual(bytes)
  })
})

/** One bit of a byte of the part turned. */
function altered(text: string, at: number): string {
  const bytes = decodeBase45(text.slice(5, -1)) as Uint8Array
  bytes[at] = (bytes[at] as number) ^ 1
  return `FJA1:${encodeBase45(bytes)}.`
}

describe('a part', () => {
  const text = new Fountain('FJP1', message(700)).part(2)
  const bytes = decodeBase45(text.slice(5, -1)) as Uint8Array
  const changed = (changes: (bytes: Uint8Array) => Uint8Array) => `FJA1:${encodeBase45(changes(bytes.slice()))}.`
  const at = (place: number, value: number) => changed((all) => (all.set([value], place), all))

  it.each([
    ['another name', text.replace('FJA1', 'FJA2')],
    ['small letters', text.toLowerCase()],
    ['no end', text.slice(0, -1)],
    ['another version', at(0, 2)],
    ['an unknown kind', at(1, 4)],
    ['no kind', at(1, 0)],
    ['another length', at(3, 1)],
    ['no fragments', at(8, 0)],
    ['too many fragments', at(8, 65)],
    ['fewer fragments than its length', at(8, 2)],
    ['number zero', changed((all) => (all.set([0, 0, 0, 0], 9), all))],
    ['a byte more', changed((all) => Uint8Array.of(...all, 0))],
    ['a byte less', changed((all) => all.slice(0, -1))],
    ['its head alone', changed((all) => all.slice(0, 13))],
    ['more letters than a symbol of version 10 holds', `FJA1:${'0'.repeat(400)}.`],
  ])('is refused with %s', (_what, altered) => {
    expect(parsePart(text).sequence).toBe(2)
    expect(codeOf(() => parsePart(altered))).toBe('link.malformed')
  })
})

interface Theirs {
  chooseFragments(sequence: number, count: number, checksum: number): readonly number[]
}

describe.skipIf(!needs('oracles'))('beside BC-UR', () => {
  it('mixes the fragments that theirs mixes', async () => {
    const file = new URL('../../../tests/oracles/node_modules/@ngraveio/bc-ur/dist/fountainUtils.js', import.meta.url)
    const { chooseFragments } = (await import(/* @vite-ignore */ file.href)) as Theirs
    for (const count of [1, 2, 3, 5, 9, 20, 64]) {
      for (const checksum of [0, 0x26ddd42e, 0xffffffff]) {
        for (let sequence = 1; sequence <= count * 4 + 40; sequence++) {
          const theirs = chooseFragments(sequence, count, checksum).toSorted((a, b) => a - b)
          expect(fragmentsOf(sequence, count, checksum).toSorted((a, b) => a - b)).toEqual(theirs)
        }
      }
    }
  })
})
