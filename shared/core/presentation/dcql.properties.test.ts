import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { needs } from '../../../tests/house/needs.ts'
import { patience, runs } from '../../../tests/house/runs.ts'
import { parseJsonObject, type JsonObject } from '../encoding/json.ts'
import { chooseAnswer, judgeAnswer, matchQuery, parseDcqlQuery, type Answer, type Candidate } from './dcql.ts'
import { excessQueries } from './dcql-subset.ts'
import type { ElementPath } from './dcql-path.ts'

const names = ['a', 'b', 'c', 'd'] as const
const types = ['urn:x', 'urn:y'] as const
const leaf = fc.constantFrom<string | number | boolean>('x', 'y', 1, 2, true)

/** Claims that are flat or one level deep, so that an oracle can try everything. */
const claims = fc.dictionary(
  fc.constantFrom(...names),
  fc.oneof(leaf, fc.dictionary(fc.constantFrom(...names), leaf), fc.array(leaf, { maxLength: 3 })),
  { maxKeys: 4 },
)
const path = fc.oneof(
  fc.tuple(fc.constantFrom(...names)),
  fc.tuple(fc.constantFrom(...names), fc.oneof(fc.constantFrom(...names), fc.nat(3), fc.constant(null))),
)
const claim = fc.record({
  path,
  values: fc.option(fc.uniqueArray(leaf, { minLength: 1, maxLength: 3 }), { nil: undefined }),
})

/** A query with one to three credentials, claim sets and credential sets. */
const query = fc
  .array(
    fc.record({
      type: fc.constantFrom(...types),
      multiple: fc.boolean(),
      bound: fc.boolean(),
      claims: fc.array(claim, { minLength: 1, maxLength: 4 }),
      sets: fc.option(fc.array(fc.nat(15), { minLength: 1, maxLength: 3 }), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .chain((credentials) =>
    fc
      .option(
        fc.array(
          fc.record({
            options: fc.array(fc.integer({ min: 1, max: 2 ** credentials.length - 1 }), { minLength: 1, maxLength: 3 }),
            required: fc.boolean(),
          }),
          { minLength: 1, maxLength: 2 },
        ),
        { nil: undefined },
      )
      .map((sets) => ({
        credentials: credentials.map((each, i) => ({
          id: `q${i}`,
          format: 'dc+sd-jwt',
          meta: { vct_values: [each.type] },
          multiple: each.multiple,
          require_cryptographic_holder_binding: each.bound,
          claims: each.claims.map((one, j) => ({ id: `c${j}`, ...one })),
          ...(each.sets && {
            claim_sets: each.sets.map((mask) =>
              chosen(
                each.claims.map((_, j) => `c${j}`),
                mask,
              ),
            ),
          }),
        })),
        ...(sets && {
          credential_sets: sets.map(({ options, required }) => ({
            options: options.map((mask) =>
              chosen(
                credentials.map((_, i) => `q${i}`),
                mask,
              ),
            ),
            required,
          })),
        }),
      })),
  )

/** The ones a mask names; the first if it names none. */
function chosen(all: readonly string[], mask: number): readonly string[] {
  const found = all.filter((_, i) => ((mask >> i) & 1) === 1)
  return found.length > 0 ? found : all.slice(0, 1)
}

const wallet = fc.array(fc.record({ claims, type: fc.constantFrom(...types), bound: fc.boolean() }), { maxLength: 4 })
type Query = typeof query extends fc.Arbitrary<infer T> ? T : never
type Wallet = typeof wallet extends fc.Arbitrary<infer T> ? T : never

/** As it came from the wire: theirs stumbles over an object that inherits nothing. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
const read = (value: object): JsonObject => parseJsonObject(JSON.stringify(value))
const parse = (value: Query) => parseDcqlQuery(read(value))
const candidates = (held: readonly Wallet[number][]): Candidate[] =>
  held.map(({ claims: shown, type, bound }, i) => ({
    id: `h${i}`,
    format: 'dc+sd-jwt',
    types: [type],
    claims: read(shown),
    bound,
    authorityKeyIds: [],
  }))

/** The bare definition of OpenID4VP 1.0, 6 and 7, without a thought for speed. */
function isSatisfiable(asked: Query, held: Wallet): boolean {
  const can = new Set(asked.credentials.filter((each) => held.some((one) => answers(each, one))).map(({ id }) => id))
  if (asked.credential_sets === undefined) return asked.credentials.every(({ id }) => can.has(id))
  return asked.credential_sets.every(
    ({ options, required }) => !required || options.some((option) => option.every((id) => can.has(id))),
  )
}

function answers(asked: Query['credentials'][number], held: Wallet[number]): boolean {
  if (asked.meta.vct_values[0] !== held.type || (asked.require_cryptographic_holder_binding && !held.bound))
    return false
  const met = new Set(asked.claims.filter((each) => isMet(each, held.claims)).map(({ id }) => id))
  const sets = asked.claim_sets ?? [asked.claims.map(({ id }) => id)]
  return sets.some((set) => set.every((id) => met.has(id)))
}

function isMet(asked: Query['credentials'][number]['claims'][number], held: Wallet[number]['claims']): boolean {
  const [first, second] = asked.path as [string, (string | number | null)?]
  const value: unknown = Object.hasOwn(held, first) ? held[first] : undefined
  const found = second === undefined ? [value] : below(value, second)
  return found.some(
    (each) => each !== undefined && (asked.values === undefined || asked.values.some((wanted) => wanted === each)),
  )
}

function below(value: unknown, step: string | number | null): readonly unknown[] {
  if (Array.isArray(value)) return step === null ? value : typeof step === 'number' ? [value[step]] : []
  if (typeof value !== 'object' || value === null || typeof step !== 'string') return []
  return [Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : undefined]
}

/** A wallet that was made for the query, and may hold more. */
const fitting = fc
  .tuple(query, wallet)
  .map(([asked, more]) => [asked, [...asked.credentials.map(heldFor), ...more]] as const)

function heldFor(asked: Query['credentials'][number]): Wallet[number] {
  const shown: Record<string, unknown> = {}
  for (const { path, values } of asked.claims) {
    const [name, step] = path as readonly [string, (string | number | null)?]
    const value = values?.[0] ?? 'x'
    if (typeof step === 'string') shown[name] = { ...(shown[name] as object | undefined), [step]: value }
    else shown[name] = step === undefined ? (shown[name] ?? value) : Array.from({ length: 4 }, () => value)
  }
  return { claims: shown as Wallet[number]['claims'], type: asked.meta.vct_values[0] ?? types[0], bound: true }
}

/** The claims of a candidate of which only some elements are shown, each one hidden by itself. */
function showing(candidate: Candidate, paths: readonly ElementPath[]): Candidate {
  const shown: Record<string, unknown> = {}
  for (const [name, step] of paths as readonly (readonly [string, (string | number)?])[]) {
    const value: unknown = candidate.claims[name]
    if (step === undefined || Array.isArray(value)) shown[name] = value
    else shown[name] = { ...(shown[name] as object | undefined), [step]: (value as Record<string, unknown>)[step] }
  }
  return { ...candidate, claims: read(shown) }
}

describe('the answer to a DCQL query', () => {
  it(
    'is found exactly where the bare definition has one',
    () => {
      fc.assert(
        fc.property(query, wallet, (asked, held) => {
          const match = matchQuery(parse(asked), candidates(held))
          expect(match.satisfiable).toBe(isSatisfiable(asked, held))
          expect(match.missing.length === 0).toBe(match.satisfiable)
        }),
        runs.usual,
      )
    },
    patience,
  )

  it(
    'is what was asked for: shown as chosen, the judge of answers finds nothing',
    () => {
      fc.assert(
        fc.property(fitting, ([asked, held]) => {
          const parsed = parse(asked)
          const answer = chooseAnswer(matchQuery(parsed, candidates(held)))
          fc.pre(answer !== undefined)
          const given = (answer ?? []).map(({ query: { id }, candidate, paths }): Answer => ({
            query: id,
            candidate: showing(candidate, paths),
            disclosed: paths,
            at: id,
          }))
          expect(judgeAnswer(parsed, given)).toEqual([])
        }),
        runs.usual,
      )
    },
    patience,
  )

  it(
    'shows no element too much: without any one of them it is another answer or none',
    () => {
      fc.assert(
        fc.property(fitting, fc.nat(), ([asked, held], which) => {
          const parsed = parse(asked)
          const answer = chooseAnswer(matchQuery(parsed, candidates(held))) ?? []
          const one = answer.find(({ paths }) => paths.length > 0)
          fc.pre(one !== undefined)
          const { query: credential, candidate, paths } = one as (typeof answer)[number]
          const rest = paths.filter((_, i) => i !== which % paths.length)
          const [again] = matchQuery({ credentials: [credential], json: {} }, [showing(candidate, rest)]).choices
          const still = again?.matches[0]?.paths
          // Several values that fit each satisfy a claim with a null in its path, and a later claim set may be met.
          const isLoose =
            credential.claimSets !== undefined ||
            (credential.claims ?? []).some((each) => each.path.includes(null)) ||
            candidate.claims === undefined
          if (still !== undefined && !isLoose) expect(coversAll(rest, paths)).toBe(true)
        }),
        runs.usual,
      )
    },
    patience,
  )

  /** Whether what was left out stands inside something that is shown all the same. */
  const coversAll = (rest: readonly ElementPath[], all: readonly ElementPath[]) =>
    all.every((each) =>
      rest.some(
        (other) => each.slice(0, other.length).every((step, i) => other[i] === step) || typeof each[1] === 'number',
      ),
    )

  it(
    'is refused with anything disclosed that nobody asked for',
    () => {
      fc.assert(
        fc.property(fitting, ([asked, held]) => {
          const parsed = parse(asked)
          const answer = chooseAnswer(matchQuery(parsed, candidates(held)))
          fc.pre(answer !== undefined)
          const [first, ...others] = (answer ?? []).map(({ query: { id }, candidate, paths }): Answer => ({
            query: id,
            candidate,
            disclosed: paths,
            at: id,
          }))
          const more = { ...(first as Answer), disclosed: [...(first as Answer).disclosed, ['z']] }
          expect(judgeAnswer(parsed, [more, ...others]).map(({ code }) => code)).toContain('query.excess_disclosure')
        }),
        runs.usual,
      )
    },
    patience,
  )

  it(
    'is lacking if a credential is taken from it, and too much if one is doubled',
    () => {
      fc.assert(
        fc.property(fitting, ([asked, held]) => {
          const parsed = parse(asked)
          const answer = chooseAnswer(matchQuery(parsed, candidates(held)))
          fc.pre(answer !== undefined && asked.credential_sets === undefined)
          const given = (answer ?? []).map(({ query: { id }, candidate, paths }): Answer => ({
            query: id,
            candidate,
            disclosed: paths,
            at: id,
          }))
          expect(judgeAnswer(parsed, given.slice(1)).map(({ code }) => code)).toContain('query.not_satisfied')
          const [first] = given as [Answer]
          const codes = judgeAnswer(parsed, [first, ...given]).map(({ code }) => code)
          expect(codes.includes('query.count_wrong')).toBe(
            !parsed.credentials.find(({ id }) => id === first.query)?.multiple,
          )
        }),
        runs.usual,
      )
    },
    patience,
  )

  it(
    'does not depend on the order of what a wallet holds, but for which of several it takes',
    () => {
      fc.assert(
        fc.property(query, wallet, (asked, held) => {
          const [there, back] = [held, held.toReversed()].map((each) => matchQuery(parse(asked), candidates(each)))
          expect(back?.satisfiable).toBe(there?.satisfiable)
          expect(back?.sets).toEqual(there?.sets)
        }),
        runs.usual,
      )
    },
    patience,
  )

  it(
    'asks for no more than itself, and for more with any claim added',
    () => {
      fc.assert(
        fc.property(query, (asked) => {
          const parsed = parse(asked)
          expect(excessQueries(parsed, [parsed]).size).toBe(0)
          const more = parse({
            ...asked,
            credentials: asked.credentials.map((each) => ({
              ...each,
              claims: [...each.claims, { id: 'more', path: ['z' as 'a'], values: undefined }],
            })),
          })
          expect(excessQueries(more, [parsed]).size).toBe(asked.credentials.length)
        }),
        runs.usual,
      )
    },
    patience,
  )
})

interface Dcql {
  readonly DcqlQuery: {
    parse(query: unknown): unknown
    query(query: unknown, credentials: readonly unknown[]): { readonly can_be_satisfied: boolean }
  }
}

/** Of an empty list `null` selects nothing, so the claim is absent (OpenID4VP 1.0, 7.1.1); theirs takes it as shown. */
const isEmptyList = (value: unknown) => Array.isArray(value) && value.length === 0

describe.skipIf(!needs('oracles'))('what dcql 3.0.0 says', () => {
  it(
    'of a query and a wallet, ours says too',
    async () => {
      const file = new URL('../../../tests/oracles/node_modules/dcql/dist/index.mjs', import.meta.url)
      const { DcqlQuery } = (await import(/* @vite-ignore */ file.href)) as Dcql
      fc.assert(
        fc.property(query, wallet, (asked, held) => {
          if (held.some(({ claims: shown }) => Object.values(shown).some(isEmptyList))) return
          const theirs = DcqlQuery.query(
            DcqlQuery.parse(plain(asked)),
            plain(held).map((each) => ({
              credential_format: 'dc+sd-jwt',
              vct: each.type,
              claims: each.claims,
              cryptographic_holder_binding: each.bound,
            })),
          )
          expect(matchQuery(parse(asked), candidates(held)).satisfiable).toBe(theirs.can_be_satisfied)
        }),
        runs.usual,
      )
    },
    patience,
  )
})
