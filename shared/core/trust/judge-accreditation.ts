import type { Instant } from '../instant.ts'
import { limits } from '../limits.ts'
import type { AccreditedType } from '../record/accreditation.ts'
import { isTrustRecord } from '../record/record.ts'
import type { TrustPayload } from '../record/trust.ts'
import { weigh, type FindingCode, type Weight } from '../verdict.ts'
import { namesType, weightsOf } from './policy.ts'
import { prove, type Grounds } from './prove.ts'

/** For what, where and when an issuer has to have been accredited. */
export interface Matter {
  readonly vct: string
  /** Region code of the credential, where it shows one. */
  readonly region?: string
  /** When the credential was issued. */
  readonly at: Instant
}

export interface AccreditationJudgement {
  readonly codes: readonly FindingCode[]
  /** Who besides the issuer may sign its status lists. */
  readonly statusDelegate?: string
}

/** A right and the right it was given by, up to a root: the issuer's own first. */
type Chain = readonly Link[]

interface Link {
  readonly payload: TrustPayload<'acc'>
  /** What is to be said of its proof. */
  readonly codes: readonly FindingCode[]
}

/**
 * Judges whether a party may issue, by the chain of accreditations from a root of the policy (registry, 1.3; wire
 * profile, 10). Of several chains the best counts.
 */
export async function judgeAccreditation(
  subject: string,
  matter: Matter,
  grounds: Grounds,
): Promise<AccreditationJudgement> {
  const { chains, codes } = await chainsOf(subject, [], grounds)
  const judged = chains.map((chain) => ({
    codes: [...new Set([...judgeChain(chain, matter, grounds.now), ...chain.flatMap((link) => link.codes)])],
    delegate: chain[0]?.payload.body.statusDelegate,
  }))
  const [best] = judged.sort((a, b) => gravity(a.codes, grounds) - gravity(b.codes, grounds))
  if (best === undefined) return { codes: codes.length > 0 ? codes : unknownBy(subject, grounds) }
  return { codes: best.codes, ...(best.delegate === undefined ? {} : { statusDelegate: best.delegate }) }
}

/** A root that says nothing of a party is one thing, that no root could be asked another. */
function unknownBy(subject: string, grounds: Grounds): readonly FindingCode[] {
  return namesFor(subject, grounds).length > 0 ? ['issuer.unknown'] : ['issuer.unknown', 'evidence.missing']
}

/** All ways from a subject up to the roots, as far as the evidence goes; and what was wrong where it went no further. */
async function chainsOf(
  subject: string,
  below: Chain,
  grounds: Grounds,
): Promise<{ readonly chains: readonly Chain[]; readonly codes: readonly FindingCode[] }> {
  if (below.length >= limits.accreditationChain) return { chains: [], codes: [] }
  const chains: Chain[] = []
  const failed: FindingCode[] = []
  for (const name of namesFor(subject, grounds)) {
    const { codes, state } = await prove('accreditation', name, grounds)
    const record = state?.record
    if (record === undefined || !isTrustRecord(record, 'acc')) {
      failed.push(...codes)
      continue
    }
    const chain = [...below, { payload: record.payload, codes }]
    const { by } = record.payload
    if (grounds.policy.roots.includes(by)) chains.push(chain)
    else if (!below.some((link) => link.payload.by === by)) chains.push(...(await chainsOf(by, chain, grounds)).chains)
  }
  return { chains, codes: [...new Set(failed)] }
}

function namesFor(subject: string, { evidence }: Grounds): readonly string[] {
  const end = ` ${subject}`
  const names: string[] = []
  for (const { kind, name } of evidence.items) if (kind === 'accreditation' && name.endsWith(end)) names.push(name)
  return names
}

function judgeChain(chain: Chain, matter: Matter, now: Instant): FindingCode[] {
  if (chain.some(({ payload }) => payload.body.role !== 'issuer')) return ['issuer.not_accredited']
  const suspended = chain.some(({ payload }) => payload.status === 'suspended')
  if (!isAccredited(chain, matter, matter.at)) return ['issuer.not_accredited']
  if (suspended) return ['issuer.suspended']
  return isAccredited(chain, matter, now) ? [] : ['issuer.accreditation_ended']
}

/** Whether each link held at an instant, by an entry inside the entry above it. */
function isAccredited(chain: Chain, matter: Matter, at: Instant): boolean {
  const [first, ...above] = chain
  if (first === undefined || chain.some(({ payload }) => hasEnded(payload, at))) return false
  return first.payload.body.types.some((entry) => covers(entry, matter, at) && isGranted(entry, above))
}

/** Ended for a cause or without: what is dated from then on was not covered. */
function hasEnded({ body }: TrustPayload<'acc'>, at: Instant): boolean {
  return body.ended !== undefined && at >= body.ended.at
}

/** A wider entry's window holds the narrower one's, and so whatever instant that covers. */
function isGranted(entry: AccreditedType, above: Chain): boolean {
  const [next, ...rest] = above
  if (next === undefined) return true
  return next.payload.body.types.some((wider) => narrows(entry, wider) && isGranted(wider, rest))
}

function covers(entry: AccreditedType, { vct, region }: Matter, at: Instant): boolean {
  return namesType(entry.vct, vct) && isWithin(entry, at) && (region === undefined || isInside(region, entry.regions))
}

function isWithin({ notBefore, notAfter }: AccreditedType, at: Instant): boolean {
  return notBefore <= at && at <= notAfter
}

/** Nothing may be passed on that was not received: type, regions, window, and one level less. */
function narrows(inner: AccreditedType, outer: AccreditedType): boolean {
  return (
    inner.depth < outer.depth &&
    (inner.vct === outer.vct || (outer.vct.endsWith('*') && inner.vct.startsWith(outer.vct.slice(0, -1)))) &&
    inner.owner === outer.owner &&
    inner.notBefore >= outer.notBefore &&
    inner.notAfter <= outer.notAfter &&
    inner.regions.every((region) => isInside(region, outer.regions))
  )
}

/** Region codes are prefixes of the regions inside them (GB/T 2260). */
function isInside(region: string, regions: readonly string[]): boolean {
  return regions.some((known) => known === '*' || region.startsWith(known))
}

const order: readonly Weight[] = ['note', 'check', 'unknown', 'no']

function gravity(codes: readonly FindingCode[], { policy }: Grounds): number {
  const weights = weightsOf(policy)
  return Math.max(-1, ...codes.map((code) => order.indexOf(weigh(code, weights))))
}
