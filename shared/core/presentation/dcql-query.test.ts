import { describe, expect, it } from 'vitest'
import { parseJson } from '../encoding/json.ts'
import { Fault } from '../fault.ts'
import { suites } from '../suites/known.ts'
import { parseDcqlQuery } from './dcql-query.ts'

type Members = Readonly<Record<string, unknown>>

const one: Members = { id: 'a', format: 'dc+sd-jwt', meta: { vct_values: ['urn:a'] } }
const read = (value: unknown) => parseDcqlQuery(parseJson(JSON.stringify(value), { array: 200 }))
const asking = (members: Members) => ({
  credentials: [
    { ...one, id: 'first' },
    { ...one, ...members },
  ],
})
const claiming = (...claims: readonly unknown[]) => asking({ claims: [{ id: 'x', path: ['x'] }, ...claims] })
const together = (...sets: readonly unknown[]) => ({
  credentials: [one],
  credential_sets: [{ options: [['a']] }, ...sets],
})
const mdoc = { format: 'mso_mdoc', meta: { doctype_value: 'd' } }

function refusedAt(value: unknown): unknown {
  try {
    read(value)
    return 'accepted'
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.code !== 'query.invalid') throw thrown
    return thrown.details.at
  }
}

/** Where a query is wrong, and such a one: whoever wrote it is told the place. */
const places: readonly [string, unknown][] = [
  ['dcql_query', []],
  ['credentials', {}],
  ['credentials', { credentials: [one, one] }],
  ['credential_sets', { credentials: [one], credential_sets: [] }],
  ['credentials/1', { credentials: [one, 'a'] }],
  ['credentials/1/id', asking({ id: '!' })],
  ['credentials/1/format', asking({ format: '' })],
  ['credentials/1/meta', asking({ meta: 'urn:a' })],
  ['credentials/1/meta/vct_values', asking({ meta: {} })],
  ['credentials/1/meta/vct_values', asking({ meta: { vct_values: [''] } })],
  ['credentials/1/meta/doctype_value', asking({ ...mdoc, meta: { doctype_value: '' } })],
  ['credentials/1/meta/type_values', asking({ format: 'ldp_vc', meta: {} })],
  ['credentials/1/meta/type_values', asking({ format: 'ldp_vc', meta: { type_values: ['A'] } })],
  ['credentials/1/multiple', asking({ multiple: 1 })],
  ['credentials/1/require_cryptographic_holder_binding', asking({ require_cryptographic_holder_binding: null })],
  ['credentials/1/trusted_authorities', asking({ trusted_authorities: [] })],
  ['credentials/1/trusted_authorities/0', asking({ trusted_authorities: ['aki'] })],
  ['credentials/1/trusted_authorities/0/type', asking({ trusted_authorities: [{ values: ['k'] }] })],
  ['credentials/1/trusted_authorities/0/values', asking({ trusted_authorities: [{ type: 'aki', values: [] }] })],
  ['credentials/1/claims', asking({ claims: [] })],
  ['credentials/1/claims', claiming({ id: 'x', path: ['y'] })],
  ['credentials/1/claims/1', claiming('y')],
  ['credentials/1/claims/1/id', claiming({ id: 1, path: ['y'] })],
  ['credentials/1/claims/1/path', claiming({ path: 'y' })],
  ['credentials/1/claims/1/path', claiming({ path: [{}] })],
  ['credentials/1/claims/0/path', asking({ ...mdoc, claims: [{ path: ['x'] }] })],
  ['credentials/1/claims/0/path', asking({ ...mdoc, claims: [{ path: ['x', 0] }] })],
  ['credentials/1/claims/0/path', asking({ ...mdoc, claims: [{ path: ['x', null] }] })],
  ['credentials/1/claims/1/values', claiming({ path: ['y'], values: 'z' })],
  ['credentials/1/claims/1/values', claiming({ path: ['y'], values: [0.5] })],
  ['credentials/1/claim_sets', asking({ claim_sets: [['x']] })],
  [
    'credentials/1/claim_sets',
    { credentials: [one, { ...one, id: 'b', claims: [{ id: 'x', path: ['x'] }], claim_sets: {} }] },
  ],
  ['credentials/1/claims', { credentials: [one, { ...one, id: 'b', claims: [{ path: ['x'] }], claim_sets: [['x']] }] }],
  ['credentials/1/claim_sets/0', asking({ claims: [{ id: 'x', path: ['x'] }], claim_sets: [[]] })],
  ['credentials/1/claim_sets/0', asking({ claims: [{ id: 'x', path: ['x'] }], claim_sets: [['y']] })],
  ['credential_sets/1', together('a')],
  ['credential_sets/1/options', together({})],
  ['credential_sets/1/options', together({ options: ['a'] })],
  ['credential_sets/1/options', together({ options: [['b']] })],
  ['credential_sets/1/required', together({ options: [['a']], required: 1 })],
]

describe('parseDcqlQuery', () => {
  it.each(places)('names %s where that is wrong', (at, value) => {
    expect(refusedAt(value)).toBe(at)
  })

  it('asks for one, bound to its holder, unless it says otherwise', () => {
    expect(read({ credentials: [one] }).credentials[0]).toMatchObject({ multiple: false, requiresHolderBinding: true })
    const other = { ...one, multiple: true, require_cryptographic_holder_binding: false }
    expect(read({ credentials: [other] }).credentials[0]).toMatchObject({
      multiple: true,
      requiresHolderBinding: false,
    })
  })

  it('keeps what was not said unsaid', () => {
    const query = read({ credentials: [{ ...one, claims: [{ path: ['x'] }] }] })
    expect(query).not.toHaveProperty('credentialSets')
    expect(Object.keys(query.credentials[0] ?? {})).toEqual([
      ...['id', 'format', 'type', 'multiple', 'requiresHolderBinding', 'claims'],
    ])
    expect(query.credentials[0]?.claims).toEqual([{ path: ['x'] }])
    expect(read({ credentials: [one] }).credentials[0]).not.toHaveProperty('claims')
  })

  it('keeps all that was said', () => {
    const query = read({
      credentials: [
        {
          ...one,
          trusted_authorities: [{ type: 'aki', values: ['k'] }],
          claims: [{ id: 'x', path: ['x', null, 0], values: ['v', 1, true] }],
          claim_sets: [['x']],
        },
      ],
      credential_sets: [{ options: [['a']] }, { options: [['a'], ['a']], required: false }],
    })
    expect(query.credentials[0]).toMatchObject({
      type: { kind: 'vct', values: ['urn:a'] },
      trustedAuthorities: [{ type: 'aki', values: ['k'] }],
      claims: [{ id: 'x', path: ['x', null, 0], values: ['v', 1, true] }],
      claimSets: [['x']],
    })
    expect(query.credentialSets).toEqual([
      { options: [['a']], required: true },
      { options: [['a'], ['a']], required: false },
    ])
  })

  it.each([
    ['dc+sd-jwt', { vct_values: ['v'] }, { kind: 'vct', values: ['v'] }],
    ['mso_mdoc', { doctype_value: 'd' }, { kind: 'doctype', value: 'd' }],
    ['jwt_vc_json', { type_values: [['A', 'B'], ['C']] }, { kind: 'types', values: [['A', 'B'], ['C']] }],
    ['vc+jwt', { type_values: [['A']] }, { kind: 'types', values: [['A']] }],
    ['ldp_vc', { type_values: [['A']] }, { kind: 'types', values: [['A']] }],
    ['another', {}, { kind: 'other' }],
  ])('reads the type of %s', (format, meta, type) => {
    expect(read({ credentials: [{ ...one, format, meta }] }).credentials[0]?.type).toEqual(type)
  })

  it.skipIf(suites.length === 0)('reads the type of an SD-JWT of each suite like that of the registered one', () => {
    const formats = suites.flatMap(({ sdJwt }) => (sdJwt === undefined ? [] : [sdJwt.format]))
    for (const format of formats) {
      expect(read({ credentials: [{ ...one, format }] }).credentials[0]?.type).toEqual({
        kind: 'vct',
        values: ['urn:a'],
      })
      expect(refusedAt({ credentials: [{ ...one, format, meta: {} }] })).toBe('credentials/0/meta/vct_values')
    }
  })

  it.each<[string, (count: number) => unknown, number]>([
    ['steps of a path', (count) => claiming({ path: Array.from({ length: count }, () => 'a') }), 8],
    ['values of a claim', (count) => claiming({ path: ['a'], values: Array.from({ length: count }, (_, i) => i) }), 64],
    ['letters of an id', (count) => asking({ id: 'a'.repeat(count) }), 64],
    ['types', (count) => asking({ meta: { vct_values: Array.from({ length: count }, () => 'a') } }), 64],
    ['queries of an option', (count) => together({ options: [Array.from({ length: count }, () => 'a')] }), 16],
    ['options', (count) => together({ options: Array.from({ length: count }, () => ['a']) }), 16],
    [
      'claims of a set',
      (count) => asking({ claims: [{ id: 'x', path: ['x'] }], claim_sets: [Array.from({ length: count }, () => 'x')] }),
      64,
    ],
  ])('accepts as many %s as there may be, and not one more', (_, make, most) => {
    expect(refusedAt(make(most))).toBe('accepted')
    expect(refusedAt(make(most + 1))).not.toBe('accepted')
  })
})
