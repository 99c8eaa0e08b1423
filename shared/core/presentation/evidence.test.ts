import { describe, expect, it } from 'vitest'
import { utf8 } from '../encoding/bytes.ts'
import { faultCode } from '../fault.ts'
import {
  evidenceKinds,
  findEvidence,
  formatEvidence,
  mergeEvidence,
  parseEvidence,
  type EvidenceItem,
} from './evidence.ts'
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
    ['nothing', null],
    ['items that are no list', { v: 1, items: good }],
    ['no kind', { v: 1, items: [{ ...good, kind: undefined }] }],
    ['a time before all', { v: 1, items: [{ ...good, fetchedAt: -1 }] }],
  ])('of %s is refused', (_what, value) => {
    expect(refusal(value)).toBe('evidence.malformed')
    expect(refusal({ v: 1, items: [good] })).toBe('accepted')
  })
})

describe('a kind of evidence', () => {
  it.each([
    ...['did_state', 'accreditation', 'registration', 'query', 'status_digest', 'status_token', 'type_metadata'],
    ...['checkpoint', 'fork', 'certificate'],
  ])('is %s', (kind) => {
    const read = parseEvidence(JSON.stringify({ v: 1, items: [{ kind, name: 'a', fetchedAt: 0, bytes: 'AA' }] }))
    expect(read.items).toEqual([{ kind, name: 'a', fetchedAt: 0, bytes: new Uint8Array(1) }])
  })

  it('is one of ten', () => {
    expect(evidenceKinds).toHaveLength(10)
  })
})

describe('evidence', () => {
  it('is found by kind and name together', () => {
    const other = { ...item('a', 1, 'other'), kind: 'query' as const }
    const evidence = { items: [other, item('b', 1, 'b'), item('a', 1, 'a')] }
    expect(findEvidence(evidence, 'did_state', 'a')?.bytes).toEqual(utf8('a'))
    expect(findEvidence(evidence, 'query', 'a')?.bytes).toEqual(utf8('other'))
    expect(findEvidence(evidence, 'query', 'b')).toBeUndefined()
  })

  it('keeps the one that came last of two of the same second, and both of two kinds', () => {
    const merged = mergeEvidence({ items: [item('a', 1, 'first')] }, { items: [item('a', 1, 'last')] })
    expect(merged.items.map(({ bytes }) => bytes)).toEqual([utf8('last')])
    expect(mergeEvidence({ items: [item('a'), { ...item('a'), kind: 'query' }] }).items).toHaveLength(2)
  })

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

  it('keeps what came last, and gives up what came first', async () => {
    const names: string[] = []
    const cache = new VerifiedCache(2)
    for (const text of ['a', 'b', 'a', 'b', 'c', 'b', 'c', 'a'])
      await cache.of('x', '', utf8(text), () => (names.push(text), text))
    expect(names.join('')).toBe('abca')
  })

  it('knows bytes that lie where they lay, however many others came since', async () => {
    const cache = new VerifiedCache(1)
    const bytes = utf8('bytes')
    const worked: string[] = []
    const ask = (kind: string, regard = '') => cache.of(kind, regard, bytes, () => (worked.push(kind + regard), kind))
    const kinds = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']
    for (const kind of kinds) expect(await ask(kind)).toBe(kind)
    for (const kind of kinds.slice(1)) expect(await ask(kind)).toBe(kind)
    expect(worked.join('')).toBe('abcdefghi')
    expect(await ask('a')).toBe('a')
    expect(await ask('a', 'other')).toBe('a')
    expect(worked.slice(9)).toEqual(['a', 'aother'])
  })

  it('keeps no failure', async () => {
    const cache = new VerifiedCache()
    const bytes = utf8('x')
    await expect(cache.of('x', '', bytes, () => Promise.reject(new Error('once')))).rejects.toThrow('once')
    expect(await cache.of('x', '', bytes, () => 'good')).toBe('good')
  })
})
