import { presentDisclosures } from '@fujie/shared/core/credential/present.ts'
import { parseSdJwt } from '@fujie/shared/core/credential/sd-jwt.ts'
import type { TypeMetadata } from '@fujie/shared/core/credential/type-metadata.ts'
import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import {
  matchQuery,
  type CandidateMatch,
  type CredentialQuery,
  type DcqlQuery,
  type QueryMatch,
  type SetChoice,
} from '@fujie/shared/core/presentation/dcql.ts'
import type { ClaimPath } from '@fujie/shared/core/presentation/dcql-query.ts'
import type { Asking } from './asking.ts'
import { viewClaims } from './claim-views.ts'
import type { ChoiceView, ClaimView, PartView, Words } from './contract.ts'
import { holdingsOf, isUsable, showables, stateOf, type Holding, type Showable } from './copies.ts'
import { loginMetadata, loginType } from './login.ts'
import { personsOf } from './persons.ts'
import type { Trust } from './trust.ts'
import { displayOfType, labelOfClaim } from './type-display.ts'
import type { Vault } from './vault.ts'

/** One way to answer a part: the text that would leave, and the words for it read back from that very text. */
export interface PlannedChoice {
  readonly id: string
  readonly query: string
  readonly showable: Showable
  readonly presented: string
  readonly typeName: Words
  readonly items: readonly ClaimView[]
  readonly notShared: readonly Words[]
  readonly person?: number
}

export interface PlannedPart extends Omit<PartView, 'choices'> {
  readonly choices: readonly PlannedChoice[]
}

/** A credential set of the query with the parts a person sees of it. */
export interface PlannedSet extends SetChoice {
  readonly id: string
  /** Each option is one credential: all of them are choices of one part. */
  readonly single: boolean
  /** The option to begin with: the one that can be given, else the one of which least is missing. */
  readonly first: number
  readonly parts: readonly PlannedPart[]
}

/** How a request could be answered from this vault. */
export interface Plan {
  readonly sets: readonly PlannedSet[]
  readonly match: QueryMatch<Showable>
  /** Ids of queries beyond the registration. */
  readonly excess: ReadonlySet<string>
  /** What these ask that nothing else does. */
  readonly beyond: readonly Words[]
}

/** Digest by which a copy remembers to whom it was shown. */
export function digestOfVerifier(clientId: string): string {
  return encodeBase64url(sha256(utf8(clientId)))
}

/**
 * Finds every document that could answer, and puts the choice before the person set by set.
 *
 * @param minted what this wallet issues to itself for the occasion.
 */
export async function planRequest(
  asking: Asking,
  excess: ReadonlySet<string>,
  vault: Vault,
  trust: Trust,
  now: Instant,
  minted: readonly Showable[] = [],
): Promise<Plan> {
  const held = await showables(vault, digestOfVerifier(asking.audience), now, trust)
  const found = asking.byLight ? held.filter(({ copy }) => copy.edition === 'counter') : held
  const match = matchQuery(asking.query, [...found, ...minted])
  const planner = new Planner(match, excess, holdingsOf(vault), trust, now)
  const sets = await Promise.all(match.sets.map((set, i) => planner.set(set, `${i}`)))
  return { sets, match, excess, beyond: await beyondOf(asking.query, excess, trust) }
}

class Planner {
  readonly #match: QueryMatch<Showable>
  readonly #excess: ReadonlySet<string>
  readonly #holdings: readonly Holding[]
  readonly #trust: Trust
  readonly #now: Instant
  readonly #persons: ReadonlyMap<string, number>

  constructor(
    match: QueryMatch<Showable>,
    excess: ReadonlySet<string>,
    holdings: readonly Holding[],
    trust: Trust,
    now: Instant,
  ) {
    ;[this.#match, this.#excess, this.#holdings, this.#trust, this.#now] = [match, excess, holdings, trust, now]
    const persons = personsOf(holdings.map(({ copies }) => claimsOf(copies)))
    this.#persons = new Map(
      holdings.flatMap(({ document }, i) => {
        const person = persons[i]
        return person === undefined ? [] : [[document.id, person] as const]
      }),
    )
  }

  async set(set: SetChoice, id: string): Promise<PlannedSet> {
    const single = set.options.every(({ queries }) => queries.length === 1)
    const parts = single
      ? [this.#part(id, set.required, this.#within(set.options.flatMap(({ queries }) => queries)))]
      : set.options.flatMap(({ queries }, option) =>
          queries.map(async (query) => ({
            ...(await this.#part(`${id}.${option}.${query}`, set.required, [query])),
            alternative: { set: id, option },
          })),
        )
    return { ...set, id, single, first: this.#firstOf(set), parts: await Promise.all(parts) }
  }

  /** Alternatives beyond the registration are left off where another one is within it. */
  #within(queries: readonly string[]): readonly string[] {
    const within = queries.filter((query) => !this.#excess.has(query))
    return within.length > 0 ? within : queries
  }

  #firstOf({ options }: SetChoice): number {
    const lacks = options.map(({ queries }) => {
      const beyond = queries.some((query) => this.#excess.has(query)) ? this.#match.choices.length : 0
      return beyond + queries.filter((query) => this.#choiceOf(query)?.matches.length === 0).length
    })
    return lacks.indexOf(Math.min(...lacks))
  }

  #choiceOf(query: string) {
    return this.#match.choices.find((choice) => choice.query.id === query)
  }

  async #part(id: string, required: boolean, queries: readonly string[]): Promise<PlannedPart> {
    const asked = queries.flatMap((query) => this.#choiceOf(query) ?? [])
    const kinds = asked.map(({ query }) => query)
    const choices = await Promise.all(
      asked.flatMap(({ query, matches }) => matches.map((each) => this.#choice(query, each))),
    )
    const types = typesOf(kinds)
    const held = this.#holdings
      .filter(({ document }) => types.has(document.type))
      .map((holding) => ({ ...holding, state: stateOf(holding, this.#now) }))
    return {
      ...{ id, required, choices },
      excess: queries.some((query) => this.#excess.has(query)),
      wanted: await this.#wanted(kinds),
      unusable: await Promise.all(
        held
          .filter(({ state }) => !isUsable(state))
          .map(async ({ document: { id: document, type, metadata }, state }) => ({
            ...{ document, state },
            typeName: displayOfType(await describe(type, metadata, this.#trust)).name,
          })),
      ),
      unfit: choices.length === 0 && held.some(({ state }) => isUsable(state)),
      multiple: kinds.some(({ multiple }) => multiple),
    }
  }

  async #choice(query: CredentialQuery, { candidate, paths }: CandidateMatch<Showable>): Promise<PlannedChoice> {
    const { document, sdJwt } = candidate
    const metadata = await describe(String(sdJwt.claims.vct), document.metadata, this.#trust)
    const full = await describe(document.type, document.metadata, this.#trust)
    const presented = presentDisclosures(sdJwt, paths)
    const items = viewClaims(parseSdJwt(presented).claims, metadata)
    const shown = new Set(items.map(({ path }) => path))
    const kept = viewClaims(sdJwt.claims, metadata).filter(({ path }) => !shown.has(path))
    const person = this.#persons.get(document.id)
    return {
      id: `${query.id}/${document.id}/${candidate.copy.edition}`,
      query: query.id,
      showable: candidate,
      presented,
      typeName: displayOfType(full).name,
      items,
      notShared: kept.map(({ label }) => label),
      ...(person === undefined ? {} : { person }),
    }
  }

  /** Names of the types that would answer; a counter edition is not named beside its full one. */
  async #wanted(queries: readonly CredentialQuery[]): Promise<Words[]> {
    const types = [...typesOf(queries)]
    return Promise.all(types.map(async (vct) => displayOfType(await describe(vct, {}, this.#trust)).name))
  }
}

/** Labels of the claims that only queries beyond the registration ask for. */
async function beyondOf({ credentials }: DcqlQuery, excess: ReadonlySet<string>, trust: Trust): Promise<Words[]> {
  const within = new Set(credentials.filter(({ id }) => !excess.has(id)).flatMap(pathsIn))
  const labels = credentials
    .filter(({ id }) => excess.has(id))
    .map(async ({ type, claims = [] }) => {
      const vct = type.kind === 'vct' ? (type.values[0] ?? '') : ''
      const metadata = await describe(vct, {}, trust)
      const beyond = claims.filter(({ path }) => !within.has(nameOf(path)))
      return beyond.map(({ path }) =>
        labelOfClaim(
          metadata,
          path.filter((step) => step !== null),
        ),
      )
    })
  return [...new Map((await Promise.all(labels)).flat().map((label) => [label.zh, label])).values()]
}

function pathsIn({ claims = [] }: CredentialQuery): readonly string[] {
  return claims.map(({ path }) => nameOf(path))
}

/** Editions group claims each in its own way; the last name is the same. */
function nameOf(path: ClaimPath): string {
  return String(path.findLast((step) => typeof step === 'string') ?? '')
}

function claimsOf(copies: Holding['copies']) {
  const copy = copies.find(({ edition }) => edition === 'full') ?? copies[0]
  return copy === undefined ? {} : parseSdJwt(copy.credential).claims
}

async function describe(vct: string, digests: Readonly<Record<string, string>>, trust: Trust): Promise<TypeMetadata> {
  if (vct === loginType) return loginMetadata
  return (await trust.metadataOf(vct, digests[vct])) ?? { vct, display: [], claims: [] }
}

/** Types of the full editions that are meant. */
function typesOf(queries: readonly CredentialQuery[]): ReadonlySet<string> {
  return new Set(queries.flatMap(({ type }) => (type.kind === 'vct' ? type.values : [])).map(fullEditionOf))
}

/** `urn:fujie:cn:<name>.counter:1` is the counter edition of `urn:fujie:cn:<name>:1` (product design, 9). */
export function fullEditionOf(vct: string): string {
  return vct.replace(/\.counter(:\d+)$/, '$1')
}

export function viewChoice({ id, showable, typeName, items, notShared, person }: PlannedChoice): ChoiceView {
  const { document, copy, copiesLeft, reused } = showable
  const title = items.find(({ path }) => path.endsWith('name'))?.value.zh ?? ''
  return {
    ...{ id, document: document.id, typeName, title, edition: copy.edition, copiesLeft, reused, items, notShared },
    ...(person === undefined ? {} : { person }),
  }
}
