import type { Json, JsonObject } from '../encoding/json.ts'
import type { Finding, FindingCode } from '../verdict.ts'
import { isNeededFor, selectElements, type ElementPath } from './dcql-path.ts'
import {
  formatName,
  type ClaimQuery,
  type ClaimValue,
  type CredentialQuery,
  type CredentialSetQuery,
  type DcqlQuery,
  type TypeQuery,
} from './dcql-query.ts'

export { parseDcqlQuery, type CredentialQuery, type DcqlQuery } from './dcql-query.ts'

/** What the engine has to know of a credential, whatever its format. */
export interface Candidate {
  /** Names it for the caller; the engine only hands it back. */
  readonly id: string
  readonly format: string
  /** `vct`, its accredited `aka_vcts` and its `extends` ancestors; the doctype; or the type IRIs. */
  readonly types: readonly string[]
  /** All that it can show, hidden claims included; of an answer, what it did show. */
  readonly claims: JsonObject
  /** Whether it is bound to a key of its holder. */
  readonly bound: boolean
  /** Authority key ids of the certificates in its `x5c`, base64url. */
  readonly authorityKeyIds: readonly string[]
}

/** A credential that answers a query, and the elements it has to show for that. */
export interface CandidateMatch<C extends Candidate = Candidate> {
  readonly candidate: C
  readonly paths: readonly ElementPath[]
}

export interface QueryChoice<C extends Candidate = Candidate> {
  readonly query: CredentialQuery
  readonly matches: readonly CandidateMatch<C>[]
}

export interface SetOption {
  /** Ids of the credential queries that answer together. */
  readonly queries: readonly string[]
  readonly satisfiable: boolean
}

export interface SetChoice {
  readonly required: boolean
  readonly options: readonly SetOption[]
  /** The first option that can be given; optional sets stay off until somebody ticks them. */
  readonly preselected?: number
}

/** What a holder could answer. A query without credential sets has one required set with one option: all of it. */
export interface QueryMatch<C extends Candidate = Candidate> {
  readonly satisfiable: boolean
  readonly choices: readonly QueryChoice<C>[]
  readonly sets: readonly SetChoice[]
  /** What is lacking: for each required set that cannot be met, the queries of the option nearest to it. */
  readonly missing: readonly CredentialQuery[]
}

/** Finds which credentials can answer a query, whole or not at all (OpenID4VP 1.0, 6.4). */
export function matchQuery<C extends Candidate>(query: DcqlQuery, candidates: readonly C[]): QueryMatch<C> {
  const choices = query.credentials.map((credential) => ({
    query: credential,
    matches: candidates.flatMap((candidate) => matchCandidate(credential, candidate)),
  }))
  const answerable = new Set(choices.filter(({ matches }) => matches.length > 0).map((choice) => choice.query.id))
  const sets = setsOf(query).map((set) => choiceOfSet(set, answerable))
  const unmet = sets.filter((set) => set.required && !set.options.some((option) => option.satisfiable))
  const lacking = new Set(unmet.flatMap((set) => lackingIn(set, answerable)))
  return {
    satisfiable: unmet.length === 0,
    choices,
    sets,
    missing: query.credentials.filter((credential) => lacking.has(credential.id)),
  }
}

function setsOf(query: DcqlQuery): readonly CredentialSetQuery[] {
  return query.credentialSets ?? [{ required: true, options: [query.credentials.map((credential) => credential.id)] }]
}

function choiceOfSet({ required, options }: CredentialSetQuery, answerable: ReadonlySet<string>): SetChoice {
  const judged = options.map((queries) => ({ queries, satisfiable: queries.every((id) => answerable.has(id)) }))
  const first = judged.findIndex((option) => option.satisfiable)
  return { required, options: judged, ...(required && first >= 0 ? { preselected: first } : {}) }
}

function lackingIn(set: SetChoice, answerable: ReadonlySet<string>): readonly string[] {
  const lacks = set.options.map((option) => option.queries.filter((id) => !answerable.has(id)))
  return lacks.reduce((nearest, lack) => (lack.length < nearest.length ? lack : nearest))
}

function matchCandidate<C extends Candidate>(query: CredentialQuery, candidate: C): readonly CandidateMatch<C>[] {
  if (judgeKind(query, candidate).length > 0) return []
  const paths = neededPaths(query, candidate.claims)
  return paths === undefined ? [] : [{ candidate, paths: distinct(paths) }]
}

/** What a holder decides: an option for each set (none for an optional one), credentials for each query. */
export interface HolderChoice {
  readonly options?: readonly (number | undefined)[]
  /** Ids of candidates by id of credential query. */
  readonly candidates?: Readonly<Record<string, readonly string[]>>
}

export interface ChosenAnswer<C extends Candidate = Candidate> extends CandidateMatch<C> {
  readonly query: CredentialQuery
}

/**
 * The answer to give: what was preselected, changed by what the holder decided.
 *
 * Undefined if it would not be whole: a required set unanswered, an option or a credential that does not fit, several
 * credentials where one is asked for. There is no partial answer.
 */
export function chooseAnswer<C extends Candidate>(
  match: QueryMatch<C>,
  choice: HolderChoice = {},
): readonly ChosenAnswer<C>[] | undefined {
  const wanted = new Set<string>()
  for (const [i, set] of match.sets.entries()) {
    const index = choice.options === undefined ? set.preselected : choice.options[i]
    const option = index === undefined ? undefined : set.options[index]
    if (index === undefined ? set.required : option?.satisfiable !== true) return undefined
    for (const id of option?.queries ?? []) wanted.add(id)
  }
  const answers: ChosenAnswer<C>[] = []
  for (const { query, matches } of match.choices.filter((each) => wanted.has(each.query.id))) {
    const chosen = chosenOf(query, matches, choice.candidates?.[query.id])
    if (chosen === undefined) return undefined
    answers.push(...chosen.map((each) => ({ query, ...each })))
  }
  return answers.length > 0 ? answers : undefined
}

function chosenOf<C extends Candidate>(
  query: CredentialQuery,
  matches: readonly CandidateMatch<C>[],
  ids: readonly string[] | undefined,
): readonly CandidateMatch<C>[] | undefined {
  if (ids === undefined) return matches.slice(0, 1)
  const chosen = matches.filter(({ candidate }) => ids.includes(candidate.id))
  const fits = chosen.length === ids.length && chosen.length >= 1 && (query.multiple || chosen.length === 1)
  return fits ? chosen : undefined
}

/** One presented credential, under the query it is said to answer. */
export interface Answer {
  /** Id of the credential query. */
  readonly query: string
  /** With the claims that were shown. */
  readonly candidate: Candidate
  /** Where each thing stood that was disclosed selectively. */
  readonly disclosed: readonly ElementPath[]
  /** Name of the credential in findings. */
  readonly at: string
}

/** Judges whether what came is what was asked for, no less and no more. */
export function judgeAnswer(query: DcqlQuery, answers: readonly Answer[]): readonly Finding[] {
  const answered = new Set(answers.map((answer) => answer.query))
  return [
    ...judgeCounts(query, answers),
    ...judgeSets(query, answered),
    ...answers.flatMap((answer) => {
      const asked = query.credentials.find((credential) => credential.id === answer.query)
      const codes: readonly FindingCode[] = asked ? judgeOne(asked, answer) : ['query.unrequested']
      return codes.map((code) => ({ code, at: answer.at }))
    }),
  ]
}

function judgeCounts(query: DcqlQuery, answers: readonly Answer[]): readonly Finding[] {
  return query.credentials.flatMap(({ id, multiple }) => {
    const count = answers.filter((answer) => answer.query === id).length
    return count > 1 && !multiple ? [{ code: 'query.count_wrong', at: `query/${id}` } as const] : []
  })
}

/** Each required set is met by one of its options, and nothing stands outside the options that are met. */
function judgeSets(query: DcqlQuery, answered: ReadonlySet<string>): readonly Finding[] {
  const sets = setsOf(query).map(({ required, options }) => ({
    required,
    met: options.filter((option) => option.every((id) => answered.has(id))),
  }))
  if (sets.some(({ required, met }) => required && met.length === 0))
    return [{ code: 'query.not_satisfied', at: 'query' }]
  const wanted = new Set(sets.flatMap(({ met }) => met.flat()))
  const asked = new Set(query.credentials.map((credential) => credential.id))
  const stray = [...answered].filter((id) => asked.has(id) && !wanted.has(id))
  const twice = sets.some(({ met }, i) =>
    isAnsweredTwice(
      met,
      sets.filter((_, j) => j !== i).flatMap((set) => set.met),
    ),
  )
  return [
    ...stray.map((id) => ({ code: 'query.unrequested', at: `query/${id}` }) as const),
    ...(twice ? [{ code: 'query.unrequested', at: 'query' } as const] : []),
  ]
}

/** Whether several options of one set were answered although no one of them, with the other sets, needs them all. */
function isAnsweredTwice(met: readonly (readonly string[])[], others: readonly (readonly string[])[]): boolean {
  const elsewhere = new Set(others.flat())
  const all = new Set(met.flat())
  return met.length > 1 && !met.some((one) => [...all].every((id) => one.includes(id) || elsewhere.has(id)))
}

function judgeOne(query: CredentialQuery, { candidate, disclosed }: Answer): readonly FindingCode[] {
  const kind = judgeKind(query, candidate)
  if (kind.length > 0) return kind
  const paths = neededPaths(query, candidate.claims)
  if (paths === undefined) return judgeClaims(query, candidate.claims)
  return disclosed.every((place) => isNeededFor(place, paths)) ? [] : ['query.excess_disclosure']
}

/** Format, type, authority and binding: all but the claims. */
function judgeKind(query: CredentialQuery, candidate: Candidate): readonly FindingCode[] {
  if (query.format !== formatAsked(candidate.format) || !isOfType(query.type, candidate.types)) {
    return ['credential.type_mismatch']
  }
  if (!isTrusted(query, candidate)) return ['query.not_satisfied']
  return query.requiresHolderBinding && !candidate.bound ? ['credential.unbound'] : []
}

/** Both versions of the W3C data model are asked for by one name. */
function formatAsked(format: string): string {
  return format === 'vc-jwt-1.1' ? 'jwt_vc_json' : formatName(format)
}

function isOfType(asked: TypeQuery, types: readonly string[]): boolean {
  switch (asked.kind) {
    case 'vct':
      return asked.values.some((vct) => types.includes(vct))
    case 'doctype':
      return types.includes(asked.value)
    case 'types':
      return asked.values.some((all) => all.every((type) => types.includes(type)))
    case 'other':
      return false
  }
}

/** Any entry and any value will do; of the kinds of authority we know one, the key id in a certificate. */
function isTrusted({ trustedAuthorities }: CredentialQuery, { authorityKeyIds }: Candidate): boolean {
  if (trustedAuthorities === undefined) return true
  return trustedAuthorities.some(
    ({ type, values }) => type === 'aki' && values.some((id) => authorityKeyIds.includes(id)),
  )
}

/** The elements to show, some perhaps twice; undefined if the claims that are asked for cannot be given. */
function neededPaths(query: CredentialQuery, claims: JsonObject): readonly ElementPath[] | undefined {
  // A claim may stand in many sets; it is looked up once.
  const known = new Map<ClaimQuery, readonly ElementPath[]>()
  const pathsOf = (claim: ClaimQuery) => {
    if (query.claimSets === undefined) return satisfyingPaths(claim, claims)
    const paths = known.get(claim) ?? satisfyingPaths(claim, claims)
    known.set(claim, paths)
    return paths
  }
  for (const set of claimSetsOf(query)) {
    const found = set.map(pathsOf)
    if (found.every((paths) => paths.length > 0)) return found.flat()
  }
  return undefined
}

/** Claims without sets are one set; neither asks for nothing that is hidden. */
function claimSetsOf({ claims = [], claimSets }: CredentialQuery): readonly (readonly ClaimQuery[])[] {
  return claimSets?.map((ids) => claims.filter(({ id }) => id !== undefined && ids.includes(id))) ?? [claims]
}

function satisfyingPaths({ path, values }: ClaimQuery, claims: JsonObject): readonly ElementPath[] {
  const selected = selectElements(claims, path)
  return selected.filter(({ value }) => values === undefined || isOneOf(value, values)).map((element) => element.path)
}

function isOneOf(value: Json, values: readonly ClaimValue[]): boolean {
  return values.includes(value as ClaimValue)
}

function distinct(paths: readonly ElementPath[]): readonly ElementPath[] {
  return [...new Map(paths.map((path) => [JSON.stringify(path), path])).values()]
}

/** Why no set of claims is met, told of the first: it is the one the verifier would rather have. */
function judgeClaims(query: CredentialQuery, claims: JsonObject): readonly FindingCode[] {
  const [first = []] = claimSetsOf(query)
  const codes = first.flatMap((claim): readonly FindingCode[] => {
    if (satisfyingPaths(claim, claims).length > 0) return []
    return selectElements(claims, claim.path).length > 0 ? ['query.value_mismatch'] : ['query.claim_absent']
  })
  return [...new Set(codes)]
}
