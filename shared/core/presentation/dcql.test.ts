import { describe, expect, it } from 'vitest'
import { readVectors, vectorsFolder } from '../../../tests/house/vectors.ts'
import { parseJsonObject, type Json } from '../encoding/json.ts'
import { chooseAnswer, judgeAnswer, matchQuery, parseDcqlQuery, type Answer, type Candidate } from './dcql.ts'

type Row = Record<string, unknown>

/** As it would come from the wire: parsed strictly, objects without a prototype. */
function json(value: unknown): Json {
  return parseJsonObject(JSON.stringify({ value }), { array: 2_000, members: 2_000 }).value as Json
}

function query(value: unknown) {
  return parseDcqlQuery(json(value))
}

const vct = 'urn:fujie:cn:resident-id:1'
const meta = { vct_values: [vct] }

function asking(members: Row, ...more: Row[]) {
  return { credentials: [{ id: 'a', format: 'dc+sd-jwt', meta, ...members }, ...more] }
}

function holding(claims: unknown, members: Partial<Candidate> = {}): Candidate {
  const read = json(claims) as Candidate['claims']
  return { id: 'doc', format: 'dc+sd-jwt', types: [vct], claims: read, bound: true, authorityKeyIds: [], ...members }
}

describe('parseDcqlQuery', () => {
  const one = { id: 'a', format: 'dc+sd-jwt', meta }
  const claims = [
    { id: 'x', path: ['name'] },
    { id: 'y', path: ['age'] },
  ]
  const many = (count: number, make: (i: number) => unknown) => Array.from({ length: count }, (_, i) => make(i))
  const credentials = (count: number) => many(count, (i) => ({ ...one, id: `c${i}` }))

  it.each<[string, unknown, unknown]>([
    ['no object', 'x', asking({})],
    ['no credentials', {}, asking({})],
    ['empty credentials', { credentials: [] }, asking({})],
    ['a credential that is no object', { credentials: ['a'] }, asking({})],
    ['no id', { credentials: [{ format: 'dc+sd-jwt', meta }] }, asking({})],
    ['an empty id', asking({ id: '' }), asking({ id: '_' })],
    ['an id with a dot', asking({ id: 'a.b' }), asking({ id: 'a-b' })],
    ['an id with a blank', asking({ id: 'a b' }), asking({ id: 'a_b' })],
    ['an id of 65 letters', asking({ id: 'a'.repeat(65) }), asking({ id: 'a'.repeat(64) })],
    ['an id that is a number', asking({ id: 1 }), asking({ id: '1' })],
    ['a doubled id', asking({}, one), asking({}, { ...one, id: 'b' })],
    ['no format', asking({ format: undefined }), asking({})],
    ['a format that is no text', asking({ format: 1 }), asking({})],
    ['no meta', asking({ meta: undefined }), asking({})],
    ['meta without vct_values', asking({ meta: {} }), asking({})],
    ['empty vct_values', asking({ meta: { vct_values: [] } }), asking({})],
    ['vct_values that are no texts', asking({ meta: { vct_values: [1] } }), asking({})],
    ['vct_values that are no array', asking({ meta: { vct_values: vct } }), asking({})],
    [
      'mdoc without doctype_value',
      asking({ format: 'mso_mdoc', meta: {} }),
      asking({ format: 'mso_mdoc', meta: { doctype_value: 'd' } }),
    ],
    [
      'W3C without type_values',
      asking({ format: 'jwt_vc_json', meta: {} }),
      asking({ format: 'jwt_vc_json', meta: { type_values: [['T']] } }),
    ],
    [
      'W3C with an empty inner list',
      asking({ format: 'ldp_vc', meta: { type_values: [[]] } }),
      asking({ format: 'ldp_vc', meta: { type_values: [['T']] } }),
    ],
    [
      'W3C with a flat list',
      asking({ format: 'vc+jwt', meta: { type_values: ['T'] } }),
      asking({ format: 'vc+jwt', meta: { type_values: [['T']] } }),
    ],
    ['meta of another format that is no object', asking({ format: 'x', meta: 1 }), asking({ format: 'x', meta: {} })],
    ['multiple that is no boolean', asking({ multiple: 'true' }), asking({ multiple: true })],
    [
      'holder binding that is no boolean',
      asking({ require_cryptographic_holder_binding: 1 }),
      asking({ require_cryptographic_holder_binding: false }),
    ],
    ['empty claims', asking({ claims: [] }), asking({ claims })],
    ['claims that are no array', asking({ claims: {} }), asking({ claims })],
    ['a claim without path', asking({ claims: [{ id: 'x' }] }), asking({ claims })],
    ['an empty path', asking({ claims: [{ path: [] }] }), asking({ claims: [{ path: ['a'] }] })],
    ['a negative index', asking({ claims: [{ path: ['a', -1] }] }), asking({ claims: [{ path: ['a', 0] }] })],
    ['an index with a fraction', asking({ claims: [{ path: ['a', 0.5] }] }), asking({ claims: [{ path: ['a', 1] }] })],
    ['a boolean in a path', asking({ claims: [{ path: ['a', true] }] }), asking({ claims: [{ path: ['a', null] }] })],
    [
      'a path of nine',
      asking({ claims: [{ path: many(9, () => 'a') }] }),
      asking({ claims: [{ path: many(8, () => 'a') }] }),
    ],
    [
      'an mdoc path of three',
      asking({ format: 'mso_mdoc', meta: { doctype_value: 'd' }, claims: [{ path: ['a', 'b', 'c'] }] }),
      asking({ format: 'mso_mdoc', meta: { doctype_value: 'd' }, claims: [{ path: ['a', 'b'] }] }),
    ],
    [
      'a claim id with a dot',
      asking({ claims: [{ id: 'x.y', path: ['a'] }] }),
      asking({ claims: [{ id: 'x-y', path: ['a'] }] }),
    ],
    [
      'a doubled claim id',
      asking({
        claims: [
          { id: 'x', path: ['a'] },
          { id: 'x', path: ['b'] },
        ],
      }),
      asking({ claims }),
    ],
    [
      'empty values',
      asking({ claims: [{ path: ['a'], values: [] }] }),
      asking({ claims: [{ path: ['a'], values: ['v'] }] }),
    ],
    [
      'an object as value',
      asking({ claims: [{ path: ['a'], values: [{}] }] }),
      asking({ claims: [{ path: ['a'], values: [true] }] }),
    ],
    [
      'null as value',
      asking({ claims: [{ path: ['a'], values: [null] }] }),
      asking({ claims: [{ path: ['a'], values: [1] }] }),
    ],
    [
      '65 values',
      asking({ claims: [{ path: ['a'], values: many(65, (i) => i) }] }),
      asking({ claims: [{ path: ['a'], values: many(64, (i) => i) }] }),
    ],
    ['claim_sets without claims', asking({ claim_sets: [['x']] }), asking({ claims, claim_sets: [['x']] })],
    ['claim_sets of an unknown id', asking({ claims, claim_sets: [['z']] }), asking({ claims, claim_sets: [['y']] })],
    [
      'claim_sets with claims that have no id',
      asking({ claims: [{ path: ['a'] }], claim_sets: [['x']] }),
      asking({ claims, claim_sets: [['x']] }),
    ],
    ['empty claim_sets', asking({ claims, claim_sets: [] }), asking({ claims, claim_sets: [['x']] })],
    ['an empty claim set', asking({ claims, claim_sets: [[]] }), asking({ claims, claim_sets: [['x']] })],
    [
      '33 claim sets',
      asking({ claims, claim_sets: many(33, () => ['x']) }),
      asking({ claims, claim_sets: many(32, () => ['x']) }),
    ],
    [
      '65 claims',
      asking({ claims: many(65, () => ({ path: ['a'] })) }),
      asking({ claims: many(64, () => ({ path: ['a'] })) }),
    ],
    ['17 credentials', { credentials: credentials(17) }, { credentials: credentials(16) }],
    [
      'empty trusted_authorities',
      asking({ trusted_authorities: [] }),
      asking({ trusted_authorities: [{ type: 'aki', values: ['k'] }] }),
    ],
    [
      'an authority without values',
      asking({ trusted_authorities: [{ type: 'aki' }] }),
      asking({ trusted_authorities: [{ type: 'x', values: ['k'] }] }),
    ],
    [
      'empty credential_sets',
      { ...asking({}), credential_sets: [] },
      { ...asking({}), credential_sets: [{ options: [['a']] }] },
    ],
    [
      'a set without options',
      { ...asking({}), credential_sets: [{}] },
      { ...asking({}), credential_sets: [{ options: [['a']] }] },
    ],
    [
      'a set with empty options',
      { ...asking({}), credential_sets: [{ options: [] }] },
      { ...asking({}), credential_sets: [{ options: [['a']] }] },
    ],
    [
      'an empty option',
      { ...asking({}), credential_sets: [{ options: [[]] }] },
      { ...asking({}), credential_sets: [{ options: [['a']] }] },
    ],
    [
      'an option of an unknown query',
      { ...asking({}), credential_sets: [{ options: [['b']] }] },
      { ...asking({}), credential_sets: [{ options: [['a']] }] },
    ],
    [
      'a set whose required is no boolean',
      { ...asking({}), credential_sets: [{ options: [['a']], required: 'no' }] },
      { ...asking({}), credential_sets: [{ options: [['a']], required: false }] },
    ],
    [
      '17 sets',
      { ...asking({}), credential_sets: many(17, () => ({ options: [['a']] })) },
      { ...asking({}), credential_sets: many(16, () => ({ options: [['a']] })) },
    ],
    [
      '17 options',
      { ...asking({}), credential_sets: [{ options: many(17, () => ['a']) }] },
      { ...asking({}), credential_sets: [{ options: many(16, () => ['a']) }] },
    ],
  ])('refuses %s and accepts its twin', (_, bad, good) => {
    expect(() => query(bad)).toThrow('query.invalid')
    expect(query(good).credentials.length).toBeGreaterThan(0)
  })

  it('ignores members it does not know', () => {
    expect(query({ ...asking({ later: 1 }), later: 1 }).credentials[0]?.id).toBe('a')
  })
})

const person = {
  vct,
  basic: { name: '王小明', gender: 1 },
  age: { 14: true, 18: true, 60: false },
  address: 'road 1',
  nationalities: ['CN', 'FR', 'DE'],
  degrees: [
    { type: 'BA', year: 2010 },
    { type: 'MA', year: 2013 },
    { type: 'BA', year: '2010' },
  ],
  nothing: null,
  empty: [],
  mixed: [{ a: 1 }, 'text'],
  rows: [[1, 2], [3]],
}

/** Claims asked for, and the elements shown: `undefined` where the document does not answer. */
const truth: readonly [string, unknown, unknown][] = [
  ['no claims: nothing selective', undefined, []],
  ['a member', [{ path: ['address'] }], [['address']]],
  ['a whole object', [{ path: ['basic'] }], [['basic']]],
  ['a member of an object', [{ path: ['basic', 'name'] }], [['basic', 'name']]],
  ['two members', [{ path: ['basic', 'name'] }, { path: ['address'] }], [['basic', 'name'], ['address']]],
  ['the same claim twice', [{ path: ['address'] }, { path: ['address'] }], [['address']]],
  ['a clear claim', [{ path: ['vct'] }], [['vct']]],
  ['a member that is absent', [{ path: ['phone'] }], undefined],
  ['one absent beside one there', [{ path: ['address'] }, { path: ['phone'] }], undefined],
  ['a child that is absent', [{ path: ['basic', 'phone'] }], undefined],
  ['a child of a text', [{ path: ['address', 'street'] }], undefined],
  ['a child of null', [{ path: ['nothing', 'x'] }], undefined],
  ['null itself', [{ path: ['nothing'] }], [['nothing']]],
  ['a child of an array', [{ path: ['nationalities', 'x'] }], undefined],
  ['an inherited name', [{ path: ['constructor'] }], undefined],
  ['an inherited name of an array', [{ path: ['nationalities', 'length'] }], undefined],
  ['a name that looks like an index', [{ path: ['age', '18'] }], [['age', '18']]],
  ['an index into an object', [{ path: ['age', 18] }], undefined],
  ['an index', [{ path: ['nationalities', 1] }], [['nationalities', 1]]],
  ['the first element', [{ path: ['nationalities', 0] }], [['nationalities', 0]]],
  ['an index out of range', [{ path: ['nationalities', 3] }], undefined],
  ['an index into a text', [{ path: ['address', 0] }], undefined],
  [
    'every element',
    [{ path: ['nationalities', null] }],
    [
      ['nationalities', 0],
      ['nationalities', 1],
      ['nationalities', 2],
    ],
  ],
  ['every element of an object', [{ path: ['basic', null] }], undefined],
  ['every element of none', [{ path: ['empty', null] }], undefined],
  ['an empty array itself', [{ path: ['empty'] }], [['empty']]],
  [
    'a member of every element',
    [{ path: ['degrees', null, 'type'] }],
    [
      ['degrees', 0, 'type'],
      ['degrees', 1, 'type'],
      ['degrees', 2, 'type'],
    ],
  ],
  ['a member one element lacks', [{ path: ['mixed', null, 'a'] }], undefined],
  ['a member no element has', [{ path: ['degrees', null, 'x'] }], undefined],
  ['an element of every element', [{ path: ['rows', null, 1] }], [['rows', 0, 1]]],
  [
    'every element of every element',
    [{ path: ['rows', null, null] }],
    [
      ['rows', 0, 0],
      ['rows', 0, 1],
      ['rows', 1, 0],
    ],
  ],
  ['a member of the second', [{ path: ['degrees', 1, 'year'] }], [['degrees', 1, 'year']]],
  ['a value that is there', [{ path: ['address'], values: ['road 1'] }], [['address']]],
  ['one of two values', [{ path: ['address'], values: ['x', 'road 1'] }], [['address']]],
  ['another value', [{ path: ['address'], values: ['road 2'] }], undefined],
  ['a value in other case', [{ path: ['address'], values: ['Road 1'] }], undefined],
  ['a number', [{ path: ['basic', 'gender'], values: [1] }], [['basic', 'gender']]],
  ['the same number as text', [{ path: ['basic', 'gender'], values: ['1'] }], undefined],
  ['the same number as boolean', [{ path: ['basic', 'gender'], values: [true] }], undefined],
  ['a boolean', [{ path: ['age', '18'], values: [true] }], [['age', '18']]],
  ['the other boolean', [{ path: ['age', '18'], values: [false] }], undefined],
  ['a boolean as text', [{ path: ['age', '18'], values: ['true'] }], undefined],
  ['false that is false', [{ path: ['age', '60'], values: [false] }], [['age', '60']]],
  ['an object with values', [{ path: ['basic'], values: ['x'] }], undefined],
  ['an array with values', [{ path: ['nationalities'], values: ['CN'] }], undefined],
  ['null with values', [{ path: ['nothing'], values: ['null'] }], undefined],
  ['elements that match', [{ path: ['nationalities', null], values: ['FR'] }], [['nationalities', 1]]],
  [
    'two elements that match',
    [{ path: ['nationalities', null], values: ['DE', 'CN'] }],
    [
      ['nationalities', 0],
      ['nationalities', 2],
    ],
  ],
  ['no element that matches', [{ path: ['nationalities', null], values: ['US'] }], undefined],
  [
    'members that match',
    [{ path: ['degrees', null, 'type'], values: ['BA'] }],
    [
      ['degrees', 0, 'type'],
      ['degrees', 2, 'type'],
    ],
  ],
  ['a year as number only', [{ path: ['degrees', null, 'year'], values: [2010] }], [['degrees', 0, 'year']]],
  ['a year as text only', [{ path: ['degrees', null, 'year'], values: ['2010'] }], [['degrees', 2, 'year']]],
  [
    'a match beside a mismatch',
    [
      { path: ['address'], values: ['road 1'] },
      { path: ['basic', 'gender'], values: [2] },
    ],
    undefined,
  ],
]

describe('claims', () => {
  it.each(truth)('%s', (_, claims, shown) => {
    const [choice] = matchQuery(query(asking({ claims })), [holding(person)]).choices
    expect(choice?.matches.map((match) => match.paths)).toEqual(shown === undefined ? [] : [shown])
  })
})

const abc = [
  { id: 'a', path: ['a'] },
  { id: 'b', path: ['b'], values: [1] },
  { id: 'c', path: ['c'] },
]

/** What stands in the document, the claim sets, and what is shown. */
const setTruth: readonly [string, unknown, unknown, unknown][] = [
  ['the first set', { a: 1, b: 1, c: 1 }, [['a'], ['b']], [['a']]],
  ['the second, when the first is absent', { b: 1, c: 1 }, [['a'], ['b']], [['b']]],
  ['the second, when the first does not match', { a: 1, b: 2 }, [['b'], ['a']], [['a']]],
  ['the order of the verifier', { a: 1, b: 1, c: 1 }, [['c'], ['a']], [['c']]],
  ['a set of two', { a: 1, b: 1, c: 1 }, [['a', 'c'], ['b']], [['a'], ['c']]],
  ['not half a set', { a: 1, b: 1 }, [['a', 'c'], ['b']], [['b']]],
  ['no set at all', { c: 1 }, [['a'], ['b']], undefined],
  ['not a claim outside the sets', { a: 1, c: 1 }, [['a']], [['a']]],
  ['an id twice in a set', { a: 1 }, [['a', 'a']], [['a']]],
]

describe('claim_sets', () => {
  it.each(setTruth)('%s', (_, document, claim_sets, shown) => {
    const [choice] = matchQuery(query(asking({ claims: abc, claim_sets })), [holding(document)]).choices
    expect(choice?.matches.map((match) => match.paths)).toEqual(shown === undefined ? [] : [shown])
  })
})

const mdoc = { format: 'mso_mdoc', types: ['org.iso.mdl'] }
const w3c = { format: 'jwt_vc_json', types: ['VC', 'Degree'] }

const kindTruth: readonly [string, Row, Partial<Candidate>, boolean][] = [
  ['the type', {}, {}, true],
  ['another type', {}, { types: ['urn:x'] }, false],
  [
    'the older W3C data model by the name of both',
    { format: 'jwt_vc_json', meta: { type_values: [['T']] } },
    { format: 'vc-jwt-1.1', types: ['T'] },
    true,
  ],
  ['one of two types', { meta: { vct_values: ['urn:x', vct] } }, {}, true],
  ['an ancestor or alias', {}, { types: ['urn:child', vct] }, true],
  ['a type that begins alike', {}, { types: [`${vct}1`] }, false],
  ['a type in other case', {}, { types: [vct.toUpperCase()] }, false],
  ['no type', {}, { types: [] }, false],
  ['another format', {}, mdoc, false],
  ['an mdoc', { format: 'mso_mdoc', meta: { doctype_value: 'org.iso.mdl' } }, mdoc, true],
  ['another doctype', { format: 'mso_mdoc', meta: { doctype_value: 'org.iso.other' } }, mdoc, false],
  ['all types of one list', { format: 'jwt_vc_json', meta: { type_values: [['VC', 'Degree']] } }, w3c, true],
  ['a type too many', { format: 'jwt_vc_json', meta: { type_values: [['VC', 'Other']] } }, w3c, false],
  ['any of two lists', { format: 'jwt_vc_json', meta: { type_values: [['Other'], ['Degree']] } }, w3c, true],
  ['the other name of the format', { format: 'vc+jwt', meta: { type_values: [['VC']] } }, w3c, true],
  ['a format we do not know', { format: 'x', meta: {} }, { format: 'x' }, false],
  ['unbound', {}, { bound: false }, false],
  ['unbound where that will do', { require_cryptographic_holder_binding: false }, { bound: false }, true],
  ['bound where that is not asked for', { require_cryptographic_holder_binding: false }, {}, true],
  [
    'the authority',
    { trusted_authorities: [{ type: 'aki', values: ['k1'] }] },
    { authorityKeyIds: ['k0', 'k1'] },
    true,
  ],
  ['another authority', { trusted_authorities: [{ type: 'aki', values: ['k1'] }] }, { authorityKeyIds: ['k0'] }, false],
  ['any value', { trusted_authorities: [{ type: 'aki', values: ['k1', 'k2'] }] }, { authorityKeyIds: ['k2'] }, true],
  [
    'any entry',
    {
      trusted_authorities: [
        { type: 'x', values: ['k'] },
        { type: 'aki', values: ['k2'] },
      ],
    },
    { authorityKeyIds: ['k2'] },
    true,
  ],
  [
    'a kind of authority we do not know',
    { trusted_authorities: [{ type: 'etsi_tl', values: ['k2'] }] },
    { authorityKeyIds: ['k2'] },
    false,
  ],
  ['no authority', { trusted_authorities: [{ type: 'aki', values: ['k1'] }] }, {}, false],
]

describe('type, authority, binding', () => {
  it.each(kindTruth)('%s', (_, members, candidate, answers) => {
    const match = matchQuery(query(asking(members)), [holding(person, candidate)])
    expect(match.satisfiable).toBe(answers)
    expect(match.missing.map((each) => each.id)).toEqual(answers ? [] : ['a'])
  })
})

const three = ['a', 'b', 'c'].map((id) => ({ id, format: 'dc+sd-jwt', meta: { vct_values: [`urn:${id}`] } }))
const held = (ids: string) => Array.from(ids, (id) => holding({}, { id: `${id}1`, types: [`urn:${id}`] }))

/** Sets, documents held, queries answered without a choice of the holder, and queries that lack a document. */
const wholeTruth: readonly [string, unknown, string, string | undefined, string][] = [
  ['no sets: all', undefined, 'abc', 'abc', ''],
  ['no sets: all or nothing', undefined, 'ab', undefined, 'c'],
  ['no sets: nothing held', undefined, '', undefined, 'abc'],
  ['the first option', [{ options: [['a'], ['b']] }], 'ab', 'a', ''],
  ['the second option', [{ options: [['a'], ['b']] }], 'b', 'b', ''],
  ['an option of two', [{ options: [['a', 'b'], ['c']] }], 'abc', 'ab', ''],
  ['not half an option', [{ options: [['a', 'b'], ['c']] }], 'ac', 'c', ''],
  ['no option', [{ options: [['a'], ['b']] }], 'c', undefined, 'a'],
  [
    'the option nearest to whole',
    [
      {
        options: [
          ['a', 'b'],
          ['a', 'c', 'b'],
        ],
      },
    ],
    'a',
    undefined,
    'b',
  ],
  [
    'the nearest option behind others',
    [
      {
        options: [
          ['b', 'c'],
          ['a', 'b'],
        ],
      },
    ],
    'a',
    undefined,
    'b',
  ],
  ['two required sets', [{ options: [['a']] }, { options: [['b'], ['c']] }], 'ac', 'ac', ''],
  ['one of two required sets', [{ options: [['a']] }, { options: [['b'], ['c']] }], 'a', undefined, 'b'],
  ['an optional set stays off', [{ options: [['a']] }, { options: [['b']], required: false }], 'ab', 'a', ''],
  ['an optional set without document', [{ options: [['a']] }, { options: [['b']], required: false }], 'a', 'a', ''],
  ['queries outside chosen options', [{ options: [['b']] }], 'abc', 'b', ''],
  ['a query in two sets', [{ options: [['a']] }, { options: [['a', 'b']] }], 'ab', 'ab', ''],
  ['only optional sets, none chosen', [{ options: [['a']], required: false }], 'a', undefined, ''],
]

describe('credential_sets', () => {
  it.each(wholeTruth)('%s', (_, credential_sets, documents, answered, missing) => {
    const match = matchQuery(
      query({ credentials: three, ...(credential_sets ? { credential_sets } : {}) }),
      held(documents),
    )
    expect(
      chooseAnswer(match)
        ?.map((answer) => answer.query.id)
        .join(''),
    ).toBe(answered)
    expect(match.missing.map((each) => each.id).join('')).toBe(missing)
  })

  const options = {
    credentials: three,
    credential_sets: [{ options: [['a'], ['b']] }, { options: [['c']], required: false }],
  }

  it.each<[string, unknown, readonly (number | undefined)[], string | undefined]>([
    ['the other option', options, [1], 'b'],
    ['the optional set ticked', options, [0, 0], 'ac'],
    ['no option for a required set', options, [undefined, 0], undefined],
    ['an option that is not there', options, [2], undefined],
  ])('accepts or refuses %s', (_, asked, choice, answered) => {
    const match = matchQuery(query(asked), held('abc'))
    expect(
      chooseAnswer(match, { options: choice })
        ?.map((answer) => answer.query.id)
        .join(''),
    ).toBe(answered)
  })

  it('preselects what can be given of a required set, and nothing of others', () => {
    const { sets } = matchQuery(query(options), held('bc'))
    expect(sets.map(({ preselected }) => preselected)).toEqual([1, undefined])
    expect(matchQuery(query(options), held('c')).sets[0]).not.toHaveProperty('preselected')
  })

  it('refuses to leave one query of an option without any credential', () => {
    const both = { credentials: three.map((each) => ({ ...each, multiple: true })) }
    const chosen = (candidates: Record<string, string[]>) =>
      chooseAnswer(matchQuery(query(both), held('abc')), { candidates })
    expect(chosen({ a: ['a1'] })?.map(({ candidate }) => candidate.id)).toEqual(['a1', 'b1', 'c1'])
    expect(chosen({ a: [] })).toBeUndefined()
  })

  it('refuses an option whose document is not held', () => {
    expect(chooseAnswer(matchQuery(query(options), held('a')), { options: [1] })).toBeUndefined()
  })
})

describe('multiple', () => {
  const two = [holding({}, { id: 'd1' }), holding({}, { id: 'd2' })]

  it.each<[string, boolean, string[] | undefined, string[] | undefined]>([
    ['one preselected', false, undefined, ['d1']],
    ['one preselected of many', true, undefined, ['d1']],
    ['another one', false, ['d2'], ['d2']],
    ['two where one is asked for', false, ['d1', 'd2'], undefined],
    ['two where many are', true, ['d1', 'd2'], ['d1', 'd2']],
    ['none', true, [], undefined],
    ['one that does not fit', true, ['d3'], undefined],
    ['one that fits and one that does not', true, ['d1', 'd3'], undefined],
  ])('%s', (_, multiple, chosen, answered) => {
    const match = matchQuery(query(asking({ multiple })), two)
    const answer = chooseAnswer(match, chosen === undefined ? {} : { candidates: { a: chosen } })
    expect(answer?.map((each) => each.candidate.id)).toEqual(answered)
  })
})

function answer(id: string, members: Partial<Answer> = {}, candidate: Partial<Candidate> = {}): Answer {
  const shown = holding({}, { types: [`urn:${id}`], ...candidate })
  return { query: id, candidate: shown, disclosed: [], at: `credentials/${id}`, ...members }
}

describe('judgeAnswer', () => {
  const sets = (credential_sets?: unknown) =>
    query({ credentials: three, ...(credential_sets ? { credential_sets } : {}) })
  const alternatives = [{ options: [['a'], ['b']] }]

  it.each<[string, unknown, Answer[], [string, string][]]>([
    ['all answered', undefined, [answer('a'), answer('b'), answer('c')], []],
    ['one unanswered', undefined, [answer('a'), answer('b')], [['query.not_satisfied', 'query']]],
    ['nothing', undefined, [], [['query.not_satisfied', 'query']]],
    [
      'a query nobody asked',
      undefined,
      [answer('a'), answer('b'), answer('c'), answer('d')],
      [['query.unrequested', 'credentials/d']],
    ],
    [
      'two where one is asked for',
      undefined,
      [answer('a'), answer('a'), answer('b'), answer('c')],
      [['query.count_wrong', 'query/a']],
    ],
    ['the first option', alternatives, [answer('a')], []],
    ['the second option', alternatives, [answer('b')], []],
    ['both options', alternatives, [answer('a'), answer('b')], [['query.unrequested', 'query']]],
    ['a query in no option', alternatives, [answer('a'), answer('c')], [['query.unrequested', 'query/c']]],
    ['only a query in no option', alternatives, [answer('c')], [['query.not_satisfied', 'query']]],
    [
      'both options that two sets need',
      [{ options: [['a'], ['b']] }, { options: [['b']] }],
      [answer('a'), answer('b')],
      [],
    ],
    [
      'one of two required sets',
      [{ options: [['a']] }, { options: [['b']] }],
      [answer('a')],
      [['query.not_satisfied', 'query']],
    ],
    [
      'an optional set alone',
      [{ options: [['a']] }, { options: [['b']], required: false }],
      [answer('b')],
      [['query.not_satisfied', 'query']],
    ],
    [
      'both options of one set, beside another set',
      [{ options: [['a'], ['b']] }, { options: [['c']] }],
      [answer('a'), answer('b'), answer('c')],
      [['query.unrequested', 'query']],
    ],
    ['an optional set left out', [{ options: [['a']] }, { options: [['b']], required: false }], [answer('a')], []],
    [
      'an optional set answered',
      [{ options: [['a']] }, { options: [['b']], required: false }],
      [answer('a'), answer('b')],
      [],
    ],
    [
      'half an option beside a whole one',
      [{ options: [['a'], ['b', 'c']] }],
      [answer('a'), answer('b')],
      [['query.unrequested', 'query/b']],
    ],
    [
      'another type',
      alternatives,
      [answer('a', {}, { types: ['urn:x'] })],
      [['credential.type_mismatch', 'credentials/a']],
    ],
    [
      'another format',
      alternatives,
      [answer('a', {}, { format: 'mso_mdoc' })],
      [['credential.type_mismatch', 'credentials/a']],
    ],
    ['unbound', alternatives, [answer('a', {}, { bound: false })], [['credential.unbound', 'credentials/a']]],
  ])('%s', (_, credential_sets, answers, findings) => {
    expect(judgeAnswer(sets(credential_sets), answers).map(({ code, at }) => [code, at])).toEqual(findings)
  })

  const claims = [{ path: ['basic', 'name'] }, { path: ['age', '18'], values: [true] }]
  const shown = (document: unknown, disclosed: readonly (string | number)[][]): Answer => ({
    ...answer('a', { disclosed }),
    candidate: holding(document),
  })

  it.each<[string, Row, Answer, string[]]>([
    [
      'what was asked',
      { claims },
      shown({ basic: { name: 'x' }, age: { 18: true } }, [['basic'], ['basic', 'name'], ['age', '18']]),
      [],
    ],
    [
      'a parent given whole',
      { claims: [{ path: ['basic'] }] },
      shown({ basic: { name: 'x' } }, [['basic'], ['basic', 'name']]),
      [],
    ],
    [
      'a sibling too',
      { claims },
      shown({ basic: { name: 'x', sex: 1 }, age: { 18: true } }, [
        ['basic', 'name'],
        ['basic', 'sex'],
        ['age', '18'],
      ]),
      ['query.excess_disclosure'],
    ],
    [
      'another claim too',
      { claims },
      shown({ basic: { name: 'x' }, age: { 18: true }, address: 'y' }, [['address']]),
      ['query.excess_disclosure'],
    ],
    [
      'anything where nothing selective was asked',
      {},
      shown({ address: 'y' }, [['address']]),
      ['query.excess_disclosure'],
    ],
    ['a claim absent', { claims }, shown({ age: { 18: true } }, []), ['query.claim_absent']],
    ['another value', { claims }, shown({ basic: { name: 'x' }, age: { 18: false } }, []), ['query.value_mismatch']],
    [
      'absent and another value',
      { claims },
      shown({ age: { 18: false } }, []),
      ['query.claim_absent', 'query.value_mismatch'],
    ],
    ['the second claim set', { claims: abc, claim_sets: [['a'], ['c']] }, shown({ c: 1 }, [['c']]), []],
    [
      'two claim sets',
      { claims: abc, claim_sets: [['a'], ['c']] },
      shown({ a: 1, c: 1 }, [['a'], ['c']]),
      ['query.excess_disclosure'],
    ],
    ['no claim set', { claims: abc, claim_sets: [['a', 'b'], ['c']] }, shown({ b: 1 }, []), ['query.claim_absent']],
    [
      'of another authority',
      { trusted_authorities: [{ type: 'aki', values: ['k'] }] },
      shown({}, []),
      ['query.not_satisfied'],
    ],
  ])('%s', (_, members, given, codes) => {
    expect(judgeAnswer(query(asking(members)), [given]).map(({ code }) => code)).toEqual(codes)
  })

  it('accepts whatever chooseAnswer gives', () => {
    for (const [, claims, paths] of truth) {
      const asked = query(asking({ claims }))
      const chosen = chooseAnswer(matchQuery(asked, [holding(person)]))
      expect(chosen === undefined).toBe(paths === undefined)
      const answers = chosen?.map((each) => ({
        query: each.query.id,
        candidate: each.candidate,
        disclosed: each.paths,
        at: 'c',
      }))
      if (answers) expect(judgeAnswer(asked, answers)).toEqual([])
    }
  })
})

describe.skipIf(vectorsFolder('openid4vp-1.0-examples') === undefined)('examples of OpenID4VP 1.0', () => {
  const read = (file: string) => query(readVectors<unknown>('openid4vp-1.0-examples', file))
  const pid = (claims: unknown) =>
    holding(claims, { id: 'pid', types: ['https://credentials.example.com/identity_credential'] })
  const doe = {
    given_name: 'Jo',
    family_name: 'Doe',
    address: { street_address: 's', locality: 'l' },
    postal_code: '90210',
  }

  it('accepts simple.json: three claims, the parent without siblings', () => {
    const match = matchQuery(read('query_lang/simple.json'), [pid(doe)])
    expect(match.choices[0]?.matches[0]?.paths).toEqual([
      ['family_name'],
      ['given_name'],
      ['address', 'street_address'],
    ])
  })

  it('accepts value_matching_simple.json for Doe and refuses it for Roe', () => {
    const asked = read('query_lang/value_matching_simple.json')
    expect(matchQuery(asked, [pid(doe)]).satisfiable).toBe(true)
    expect(matchQuery(asked, [pid({ ...doe, family_name: 'Roe' })]).satisfiable).toBe(false)
    expect(matchQuery(asked, [pid({ ...doe, postal_code: 90210 })]).satisfiable).toBe(false)
  })

  it('accepts claims_alternatives.json by the second set', () => {
    const match = matchQuery(read('query_lang/claims_alternatives.json'), [pid({ ...doe, date_of_birth: 'd' })])
    expect(match.choices[0]?.matches[0]?.paths).toEqual([['family_name'], ['postal_code'], ['date_of_birth']])
  })

  it('names the document missing of multi_credentials.json', () => {
    const match = matchQuery(read('query_lang/multi_credentials.json'), [pid(doe)])
    expect(match.satisfiable).toBe(false)
    expect(match.missing.map(({ id }) => id)).toEqual(['mdl'])
  })

  it('accepts credentials_alternatives.json by two reduced documents', () => {
    const asked = read('query_lang/credentials_alternatives.json')
    const reduced = holding(doe, { id: 'r1', types: ['https://credentials.example.com/reduced_identity_credential'] })
    const residence = holding(
      { postal_code: '1', locality: 'l', region: 'r' },
      { id: 'r2', types: ['https://cred.example/residence_credential'] },
    )
    const chosen = chooseAnswer(matchQuery(asked, [reduced, residence]))
    expect(chosen?.map(({ query: { id } }) => id)).toEqual(['pid_reduced_cred_1', 'pid_reduced_cred_2'])
    expect(matchQuery(asked, [reduced]).satisfiable).toBe(false)
  })

  it('accepts simple_mdoc.json and complex_mdoc.json by mobile documents', () => {
    const licence = holding(
      { 'org.iso.18013.5.1': { given_name: 'Jo', family_name: 'Doe', portrait: 'p' } },
      { id: 'mdl', format: 'mso_mdoc', types: ['org.iso.18013.5.1.mDL'] },
    )
    const chosen = chooseAnswer(matchQuery(read('query_lang/complex_mdoc.json'), [licence]))
    expect(chosen?.map(({ query: { id } }) => id)).toEqual(['mdl-id'])
    expect(matchQuery(read('query_lang/simple_mdoc.json'), [licence]).satisfiable).toBe(false)
  })

  it('accepts the W3C queries', () => {
    const types = [
      'https://www.w3.org/2018/credentials#VerifiableCredential',
      'https://example.org/examples#IDCredential',
    ]
    for (const [file, format] of [
      ['request/dcql_jwt_vc.json', 'jwt_vc_json'],
      ['request/dcql_ldp_vc.json', 'ldp_vc'],
    ] as const) {
      expect(read(file).credentials[0]?.format).toBe(format)
      expect(matchQuery(read(file), [holding({}, { format, types })]).choices).toHaveLength(1)
    }
  })
})
