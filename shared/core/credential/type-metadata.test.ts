import { describe, expect, it } from 'vitest'
import { utf8 } from '../encoding/bytes.ts'
import { faultCode } from '../fault.ts'
import { limits } from '../limits.ts'
import { integrityOf, parseTypeMetadata } from './type-metadata.ts'

const read = (json: unknown) => parseTypeMetadata(utf8(JSON.stringify(json)))
const claim = (members: object) => ({ vct: 'urn:x', claims: [{ path: ['a'], ...members }] })
const refusal = (bytes: Uint8Array) => {
  try {
    parseTypeMetadata(bytes)
    return 'accepted'
  } catch (thrown) {
    return faultCode(thrown)
  }
}

describe('type metadata', () => {
  it('need no more than a name', () => {
    expect(read({ vct: 'urn:x' })).toStrictEqual({ vct: 'urn:x', display: [], claims: [] })
  })

  it('keep what we know, and nothing else', () => {
    expect(
      read({
        vct: 'urn:x',
        foreign: 1,
        extends: 'urn:y',
        'extends#integrity': 'sha256-A',
        display: [
          { locale: 'en', name: 'X', description: 'd', foreign: 1 },
          { locale: 'zh-CN', name: 'Y' },
        ],
        x_fujie: { showTo: ['hotel'], foreign: 1 },
      }),
    ).toStrictEqual({
      vct: 'urn:x',
      display: [
        { locale: 'en', name: 'X', description: 'd' },
        { locale: 'zh-CN', name: 'Y' },
      ],
      claims: [],
      extends: { vct: 'urn:y', integrity: 'sha256-A' },
      showTo: ['hotel'],
    })
    const rendering = { simple: { logo: { uri: 'https://a.example' } } }
    expect(read({ vct: 'urn:x', display: [{ locale: 'en', name: 'X', rendering }] }).display[0]?.rendering).toEqual(
      rendering,
    )
    expect(read({ vct: 'urn:x', extends: 'urn:y' }).extends).toStrictEqual({ vct: 'urn:y' })
    expect(read({ vct: 'urn:x', x_fujie: 1 })).toStrictEqual({ vct: 'urn:x', display: [], claims: [] })
    expect(read({ vct: 'urn:x', x_fujie: { showTo: [] } }).showTo).toEqual([])
  })

  it('say of a claim what they say, and the usual where they say nothing', () => {
    expect(read(claim({})).claims).toStrictEqual([
      { path: ['a'], mandatory: false, display: [], sd: 'allowed', sensitive: false },
    ])
    const own = { group: 'g', mask: 'm', codelist: 'c', order: 2 }
    const label = { locale: 'en', label: 'A' }
    const all = { mandatory: true, sd: 'never', display: [{ ...label, foreign: 1 }], svg_id: 's' }
    expect(read(claim({ ...all, x_fujie: { ...own, sensitive: true } })).claims).toStrictEqual([
      { path: ['a'], mandatory: true, display: [label], sd: 'never', svgId: 's', ...own, sensitive: true },
    ])
  })

  it('leave out what is of another kind than it should be and binds nobody', () => {
    const own = { group: 1, mask: 1, codelist: 1, order: '1', sensitive: 'true' }
    expect(read(claim({ svg_id: 1, x_fujie: own })).claims).toStrictEqual([
      { path: ['a'], mandatory: false, display: [], sd: 'allowed', sensitive: false },
    ])
    expect(
      read({ vct: 'urn:x', display: [{ locale: 'en', name: 'X', description: 1, rendering: [] }] }).display,
    ).toStrictEqual([{ locale: 'en', name: 'X' }])
  })

  it.each(['always', 'allowed', 'never'] as const)('let a claim be hidden %s', (sd) => {
    expect(read(claim({ sd })).claims[0]?.sd).toBe(sd)
  })

  it('name claims by members, indices and all elements', () => {
    for (const path of [['a', 'b'], ['a', null, 'b'], ['a', 0], [Number.MAX_SAFE_INTEGER]])
      expect(read(claim({ path })).claims[0]?.path).toEqual(path)
  })

  it.each<[string, unknown]>([
    ['a list', []],
    ['null', null],
    ['no name', {}],
    ['an empty name', { vct: '' }],
    ['a name that is no text', { vct: 1 }],
    ['a display that is no list', { vct: 'urn:x', display: {} }],
    ['a display in text', { vct: 'urn:x', display: ['X'] }],
    ['a display without a name', { vct: 'urn:x', display: [{ locale: 'en' }] }],
    ['a display without a language', { vct: 'urn:x', display: [{ name: 'X' }] }],
    ['claims that are no list', { vct: 'urn:x', claims: {} }],
    ['a claim in text', { vct: 'urn:x', claims: ['a'] }],
    ['a claim without a path', { vct: 'urn:x', claims: [{}] }],
    ['an empty path', claim({ path: [] })],
    ['a path in text', claim({ path: 'a' })],
    ['a path with a flag', claim({ path: ['a', true] })],
    ['a negative index', claim({ path: ['a', -1] })],
    ['an index with a fraction', claim({ path: ['a', 0.5] })],
    ['a claim hidden at times', claim({ sd: 'sometimes' })],
    ['a claim hidden by a flag', claim({ sd: true })],
    ['a claim demanded in text', claim({ mandatory: 'yes' })],
    ['labels that are no list', claim({ display: 'A' })],
    ['a label in text', claim({ display: ['A'] })],
    ['a label without a language', claim({ display: [{ label: 'A' }] })],
    ['a label without words', claim({ display: [{ locale: 'en' }] })],
    ['a type above that is no text', { vct: 'urn:x', extends: 1 }],
    ['a type above that is empty', { vct: 'urn:x', extends: '' }],
    ['a digest above that is no text', { vct: 'urn:x', extends: 'urn:y', 'extends#integrity': 1 }],
    ['purposes that are no list', { vct: 'urn:x', x_fujie: { showTo: 'hotel' } }],
    ['a purpose that is no text', { vct: 'urn:x', x_fujie: { showTo: [1] } }],
  ])('are refused with %s', (_what, json) => {
    expect(refusal(utf8(JSON.stringify(json)))).toBe('credential_type.malformed')
  })

  it.each<[string, unknown]>([
    ['document', null],
    ['vct', {}],
    ['display', { vct: 'urn:x', display: {} }],
    ['display', { vct: 'urn:x', display: [null] }],
    ['display.locale', { vct: 'urn:x', display: [{ name: 'X' }] }],
    ['display.name', { vct: 'urn:x', display: [{ locale: 'en' }] }],
    ['claims', { vct: 'urn:x', claims: {} }],
    ['claims', { vct: 'urn:x', claims: [null] }],
    ['claims.path', { vct: 'urn:x', claims: [{ path: {} }] }],
    ['claims.path', claim({ path: [] })],
    ['claims.sd', claim({ sd: 'sometimes' })],
    ['claims.mandatory', claim({ mandatory: 'yes' })],
    ['claims.display', claim({ display: 'A' })],
    ['claims.display', claim({ display: [null] })],
    ['claims.display.locale', claim({ display: [{ label: 'A' }] })],
    ['claims.display.label', claim({ display: [{ locale: 'en' }] })],
    ['extends', { vct: 'urn:x', extends: 1 }],
    ['extends#integrity', { vct: 'urn:x', extends: 'urn:y', 'extends#integrity': 1 }],
    ['showTo', { vct: 'urn:x', x_fujie: { showTo: 'hotel' } }],
    ['showTo', { vct: 'urn:x', x_fujie: { showTo: [1] } }],
  ])('name what is wrong: %s', (at, json) => {
    expect(() => read(json)).toThrow(expect.objectContaining({ code: 'credential_type.malformed', details: { at } }))
  })

  it('are refused where they are no JSON', () => {
    for (const text of ['', '{', '{"vct":"a","vct":"b"}']) expect(refusal(utf8(text))).toBe('credential_type.malformed')
    expect(refusal(Uint8Array.of(0xff))).toBe('credential_type.malformed')
  })

  it('are read up to their bounds', () => {
    const text = JSON.stringify({ vct: 'urn:x' })
    expect(refusal(utf8(text.padEnd(limits.metadata)))).toBe('accepted')
    expect(refusal(utf8(text.padEnd(limits.metadata + 1)))).toBe('limit.exceeded')
    const many = (count: number) => ({ vct: 'urn:x', claims: Array.from({ length: count }, () => ({ path: ['a'] })) })
    expect(read(many(256)).claims.length).toBe(256)
    expect(refusal(utf8(JSON.stringify(many(257))))).toBe('limit.exceeded')
    expect(read({ vct: 'x'.repeat(200_000) }).vct.length).toBe(200_000)
  })

  it('are named by the digest of their bytes', () => {
    // RFC 6234: SHA-256 of "abc".
    expect(integrityOf(utf8('abc'))).toBe('sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=')
  })
})
