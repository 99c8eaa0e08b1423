import { describe, expect, it } from 'vitest'
import { utf8 } from '../encoding/bytes.ts'
import { fromHex } from '../encoding/bytes.ts'
import { lastInstant } from '../instant.ts'
import { entryKind, formatSeal, isPossible, parseSeal, sealEntry, sealIndex, type Seal } from './seal.ts'

const seal: Seal = {
  batch: 2,
  first: 2,
  count: 1,
  mapRoot: fromHex('6e6681f723d4682a67d3ad387b6dfcf52084eb2dc5dbb44499d8fcbe17409196') as Uint8Array,
  leaves: 1,
  time: 1_795_392_000,
  prev: 1,
  policy: 0,
}

describe('a seal', () => {
  it('comes out as the worked example of the design, 4', () => {
    expect(formatSeal(seal)).toBe(
      'fujie/seal/v1\nbatch 2\nrecords 2 1\nmap mpt1 bmaB9yPUaCpn0604e2389SCE6y3F27REmdj8vhdAkZY 1\ntime 1795392000\nprev 1\npolicy 0\n',
    )
    expect(parseSeal(sealEntry(seal))).toEqual(seal)
    expect(sealIndex(seal)).toBe(3)
  })

  it('is told from a record by its first bytes', () => {
    expect(entryKind(sealEntry(seal))).toBe('seal')
    expect(entryKind(utf8('eyJ'))).toBe('record')
    expect(entryKind(utf8('fujie/seal/v2\n'))).toBeUndefined()
    expect(entryKind(new Uint8Array())).toBeUndefined()
    expect(entryKind(utf8('ex'))).toBeUndefined()
    expect(entryKind(utf8('ay'))).toBeUndefined()
    expect(entryKind(utf8('fujie/seal/v1'))).toBeUndefined()
    expect(entryKind(Uint8Array.of(0xff, 0xfe))).toBeUndefined()
  })

  it('has no seal before the first alone', () => {
    const { prev: _, ...first } = { ...seal, batch: 1, first: 0 }
    expect(parseSeal(sealEntry(first))).toEqual(first)
    expect(() => parseSeal(sealEntry({ ...seal, batch: 1 }))).toThrow('checkpoint.malformed')
    expect(() => parseSeal(sealEntry({ ...seal, prev: 0 }))).toThrow('checkpoint.malformed')
  })

  it.each([
    ['no records', { count: 0 }],
    ['too many records', { count: 10_001 }],
    ['a policy behind it', { policy: 3 }],
    ['an empty map', { leaves: 0 }],
  ])('is refused with %s', (_, change) => {
    expect(() => parseSeal(sealEntry({ ...seal, ...change }))).toThrow('checkpoint.malformed')
  })

  it.each([
    ['a leading zero', (text: string) => text.replace('batch 2', 'batch 02')],
    ['two blanks', (text: string) => text.replace('batch 2', 'batch  2')],
    ['a line more', (text: string) => `${text}more\n`],
    ['no line feed at its end', (text: string) => text.slice(0, -1)],
    ['another map', (text: string) => text.replace('mpt1', 'mpt2')],
    ['a root of another spelling', (text: string) => text.replace('AkZY ', 'AkZZ ')],
    ['a number of many digits', (text: string) => text.replace('policy 0', 'policy 00000000000000000')],
    ['a line before it', (text: string) => `\n${text}`],
    ['nothing in it', () => ''],
  ])('is refused with %s', (_, change) => {
    expect(() => parseSeal(utf8(change(formatSeal(seal))))).toThrow('checkpoint.malformed')
  })
})

describe('the numbers of a seal', () => {
  const { prev: _, ...bare } = seal
  const first: Seal = { ...bare, batch: 1, first: 0 }
  const most = Number.MAX_SAFE_INTEGER

  it.each<[string, Seal]>([
    ['the first of a log', first],
    ['a later one', seal],
    ['of the most records', { ...seal, count: 10_000 }],
    ['at the beginning of time', { ...seal, time: 0 }],
    ['at the end of time', { ...seal, time: lastInstant }],
    ['under the policy of its last record', { ...seal, policy: 2 }],
    ['under the policy of the first', { ...seal, policy: 0 }],
    ['of the last batch there can be', { ...seal, batch: most }],
    ['at the last place there can be', { ...seal, first: most, prev: most - 1 }],
  ])('go together: %s', (_what, possible) => {
    expect(isPossible(possible)).toBe(true)
  })

  it.each<[string, Seal]>([
    ['no batch', { ...seal, batch: 0 }],
    ['a batch below nothing', { ...seal, batch: -1 }],
    ['a batch between two', { ...seal, batch: 2.5 }],
    ['a beginning that is too far', { ...seal, first: most + 1, prev: most }],
    ['a beginning below nothing', { ...seal, first: -1, prev: -2, policy: -1 }],
    ['a beginning between two', { ...seal, first: 2.5, prev: 1.5 }],
    ['a seal before below nothing', { ...seal, first: 0, prev: -1 }],
    ['records between two numbers', { ...seal, count: 1.5 }],
    ['no records', { ...seal, count: 0 }],
    ['too many records', { ...seal, count: 10_001 }],
    ['leaves between two numbers', { ...seal, leaves: 1.5 }],
    ['no leaves', { ...seal, leaves: 0 }],
    ['a policy between two numbers', { ...seal, policy: 0.5 }],
    ['a policy below nothing', { ...seal, policy: -1 }],
    ['the policy of its own place', { ...seal, policy: 3 }],
    ['a time before all', { ...seal, time: -1 }],
    ['a time after all', { ...seal, time: lastInstant + 1 }],
    ['a first batch that does not begin', { ...first, first: 2 }],
    ['a first batch behind a seal', { ...first, prev: 0 }],
    ['a first batch behind a seal and not at the beginning', { ...seal, batch: 1 }],
    ['a later batch behind none', { ...bare }],
    ['a gap before it', { ...seal, prev: 0 }],
    ['a seal before that is its own', { ...seal, prev: 2 }],
  ])('do not go together: %s', (_what, impossible) => {
    expect(isPossible(impossible)).toBe(false)
  })
})
