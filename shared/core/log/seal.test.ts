import { describe, expect, it } from 'vitest'
import { utf8 } from '../encoding/bytes.ts'
import { fromHex } from '../encoding/bytes.ts'
import { entryKind, formatSeal, parseSeal, sealEntry, sealIndex, type Seal } from './seal.ts'

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
  ])('is refused with %s', (_, change) => {
    expect(() => parseSeal(utf8(change(formatSeal(seal))))).toThrow('checkpoint.malformed')
  })
})
