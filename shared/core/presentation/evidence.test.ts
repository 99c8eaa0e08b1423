import { describe, expect, it } from 'vitest'
import { utf8 } from '../encoding/bytes.ts'
import { faultCode } from '../fault.ts'
import { findEvidence, formatEvidence, mergeEvidence, parseEvidence, type EvidenceItem } from './evidence.ts'
import { VerifiedCache } from './verified-cache.ts'

const item = (name: string, fetchedAt = 1, bytes = 'x'): EvidenceItem => ({
  kind: 'did_state',
  name,
  fetchedAt,
  bytes: utf8(bytes),
})
const refusal = (value: unknown) => {
  try {
    parseEvidence(typeof value === 'string' ? value : JSON.stringify(value))
    return 'accepted'
  } catch (thrown) {
    return faultCode(thrown)
  }
}

describe('a file of evidence', () => {
  it('comes back as it was', () => {
    const evidence = {
      items: [item('a'), { ...item('b'), kind: 'status_token' as const, bytes: Uint8Array.of(0, 255) }],
    }
    expect(parseEvidence(JSON.stringify(formatEvidence(evidence)))).toEqual(evidence)
  })

  const good = { kind: 'did_state', name: 'a', fetchedAt: 1, bytes: 'AA' }
  it.each<[string, unknown]>([
    ['no JSON', '{'],
    ['an array', []],
    ['another version', { v: 2, items: [] }],
    ['no items', { v: 1 }],
    ['an unknown kind', { v: 1, items: [{ ...good, kind: 'rumour' }] }],
    ['no name', { v: 1, items: [{ ...good, name: 7 }] }],
    ['no time', { v: 1, items: [{ ...good, fetchedAt: 'now' }] }],
    ['bytes that are padded', { v: 1, items: [{ ...good, bytes: 'AA==' }] }],
    ['no bytes', { v: 1, items: [{ ...good, bytes: undefined }] }],
    ['an item that is none', { v: 1, items: [null] }],
  ])('of %s is refused', (_what, value) => {
    expect(refusal(value)).toBe('evidence.malformed')
    expect(refusal({ v: 1, items: [good] })).toBe('accepted')
  })
})

describe('evidence', () => {
  it('keeps the later of two for the same thing', () => {
    const merged = mergeEvidence(
      { items: [item('a', 1, 'old'), item('b')] },
      { items: [item('a', 2, 'new')] },
      { items: [item('a', 0, 'older')] },
    )
    expect(merged.items).toHaveLength(2)
    expect(findEvidence(merged, 'did_state', 'a')?.bytes).toEqual(utf8('new'))
    expect(findEvidence(merged, 'status_token', 'a')).toBeUndefined()
  })
})

describe('VerifiedCache', () => {
  it('works once for the same bytes, kind and regard, wherever the bytes lie', async () => {
    const cache = new VerifiedCache()
    let worked = 0
    const work = () => Promise.resolve(++worked)
    const [bytes, trust] = [utf8('bytes'), { log: 'a' }]
    expect(await cache.of('state', trust, bytes, work)).toBe(1)
    expect(await cache.of('state', trust, bytes, work)).toBe(1)
    expect(await cache.of('state', { log: 'a' }, utf8('bytes'), work)).toBe(1)
    expect(await cache.of('state', { log: 'b' }, bytes, work)).toBe(2)
    expect(await cache.of('other', trust, bytes, work)).toBe(3)
    expect(await cache.of('state', trust, utf8('byteS'), work)).toBe(4)
    expect(await cache.of('state', trust, bytes, work)).toBe(1)
  })

  it('holds no more than it may', async () => {
    const cache = new VerifiedCache(2)
    let worked = 0
    for (const text of ['a', 'b', 'c', 'a']) await cache.of('x', '', utf8(text), () => ++worked)
    expect(worked).toBe(4)
  })

  it('keeps no failure', async () => {
    const cache = new VerifiedCache()
    const bytes = utf8('x')
    await expect(cache.of('x', '', bytes, () => Promise.reject(new Error('once')))).rejects.toThrow('once')
    expect(await cache.of('x', '', bytes, () => 'good')).toBe('good')
  })
})
