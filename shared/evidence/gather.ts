import type { UnverifiedCredential } from '../core/credential/credential.ts'
import { formatOf } from '../core/credential/formats.ts'
import { isDoubted, judgeBeforeStatus } from '../core/credential/judge.ts'
import { parseDid, shortForm } from '../core/did/did.ts'
import { isFujieDid } from '../core/did/fujie-id.ts'
import { equalBytes } from '../core/encoding/bytes.ts'
import type { Instant } from '../core/instant.ts'
import { limits } from '../core/limits.ts'
import type { Evidence, EvidenceItem } from '../core/presentation/evidence.ts'
import type { Presentation } from '../core/presentation/presentation.ts'
import type { UnverifiedRequest } from '../core/presentation/request.ts'
import { VerifiedCache } from '../core/presentation/verified-cache.ts'
import { purposeDigest, type UnverifiedCounterRequest } from '../core/qr/request.ts'
import { isTrustRecord } from '../core/record/record.ts'
import { judgeAccreditation } from '../core/trust/judge-accreditation.ts'
import type { Policy } from '../core/trust/policy.ts'
import { prove, type Grounds } from '../core/trust/prove.ts'
import { Collection, type EvidencePorts } from './collect.ts'
import { askerOf, needsOfAsker, needsOfCredential, needsOfPurposes, partyOf } from './need.ts'

/**
 * Gathers what it takes to judge a presentation, in the order in which one thing makes the next worth asking:
 * accreditation first, then keys and type, and the status list, whose address the credential itself names, last.
 *
 * What cannot be had is left out: that is for the judge to name. Never throws for it.
 */
export async function gatherForPresentation(
  presentation: Presentation,
  policy: Policy,
  ports: EvidencePorts,
  now: Instant,
  cache = new VerifiedCache(),
): Promise<Evidence> {
  const credentials = presentation.credentials.map(({ credential }) => credential)
  return gatherForCredentials(credentials, policy, ports, now, cache)
}

/** The same for credentials that nobody presented: a wallet looks at what it received, like any verifier. */
export async function gatherForCredentials(
  credentials: readonly UnverifiedCredential[],
  policy: Policy,
  ports: EvidencePorts,
  now: Instant,
  cache = new VerifiedCache(),
): Promise<Evidence> {
  const collection = new Collection(ports, now)
  for (const credential of credentials) await gatherCredential(credential, collection, policy, cache)
  return collection.evidence
}

async function gatherCredential(
  credential: UnverifiedCredential,
  collection: Collection,
  policy: Policy,
  cache: VerifiedCache,
): Promise<void> {
  const grounds = (): Grounds => ({ evidence: collection.evidence, policy, now: collection.now, cache })
  const party = await partyOf(credential, policy)
  const delegate = party === undefined ? undefined : await gatherParty(credential, party, collection, grounds)
  if (delegate === 'refused') return
  const findings = await judgeBeforeStatus(credential, grounds(), '')
  if (
    isDoubted(
      findings.map(({ code }) => code),
      policy,
    )
  )
    return
  const reference = formatOf(credential).statusReference(credential)
  if (typeof reference !== 'object') return
  const signers = [party, delegate].filter((did) => did !== undefined)
  await collection.status(reference.uri, signers)
}

/** Accreditation, and only then the rest; the delegate for status lists, if there is one. */
async function gatherParty(
  credential: UnverifiedCredential,
  party: string,
  collection: Collection,
  grounds: () => Grounds,
): Promise<string | 'refused' | undefined> {
  const { policy, now } = grounds()
  await gatherAccreditations(party, collection, policy)
  const matter = formatOf(credential).matter(credential, now)
  const { codes, statusDelegate } = await judgeAccreditation(party, matter, grounds())
  if (isDoubted(codes, policy)) return 'refused'
  await collection.all(needsOfCredential(credential, party))
  if (statusDelegate !== undefined) await collection.one({ kind: 'did_state', name: statusDelegate })
  return statusDelegate
}

/**
 * All accreditations from a party up to the roots, a long or circular chain ends by itself; and what each root says of
 * the party, be it that there is nothing.
 */
export async function gatherAccreditations(subject: string, collection: Collection, { roots }: Policy): Promise<void> {
  let level: readonly string[] = [subject]
  for (let depth = 0; depth < limits.accreditationChain && level.length > 0; depth++) {
    const givers = await Promise.all(
      level.map((each) => collection.list({ kind: 'list', list: 'accreditations', subject: each })),
    )
    level = givers.flat().filter((by) => !roots.includes(by))
  }
  await collection.all(roots.map((root) => ({ kind: 'accreditation', name: `${root} ${subject}` })))
}

/** What the log says of a DID: a verifier proves by it the key under which it signs for its verdicts. */
export async function gatherState(did: string, ports: EvidencePorts, now: Instant): Promise<Evidence> {
  const collection = new Collection(ports, now)
  if (isFujieDid(did)) await collection.one({ kind: 'did_state', name: shortForm(parseDid(did)) })
  return collection.evidence
}

/** Gathers what it takes to judge who sent a request: its registration by any registrar, and the queries it was allowed. */
export async function gatherForRequest(
  request: UnverifiedRequest,
  policy: Policy,
  ports: EvidencePorts,
  now: Instant,
  cache = new VerifiedCache(),
): Promise<Evidence> {
  const collection = new Collection(ports, now)
  const party = await askerOf(request)
  if (party === undefined) return collection.evidence
  const registrars = (await collection.all(needsOfAsker(party, policy))).filter((by) => !policy.roots.includes(by))
  // A registrar that is no root is one by a root's word.
  const words = policy.roots.flatMap((root) =>
    registrars.map((by) => ({ kind: 'accreditation', name: `${root} ${by}` }) as const),
  )
  await collection.all(words)
  const grounds: Grounds = { evidence: collection.evidence, policy, now, cache }
  for (const { kind, name } of grounds.evidence.items) {
    if (kind !== 'registration') continue
    const { state } = await prove(kind, name, grounds)
    if (state?.record === undefined || !isTrustRecord(state.record, 'ver')) continue
    const { by, body } = state.record.payload
    await collection.all(needsOfPurposes(request, party, by, body.purposes))
  }
  return collection.evidence
}

/**
 * Gathers what it takes to judge a counter's request by QR, beside what the request carries itself.
 *
 * @param carried judged like all else; where it and what we have differ, what the log said later counts.
 */
export async function gatherForCounter(
  request: UnverifiedCounterRequest,
  carried: readonly EvidenceItem[],
  policy: Policy,
  ports: EvidencePorts,
  now: Instant,
  cache = new VerifiedCache(),
): Promise<Evidence> {
  const collection = new Collection(ports, now)
  const { verifier } = request
  const party = [
    ...policy.roots.map((root) => ({ kind: 'registration', name: `${root} ${verifier}` }) as const),
    { kind: 'list', list: 'registrations', subject: verifier } as const,
  ]
  const registrars = (await collection.all(party)).filter((by) => !policy.roots.includes(by))
  await collection.all(
    policy.roots.flatMap((root) => registrars.map((by) => ({ kind: 'accreditation', name: `${root} ${by}` }) as const)),
  )
  const known = await withCarried(collection.evidence, carried, { policy, now, cache })
  for (const { kind, name } of known.items) {
    if (kind !== 'registration') continue
    const { state } = await prove(kind, name, { evidence: known, policy, now, cache })
    if (state?.record === undefined || !isTrustRecord(state.record, 'ver')) continue
    const { by, body } = state.record.payload
    const purpose = body.purposes.find((each) => equalBytes(purposeDigest(verifier, each), request.purpose))
    if (purpose !== undefined) await collection.one({ kind: 'query', name: `${by} ${verifier} ${purpose}` })
  }
  return withCarried(collection.evidence, carried, { policy, now, cache })
}

/** Of two proofs of one name the later one: who carries an old one would hide what became of it. */
async function withCarried(
  evidence: Evidence,
  carried: readonly EvidenceItem[],
  grounds: Omit<Grounds, 'evidence'>,
): Promise<Evidence> {
  const items = new Map(evidence.items.map((item) => [`${item.kind} ${item.name}`, item]))
  for (const item of carried) {
    const key = `${item.kind} ${item.name}`
    const before = items.get(key)
    const sizes = await Promise.all([item, before].map((each) => sizeOf(each, evidence, grounds)))
    if ((sizes[0] ?? -1) > (sizes[1] ?? -1)) items.set(key, item)
  }
  return { items: [...items.values()] }
}

/** Size of the log under which an item is proven; undefined if it is not. */
async function sizeOf(
  item: EvidenceItem | undefined,
  evidence: Evidence,
  grounds: Omit<Grounds, 'evidence'>,
): Promise<number | undefined> {
  if (item === undefined) return undefined
  const others = evidence.items.filter(({ kind, name }) => kind !== item.kind || name !== item.name)
  const { state } = await prove(item.kind, item.name, { ...grounds, evidence: { items: [...others, item] } })
  return state?.head.size
}
