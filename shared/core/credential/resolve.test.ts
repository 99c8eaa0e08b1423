import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../encoding/json.ts'
import { limits } from '../limits.ts'
import type { Disclosure } from './disclosure.ts'
import { resolveDisclosures } from './resolve.ts'

function resolve(payload: JsonObject, disclosures: Readonly<Record<string, { name?: string; value: Json }>> = {}) {
  const entries = Object.entries(disclosures).map(
    ([digest, each]) => [digest, { text: digest, digest, ...each }] as const,
  )
  return resolveDisclosures(payload, new Map<string, Disclosure>(entries))
}

describe('what is withheld', () => {
  it('stands where digests are left that nobody disclosed', () => {
    const payload = {
      _sd: ['a', 'b'],
      list: [{ '...': 'c' }, { '...': 'd' }],
      inner: { _sd: ['e'] },
      none: { _sd: [] },
    }
    expect(resolve(payload).withheld).toEqual([['list'], ['list'], ['inner'], []])
    const all = { a: { name: 'a', value: 1 }, b: { name: 'b', value: 2 }, c: { value: 3 }, d: { value: 4 } }
    const opened = resolve(payload, { ...all, e: { name: 'e', value: 5 } })
    expect(opened.withheld).toEqual([])
    expect(opened.claims).toEqual({ a: 1, b: 2, list: [3, 4], inner: { e: 5 }, none: {} })
  })
})

describe('disclosures in disclosures', () => {
  /** So many, each in the one before. */
  function nested(depth: number) {
    const disclosures: Record<string, { name: string; value: Json }> = {}
    for (let i = 0; i < depth; i++) disclosures[`d${i}`] = { name: 'n', value: { _sd: [`d${i + 1}`] } }
    return resolve({ _sd: ['d0'] }, disclosures)
  }

  it('are followed as deep as is safe', () => {
    expect(nested(limits.disclosureNesting).places).toHaveLength(limits.disclosureNesting)
    expect(() => nested(limits.disclosureNesting + 1)).toThrow('limit.exceeded')
  })

  it('may stand side by side in any number', () => {
    const digests = Array.from({ length: 3 * limits.disclosureNesting }, (_, i) => `d${i}`)
    const disclosures = Object.fromEntries(digests.map((digest) => [digest, { name: digest, value: {} }]))
    expect(resolve({ _sd: digests }, disclosures).places).toHaveLength(digests.length)
  })

  it('of plain values count for nothing', () => {
    const all = { name: 'x', value: { _sd: ['a', 'b'] } }
    const { claims, defects } = resolve(
      { _sd: ['x'] },
      { x: all, a: { name: 'a', value: null }, b: { name: 'b', value: 'text' } },
    )
    expect([claims, defects]).toEqual([{ x: { a: null, b: 'text' } }, []])
  })
})

describe('a payload', () => {
  it('is left as it was', () => {
    const payload = { _sd: ['a'], list: [1, { '...': 'b' }], _sd_alg: 'sha-256', nothing: null }
    const before = JSON.stringify(payload)
    expect(resolve(payload, { a: { name: 'a', value: 1 } }).claims).toEqual({ list: [1], nothing: null, a: 1 })
    expect(JSON.stringify(payload)).toBe(before)
  })
})
