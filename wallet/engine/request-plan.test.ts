import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSdJwt } from '@fujie/shared/core/credential/sd-jwt.ts'
import { parseJsonObject, type JsonObject } from '@fujie/shared/core/encoding/json.ts'
import { judgeAnswer, parseDcqlQuery } from '@fujie/shared/core/presentation/dcql.ts'
import { needs } from '../../tests/house/needs.ts'
import { patience, runs } from '../../tests/house/runs.ts'
import { unknowing, vaultOf, type Held } from '../../tests/fixtures/held.ts'
import type { Asking } from './asking.ts'
import { chooseFrom, type Decision } from './request-choice.ts'
import { planRequest, type Plan, type PlannedChoice } from './request-plan.ts'
import type { Trust } from './trust.ts'

const now = 1_800_000_000
const identity = 'urn:fujie:cn:resident-id:1'
const degree = 'urn:fujie:cn:degree:1'
const licence = 'urn:fujie:cn:driving-licence:1'

const read = (value: object): JsonObject => parseJsonObject(JSON.stringify(value))
const asking = (query: object, byLight = false): Asking => ({
  ...{ query: parseDcqlQuery(read(query)), audience: 'decentralized_identifier:did:example:v', nonce: 'n' },
  ...{ transactionData: [], byLight },
})
const plan = (query: object, held: readonly Held[], excess: readonly string[] = [], byLight = false): Promise<Plan> =>
  planRequest(asking(query, byLight), new Set(excess), vaultOf(held), unknowing as Trust, now)

const asked = (id: string, vct: string, more: object = {}) => ({
  ...{ id, format: 'dc+sd-jwt', meta: { vct_values: [vct] } },
  ...more,
})
const claim = (name: string, values?: readonly unknown[]) => ({ path: [name], ...(values && { values }) })

const wang: Held = { type: identity, claims: { name: '王小明', birthdate: '1990-03-07', id_number: '1' } }
const li: Held = { type: identity, claims: { name: '李思雨', birthdate: '1995-11-12', id_number: '2' } }
const study: Held = { type: degree, claims: { name: '王小明', birthdate: '1990-03-07', level: '05' } }
const driving: Held = { type: licence, claims: { name: '王小明', birthdate: '1990-03-07' } }

const nothing: Decision = { optional: [], chosen: {} }
const answered = (choices: readonly PlannedChoice[] | undefined) =>
  choices?.map(({ query, showable }) => `${query}=${showable.document.id}`)
const parts = ({ sets }: Plan) => sets.flatMap((set) => set.parts)

describe('two documents', () => {
  const both = { credentials: [asked('id', identity, { claims: [claim('name')] }), asked('study', degree)] }

  it('are two parts that go together, each with what would leave', async () => {
    const found = await plan(both, [wang, study])
    expect(parts(found).map(({ id, choices }) => [id, choices.length])).toEqual([
      ['0.0.id', 1],
      ['0.0.study', 1],
    ])
    expect(answered(chooseFrom(found, nothing))).toEqual(['id=d0', 'study=d1'])
    const shown = chooseFrom(found, nothing)?.map(({ presented }) => parseSdJwt(presented).claims)
    expect(shown?.map(({ name, birthdate }) => [name, birthdate])).toEqual([
      ['王小明', undefined],
      [undefined, undefined],
    ])
  })

  it('say whether they are of one person, as far as they say', async () => {
    const persons = async (held: readonly Held[]) =>
      parts(await plan(both, held)).map(({ choices }) => choices.map(({ person }) => person))
    expect(await persons([wang, study])).toEqual([[0], [0]])
    expect(await persons([li, study])).toEqual([[0], [1]])
    expect(await persons([wang, { ...study, claims: { level: '05' } }])).toEqual([[0], [undefined]])
  })

  it('are answered by both or not at all', async () => {
    const found = await plan(both, [wang])
    expect(parts(found).map(({ choices }) => choices.length)).toEqual([1, 0])
    expect(chooseFrom(found, nothing)).toBeUndefined()
  })

  it('name one that is on hold, and one that does not say what is asked', async () => {
    const held = await plan(both, [wang, { ...study, state: 'suspended' }])
    expect(parts(held)[1]).toMatchObject({ choices: [], unfit: false, unusable: [{ state: 'suspended' }] })
    const minor = { credentials: [asked('age', identity, { claims: [claim('adult', [true])] })] }
    const found = await plan(minor, [{ ...wang, claims: { adult: false } }])
    expect(parts(found)[0]).toMatchObject({ choices: [], unfit: true, unusable: [] })
  })
})

describe('alternatives', () => {
  const either = {
    credentials: [asked('id', identity), asked('licence', licence), asked('study', degree)],
    credential_sets: [{ options: [['licence', 'study'], ['id', 'study'], ['study']] }],
  }

  it('of one document each are choices of one part', async () => {
    const query = { ...either, credential_sets: [{ options: [['licence'], ['id']] }] }
    const found = await plan(query, [wang, driving, li])
    const [part] = parts(found)
    expect(part?.choices.map(({ query: id, showable }) => `${id}=${showable.document.id}`)).toEqual([
      'licence=d1',
      'id=d0',
      'id=d2',
    ])
    expect(answered(chooseFrom(found, nothing))).toEqual(['licence=d1'])
    expect(answered(chooseFrom(found, { ...nothing, chosen: { '0': 'id/d2/full' } }))).toEqual(['id=d2'])
  })

  it('of several documents are taken one as a whole', async () => {
    const found = await plan(either, [wang, study])
    expect(found.sets[0]).toMatchObject({ single: false, first: 1, options: [{}, {}, {}] })
    expect(answered(chooseFrom(found, nothing))).toEqual(['id=d0', 'study=d1'])
    expect(answered(chooseFrom(found, { ...nothing, options: { '0': 2 } }))).toEqual(['study=d1'])
    expect(chooseFrom(found, { ...nothing, options: { '0': 0 } })).toBeUndefined()
    expect(chooseFrom(found, { ...nothing, options: { '0': 7 } })).toBeUndefined()
    expect(chooseFrom(found, { ...nothing, options: { '9': 0 } })).toBeUndefined()
  })

  it('begin with the one of which least is missing', async () => {
    expect((await plan(either, [driving])).sets[0]?.first).toBe(0)
    expect((await plan(either, [])).sets[0]?.first).toBe(2)
  })

  it('beyond the registration are left off where another is within it', async () => {
    const query = { ...either, credential_sets: [{ options: [['licence'], ['id']] }] }
    const found = await plan(query, [wang, driving], ['licence'])
    expect(parts(found)[0]).toMatchObject({ excess: false, choices: [{ query: 'id' }] })
    expect(answered(chooseFrom(found, nothing))).toEqual(['id=d0'])
    expect(chooseFrom(await plan(query, [wang, driving], ['licence', 'id']), nothing)).toBeUndefined()
  })

  it('name what only queries beyond the registration ask', async () => {
    const query = {
      credentials: [
        asked('basic', identity, { claims: [claim('name')] }),
        asked('more', identity, { claims: [claim('name'), claim('address')] }),
      ],
      credential_sets: [{ options: [['basic']] }, { options: [['more']], required: false }],
    }
    const found = await plan(query, [wang], ['more'])
    expect(found.beyond.map(({ zh }) => zh)).toEqual(['address'])
    expect(chooseFrom(found, { ...nothing, optional: ['1'] })).toBeUndefined()
    expect(answered(chooseFrom(found, nothing))).toEqual(['basic=d0'])
  })
})

describe('optional sets', () => {
  const query = {
    credentials: [asked('id', identity), asked('licence', licence), asked('study', degree)],
    credential_sets: [{ options: [['id']] }, { options: [['licence', 'study']], required: false }],
  }

  it('stay off until they are ticked, and go as a whole', async () => {
    const found = await plan(query, [wang, driving, study])
    expect(answered(chooseFrom(found, nothing))).toEqual(['id=d0'])
    const all = ['id=d0', 'licence=d1', 'study=d2']
    expect(answered(chooseFrom(found, { ...nothing, optional: ['1'] }))).toEqual(all)
    expect(answered(chooseFrom(found, { ...nothing, optional: ['1.0.study'] }))).toEqual(all)
  })

  it('that were ticked and cannot be given are not dropped in silence', async () => {
    const found = await plan(query, [wang, study])
    expect(chooseFrom(found, { ...nothing, optional: ['1'] })).toBeUndefined()
  })

  it('are refused under a name nobody offered', async () => {
    const found = await plan(query, [wang])
    expect(chooseFrom(found, { ...nothing, optional: ['2'] })).toBeUndefined()
    expect(chooseFrom(found, { ...nothing, chosen: { '2': 'id/d0/full' } })).toBeUndefined()
    expect(chooseFrom(found, { ...nothing, chosen: { '0': 'id/d9/full' } })).toBeUndefined()
    expect(chooseFrom(found, { ...nothing, chosen: { '0': [] } })).toBeUndefined()
  })
})

describe('several documents of one query', () => {
  const several = (multiple: boolean) => ({ credentials: [asked('id', identity, { multiple })] })

  it('go where the query allows it', async () => {
    const chosen = { '0': ['id/d0/full', 'id/d1/full'] }
    const found = await plan(several(true), [wang, li])
    expect(answered(chooseFrom(found, nothing))).toEqual(['id=d0'])
    expect(answered(chooseFrom(found, { ...nothing, chosen }))).toEqual(['id=d0', 'id=d1'])
    expect(chooseFrom(await plan(several(false), [wang, li]), { ...nothing, chosen })).toBeUndefined()
  })
})

describe('one query in two sets', () => {
  const query = {
    credentials: [asked('id', identity), asked('study', degree)],
    credential_sets: [{ options: [['id']] }, { options: [['id', 'study']] }],
  }

  it('is answered once, and never by two different documents', async () => {
    const found = await plan(query, [wang, li, study])
    expect(answered(chooseFrom(found, nothing))).toEqual(['id=d0', 'study=d2'])
    expect(chooseFrom(found, { ...nothing, chosen: { '0': 'id/d1/full' } })).toBeUndefined()
    const both = { '0': 'id/d1/full', '1.0.id': 'id/d1/full' }
    expect(answered(chooseFrom(found, { ...nothing, chosen: both }))).toEqual(['id=d1', 'study=d2'])
  })
})

describe('an answer by light', () => {
  it('takes counter editions alone', async () => {
    const query = {
      credentials: [asked('full', identity), asked('counter', identity.replace(':1', '.counter:1'))],
      credential_sets: [{ options: [['full'], ['counter']] }],
    }
    const held: Held = { ...wang, editions: ['full', 'counter'] }
    expect(answered(chooseFrom(await plan(query, [held]), nothing))).toEqual(['full=d0'])
    expect(answered(chooseFrom(await plan(query, [held], [], true), nothing))).toEqual(['counter=d0'])
    expect(chooseFrom(await plan(query, [wang], [], true), nothing)).toBeUndefined()
  })
})

const types = [identity, degree] as const
const leaf = fc.constantFrom<string | number | boolean>('x', 1, true)
const names = ['a', 'b', 'c'] as const
const claims = fc.dictionary(
  fc.constantFrom(...names),
  fc.oneof(leaf, fc.dictionary(fc.constantFrom(...names), leaf, { minKeys: 1 })),
  { maxKeys: 3 },
)
const wallet = fc.array(fc.record({ type: fc.constantFrom(...types), claims }), { maxLength: 4 })
const path = fc.oneof(
  fc.tuple(fc.constantFrom(...names)),
  fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names)),
)
const credential = fc.record({
  type: fc.constantFrom(...types),
  multiple: fc.boolean(),
  claims: fc.array(fc.record({ path, values: fc.option(fc.uniqueArray(leaf, { minLength: 1 }), { nil: undefined }) }), {
    minLength: 1,
    maxLength: 3,
  }),
  sets: fc.option(fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 2 }), { nil: undefined }),
})
const masked = <T>(all: readonly T[], mask: number) => {
  const found = all.filter((_, i) => ((mask >> i) & 1) === 1)
  return found.length > 0 ? found : all.slice(0, 1)
}
const query = fc
  .tuple(
    fc.array(credential, { minLength: 1, maxLength: 3 }),
    fc.option(
      fc.array(
        fc.record({
          options: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 3 }),
          required: fc.boolean(),
        }),
        { minLength: 1, maxLength: 2 },
      ),
      { nil: undefined },
    ),
  )
  .map(([credentials, sets]) => {
    const ids = credentials.map((_, i) => `q${i}`)
    return {
      credentials: credentials.map(({ type, multiple, claims: wanted, sets: claimSets }, i) => ({
        ...asked(`q${i}`, type, { multiple, claims: wanted.map((each, j) => ({ id: `c${j}`, ...each })) }),
        ...(claimSets && {
          claim_sets: claimSets.map((mask) =>
            masked(
              wanted.map((_, j) => `c${j}`),
              mask,
            ),
          ),
        }),
      })),
      ...(sets && {
        credential_sets: sets.map(({ options, required }) => ({
          options: options.map((mask) => masked(ids, mask)),
          required,
        })),
      }),
    }
  })

/** What a verifier finds in an answer, judged by the same query. */
function judged(asked: object, choices: readonly PlannedChoice[]) {
  const answers = choices.map(({ query: id, presented }, i) => {
    const sdJwt = parseSdJwt(presented)
    return {
      query: id,
      at: `${i}`,
      disclosed: sdJwt.places.map(({ path: place }) => place),
      candidate: {
        ...{ id: `${i}`, format: 'dc+sd-jwt', types: [String(sdJwt.claims.vct)], claims: sdJwt.claims },
        ...{ bound: true, authorityKeyIds: [] },
      },
    }
  })
  return judgeAnswer(parseDcqlQuery(read(asked)), answers).map(({ code }) => code)
}

describe('whatever is asked of whatever is held', () => {
  it(
    'is answered so that the verifier finds nothing to say, with every optional set ticked that can be given',
    async () => {
      await fc.assert(
        fc.asyncProperty(query, wallet, async (wanted, held) => {
          const found = await plan(wanted, held as readonly Held[])
          const possible = found.sets.filter(
            ({ required, options }) => !required && options.some(({ satisfiable }) => satisfiable),
          )
          const choices = chooseFrom(found, { ...nothing, optional: possible.map(({ id }) => id) })
          const isWhole = found.match.satisfiable && found.sets.some((set) => set.required || possible.includes(set))
          expect(choices !== undefined).toBe(isWhole)
          // Two optional sets may be met by each other's queries; the judge counts that as one too many.
          if (choices !== undefined && possible.length === 0) expect(judged(wanted, choices)).toEqual([])
        }),
        runs.usual,
      )
    },
    patience,
  )
})

interface Dcql {
  readonly DcqlQuery: {
    parse(value: unknown): unknown
    query(query: unknown, credentials: readonly unknown[]): { readonly can_be_satisfied: boolean }
  }
}

describe.skipIf(!needs('oracles'))('what dcql 3.0.0 says', () => {
  it(
    'can be satisfied, the plan answers, and nothing else',
    async () => {
      const file = new URL('../../tests/oracles/node_modules/dcql/dist/index.mjs', import.meta.url)
      const { DcqlQuery } = (await import(/* @vite-ignore */ file.href)) as Dcql
      await fc.assert(
        fc.asyncProperty(query, wallet, async (wanted, held) => {
          const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
          const theirs = DcqlQuery.query(
            DcqlQuery.parse(plain(wanted)),
            plain(held).map(({ type, claims: own }) => ({
              ...{ credential_format: 'dc+sd-jwt', vct: type, claims: own, cryptographic_holder_binding: true },
            })),
          )
          const found = await plan(wanted, held as readonly Held[])
          expect(found.match.satisfiable).toBe(theirs.can_be_satisfied)
          const isAsked = found.sets.some(({ required }) => required)
          if (isAsked) expect(chooseFrom(found, nothing) !== undefined).toBe(theirs.can_be_satisfied)
        }),
        runs.usual,
      )
    },
    patience,
  )
})
