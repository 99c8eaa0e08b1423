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
  type SetChoice,
} from '@fujie/shared/core/presentation/dcql.ts'
import type { UnverifiedRequest } from '@fujie/shared/core/presentation/request.ts'
import { viewClaims } from './claim-views.ts'
import type { ChoiceView, ClaimView, PartView, Words } from './contract.ts'
import { holdingsOf, isUsable, showables, stateOf, type Showable } from './copies.ts'
import type { Trust } from './trust.ts'
import { displayOfType } from './type-display.ts'
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
}

export interface PlannedPart extends Omit<PartView, 'choices'> {
  readonly choices: readonly PlannedChoice[]
}

/** How a request could be answered from this vault. */
export interface Plan {
  readonly parts: readonly PlannedPart[]
}

/** Digest by which a copy remembers to whom it was shown. */
export function digestOfVerifier(clientId: string): string {
  return encodeBase64url(sha256(utf8(clientId)))
}

/** Finds every document that could answer, and puts the choice before the person part by part. */
export async function planRequest(
  request: UnverifiedRequest,
  excess: ReadonlySet<string>,
  vault: Vault,
  trust: Trust,
  now: Instant,
): Promise<Plan> {
  const match = matchQuery(request.query, showables(vault, digestOfVerifier(request.clientId.text), now))
  const parts = match.sets.flatMap((set, i) => partsOfSet(set, i))
  const planned = parts.map(async ({ id, required, queries }): Promise<PlannedPart> => {
    const asked = queries.flatMap((query) => match.choices.find((choice) => choice.query.id === query) ?? [])
    const choices = asked.flatMap(({ query, matches }) => matches.map((found) => planChoice(query, found, trust)))
    return {
      id,
      required,
      excess: asked.some(({ query }) => excess.has(query.id)),
      wanted: await wantedTypes(
        asked.map(({ query }) => query),
        trust,
      ),
      choices: await Promise.all(choices),
      unusable: await unusableFor(
        asked.map(({ query }) => query),
        vault,
        trust,
        now,
      ),
    }
  })
  return { parts: await Promise.all(planned) }
}

interface PartOfSet {
  readonly id: string
  readonly required: boolean
  /** Alternatives: any one of these queries answers the part. */
  readonly queries: readonly string[]
}

/**
 * Options of one credential each are alternatives of one part. Where an option takes several credentials together, each
 * is a part, of the option that can be given, else the first.
 */
function partsOfSet({ required, options, preselected }: SetChoice, i: number): PartOfSet[] {
  if (options.every(({ queries }) => queries.length === 1)) {
    return [{ id: `${i}`, required, queries: options.flatMap(({ queries }) => queries) }]
  }
  const option = options[preselected ?? options.findIndex(({ satisfiable }) => satisfiable)] ?? options[0]
  return (option?.queries ?? []).map((query) => ({ id: `${i}:${query}`, required, queries: [query] }))
}

async function planChoice(
  query: CredentialQuery,
  { candidate, paths }: CandidateMatch<Showable>,
  trust: Trust,
): Promise<PlannedChoice> {
  const { document, sdJwt } = candidate
  const metadata = await describe(String(sdJwt.claims.vct), document.metadata, trust)
  const full = await describe(document.type, document.metadata, trust)
  const presented = presentDisclosures(sdJwt, paths)
  const items = viewClaims(parseSdJwt(presented).claims, metadata)
  const shown = new Set(items.map(({ path }) => path))
  const kept = viewClaims(sdJwt.claims, metadata).filter(({ path }) => !shown.has(path))
  return {
    id: `${query.id}/${document.id}/${candidate.copy.edition}`,
    query: query.id,
    showable: candidate,
    presented,
    typeName: displayOfType(full).name,
    items,
    notShared: kept.map(({ label }) => label),
  }
}

async function describe(vct: string, digests: Readonly<Record<string, string>>, trust: Trust): Promise<TypeMetadata> {
  return (await trust.metadataOf(vct, digests[vct])) ?? { vct, display: [], claims: [] }
}

/** Names of the types that would answer; a counter edition is not named beside its full one. */
async function wantedTypes(queries: readonly CredentialQuery[], trust: Trust): Promise<Words[]> {
  const types = [...new Set(queries.flatMap(({ type }) => (type.kind === 'vct' ? type.values : [])))]
  const named = types.filter((vct) => !types.includes(fullEditionOf(vct)) || vct === fullEditionOf(vct))
  return Promise.all(named.map(async (vct) => displayOfType(await describe(fullEditionOf(vct), {}, trust)).name))
}

/** `urn:fujie:cn:<name>.counter:1` is the counter edition of `urn:fujie:cn:<name>:1` (product design, 9). */
export function fullEditionOf(vct: string): string {
  return vct.replace(/\.counter(:\d+)$/, '$1')
}

async function unusableFor(
  queries: readonly CredentialQuery[],
  vault: Vault,
  trust: Trust,
  now: Instant,
): Promise<PartView['unusable']> {
  const types = new Set(queries.flatMap(({ type }) => (type.kind === 'vct' ? type.values : [])).map(fullEditionOf))
  const held = holdingsOf(vault).filter(({ document }) => types.has(document.type))
  const stopped = held
    .map((holding) => ({ ...holding, state: stateOf(holding, now) }))
    .filter(({ state }) => !isUsable(state))
  return Promise.all(
    stopped.map(async ({ document, state }) => ({
      document: document.id,
      typeName: displayOfType(await describe(document.type, document.metadata, trust)).name,
      state,
    })),
  )
}

/**
 * What was approved: a choice for every required part and for each ticked one; undefined if that is not whole, or a part
 * beyond the verifier's registration is among them.
 */
export function chooseFrom(
  { parts }: Plan,
  approval: { readonly optional: readonly string[]; readonly chosen: Readonly<Record<string, string>> },
): readonly PlannedChoice[] | undefined {
  const known = new Set(parts.map(({ id }) => id))
  if ([...approval.optional, ...Object.keys(approval.chosen)].some((id) => !known.has(id))) return undefined
  const answered = parts.filter((part) => part.required || approval.optional.includes(part.id))
  if (answered.some(({ excess }) => excess)) return undefined
  const choices = answered.map(({ id, choices: offered }) => {
    const wanted = approval.chosen[id]
    return wanted === undefined ? offered[0] : offered.find((choice) => choice.id === wanted)
  })
  return choices.every((choice) => choice !== undefined) && choices.length > 0 ? choices : undefined
}

export function viewChoice({ id, showable, typeName, items, notShared }: PlannedChoice): ChoiceView {
  const { document, copy, copiesLeft, reused } = showable
  const title = items.find(({ path }) => path.endsWith('name'))?.value.zh ?? ''
  return { id, document: document.id, typeName, title, edition: copy.edition, copiesLeft, reused, items, notShared }
}
