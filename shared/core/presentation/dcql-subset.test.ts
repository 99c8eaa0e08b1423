import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../tests/house/runs.ts'
import { parseJsonObject } from '../encoding/json.ts'
import { parseDcqlQuery } from './dcql-query.ts'
import { excessQueries } from './dcql-subset.ts'

type Members = Readonly<Record<string, unknown>>

const query = (...credentials: readonly Members[]) =>
  parseDcqlQuery(
    parseJsonObject(JSON.stringify({ credentials: credentials.map((each, i) => ({ id: `q${i}`, ...each })) })),
  )

const sdJwt = (members: Members = {}) => ({ format: 'dc+sd-jwt', meta: { vct_values: ['urn:a'] }, ...members })
const mdoc = (doctype: string) => ({ format: 'mso_mdoc', meta: { doctype_value: doctype } })
const w3c = (...types: readonly (readonly string[])[]) => ({ format: 'jwt_vc_json', meta: { type_values: types } })
const path = (...steps: readonly unknown[]) => sdJwt({ claims: [{ path: steps }] })
const values = (...of: readonly unknown[]) => sdJwt({ claims: [{ path: ['age'], values: of }] })

const isWithin = (asked: Members, ...registered: readonly Members[]) =>
  excessQueries(
    query(asked),
    registered.map((each) => query(each)),
  ).size === 0

/** What is asked, what is registered, and whether the one is within the other. */
const cases: readonly [string, Members, Members, boolean][] = [
  ['the same', sdJwt(), sdJwt(), true],
  ['one of the types', sdJwt(), sdJwt({ meta: { vct_values: ['urn:b', 'urn:a'] } }), true],
  ['a type more', sdJwt({ meta: { vct_values: ['urn:a', 'urn:b'] } }), sdJwt(), false],
  ['another type', sdJwt({ meta: { vct_values: ['urn:b'] } }), sdJwt(), false],
  ['another format', mdoc('urn:a'), sdJwt(), false],
  ['the same doctype', mdoc('d'), mdoc('d'), true],
  ['another doctype', mdoc('d'), mdoc('e'), false],
  ['narrower W3C types', w3c(['A', 'B']), w3c(['A']), true],
  ['wider W3C types', w3c(['A']), w3c(['A', 'B']), false],
  ['one of the W3C types', w3c(['A']), w3c(['B'], ['A']), true],
  ['W3C types in another format', { ...w3c(['A']), format: 'ldp_vc' }, w3c(['A']), false],
  ['a W3C type more', w3c(['A'], ['B']), w3c(['A']), false],
  ['a format nobody knows', { format: 'x', meta: {} }, { format: 'x', meta: {} }, false],
  ['several where several may be', sdJwt({ multiple: true }), sdJwt({ multiple: true }), true],
  ['several where one may be', sdJwt({ multiple: true }), sdJwt(), false],
  ['one where several may be', sdJwt(), sdJwt({ multiple: true }), true],
  ['no claims where some may be', sdJwt(), path('name'), true],
  ['claims where none may be', path('name'), sdJwt(), false],
  ['a claim that may be', path('name'), sdJwt({ claims: [{ path: ['age'] }, { path: ['name'] }] }), true],
  ['a claim that may not be', path('name'), path('age'), false],
  ['a claim more', sdJwt({ claims: [{ path: ['age'] }, { path: ['name'] }] }), path('name'), false],
  ['a part of a claim', path('address', 'city'), path('address'), true],
  ['the whole of a claim', path('address'), path('address', 'city'), false],
  ['another part', path('address', 'street'), path('address', 'city'), false],
  ['an element of a list', path('cars', 1, 'brand'), path('cars', null, 'brand'), true],
  ['all elements of a list', path('cars', null), path('cars', null), true],
  ['all elements where one may be', path('cars', null), path('cars', 1), false],
  ['a member where elements may be', path('cars', 'brand'), path('cars', null), false],
  ['another element', path('cars', 1), path('cars', 2), false],
  ['a value where any may be', values(18), path('age'), true],
  ['any value where one may be', path('age'), values(18), false],
  ['one of the values', values(18), values(18, 21), true],
  ['a value more', values(18, 21), values(18), false],
  ['another value', values(21), values(18), false],
  ['a value of another type', values('18'), values(18), false],
]

describe('excessQueries', () => {
  it.each(cases)('judges %s', (_, asked, registered, within) => {
    expect(isWithin(asked, registered)).toBe(within)
    expect(isWithin(asked, mdoc('other'), registered)).toBe(within)
  })

  it('names those that ask for more, and no other', () => {
    const asked = query(path('name'), path('age'), path('portrait'))
    expect([...excessQueries(asked, [query(path('name')), query(path('age'))])]).toEqual(['q2'])
    expect([...excessQueries(asked, [])]).toEqual(['q0', 'q1', 'q2'])
  })

  it('does not put two registered queries together to allow a third', () => {
    const both = sdJwt({ claims: [{ path: ['name'] }, { path: ['age'] }] })
    expect(isWithin(both, path('name'), path('age'))).toBe(false)
    expect(isWithin(both, both)).toBe(true)
  })

  it('finds every query within itself, and none within itself less a claim', () => {
    const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 2 })
    fc.assert(
      fc.property(names, ([first = '', ...rest]) => {
        const whole = sdJwt({ claims: [first, ...rest].map((name) => ({ path: [name] })) })
        const less = sdJwt({ claims: rest.map((name) => ({ path: [name] })) })
        expect([isWithin(whole, whole), isWithin(less, whole), isWithin(whole, less)]).toEqual([true, true, false])
      }),
      runs.usual,
    )
  })
})
