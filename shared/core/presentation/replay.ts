import { formatOf } from '../credential/formats.ts'
import { sha256 } from '../crypto/hash.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { Fault } from '../fault.ts'
import type { Instant } from '../instant.ts'
import { weightsOf, type Policy } from '../trust/policy.ts'
import { reach, weigh, type Finding } from '../verdict.ts'
import { findEvidence, type Evidence } from './evidence.ts'
import {
  digestOfPolicy,
  type EvidenceBundle,
  type StatedVerdict,
  type UnverifiedEvidenceBundle,
} from './evidence-bundle.ts'
import { judgeBundleSigner } from './evidence-signer.ts'
import { judgePresentation } from './judge.ts'
import { parsePresentation, type Presentation, type PresentationRequest } from './presentation.ts'
import { areJudgedCut, needsDisclosures, needsMemory, restoreToken, type RedactedCredential } from './redact.ts'
import { VerifiedCache } from './verified-cache.ts'

/** Where a replay departs from what a bundle states; what is absent on one side is not there. */
export interface Difference {
  readonly at: string
  readonly stated?: string
  readonly found?: string
}

export interface Replay {
  /** The first thing that is otherwise; absent: the verdict is the same. */
  readonly difference?: Difference
  /** What was found this time, with what is taken on the verifier's word. */
  readonly verdict: StatedVerdict
  /** Of it, what rests on that word alone. */
  readonly carried: readonly Finding[]
  readonly at: Instant
  /** Who signed the bundle, as far as it names anybody. */
  readonly signer?: string
}

export interface ReplayTerms {
  /** At another instant than that of the verdict. */
  readonly at?: Instant
  /** What was sealed to the auditor, opened: one list of disclosures for each credential. */
  readonly disclosures?: readonly (readonly string[])[]
}

/**
 * Judges anew what a bundle holds, and names the first difference: the signature, then policy and evidence against
 * their digests, then what may not be carried, the findings in the order stated, new findings, and the outcome.
 *
 * @throws Fault `evidence.malformed`, `evidence.not_replayable`, `limit.exceeded`
 */
export async function replayBundle(
  { jws, bundle }: UnverifiedEvidenceBundle,
  { at = bundle.at, disclosures }: ReplayTerms = {},
): Promise<Replay> {
  const { evidence, policy, request } = bundle
  const grounds = { evidence, policy: policy.value, now: bundle.signedAt, cache: new VerifiedCache() }
  const signer = await judgeBundleSigner(jws, request.audience, grounds)
  const { seconds = [] } = bundle
  const basis = { request, seconds, evidence, policy: policy.value, at }
  const carried = bundle.carried.filter((finding) => disclosures === undefined || needsMemory(finding))
  const verdict = await judgeAgain(basis, bundle.presented, carried, disclosures)
  const [wrong] = signer.codes
  const difference =
    (wrong === undefined ? undefined : { at: 'signature', stated: request.audience, found: wrong }) ??
    differenceOfDigests(bundle) ??
    differenceOfCarried(bundle) ??
    firstDifference(bundle.verdict, verdict)
  return {
    ...(difference === undefined ? {} : { difference }),
    ...{ verdict, carried, at },
    ...(signer.name === undefined ? {} : { signer: signer.name }),
  }
}

/** What a judgement rests on, beside what was presented. */
export interface Basis {
  readonly request: PresentationRequest
  readonly seconds?: readonly string[]
  readonly evidence: Evidence
  readonly policy: Policy
  readonly at: Instant
}

type Kept = Omit<RedactedCredential, 'disclosures'>

/**
 * Reaches the verdict on what is left of a presentation and what is carried of the first one; all of it, if restored.
 *
 * @throws Fault `evidence.not_replayable` if what is left cannot be judged, `evidence.malformed`
 */
export async function judgeAgain(
  { request, seconds, evidence, policy, at }: Basis,
  presented: readonly Kept[],
  carried: readonly Finding[],
  disclosures?: readonly (readonly string[])[],
): Promise<StatedVerdict> {
  const tokens = disclosures === undefined ? leftOf(presented) : restored(presented, disclosures)
  const presentation = parsePresentation(request, tokens, seconds)
  if (presentation.credentials.length !== presented.length) throw new Fault('evidence.malformed', { at: 'presented' })
  const judged = await judgePresentation(presentation, evidence, policy, at)
  const isWhole = disclosures !== undefined
  const unseen = isWhole ? [] : unseenStatuses(presentation, policy, evidence, carried)
  const again = judged.findings.filter((finding) => isWhole || isReckoned(finding, unseen))
  const findings = [...again, ...carried.filter((finding) => !again.some((other) => isSame(finding, other)))]
  const { outcome } = reach(findings, weightsOf(policy), undefined)
  return { outcome, findings }
}

type Tokens = Record<string, string[]>

function leftOf(presented: readonly Kept[]): Tokens {
  if (!areJudgedCut(presented)) throw new Fault('evidence.not_replayable', { at: 'presented' })
  const tokens: Tokens = {}
  for (const { id, token } of presented) (tokens[id] ??= []).push(token)
  return tokens
}

/** Credentials that came in one presentation are one entry, as they were. */
function restored(presented: readonly Kept[], disclosures: readonly (readonly string[])[]): Tokens {
  if (disclosures.length !== presented.length) throw new Fault('evidence.malformed', { at: 'disclosures' })
  const tokens: Tokens = {}
  for (const [i, each] of presented.entries()) {
    const texts = (tokens[each.id] ??= [])
    const text = restoreToken(each.format, each.token, disclosures[i] as readonly string[])
    if (areJudgedCut([each]) || !texts.includes(text)) texts.push(text)
  }
  return tokens
}

/**
 * Whether a finding on a cut credential says something of the whole one: claims that were cut are missing from query
 * and type, while a flaw in the digests that were signed shows without them too.
 */
function isReckoned(finding: Finding, unseen: readonly string[]): boolean {
  if (finding.code === 'credential.status_unknown') return !unseen.includes(finding.at)
  return finding.code.startsWith('disclosure.') || !needsDisclosures(finding, { disclosed: [] })
}

/**
 * Where the first judge looked up no status, since a finding that is now carried had refused the credential already.
 * Whether it is what was asked for is judged beside that, and spared no look.
 */
function unseenStatuses(
  { credentials }: Presentation,
  policy: Policy,
  evidence: Evidence,
  carried: readonly Finding[],
): readonly string[] {
  const weights = weightsOf(policy)
  const doubts = carried.filter(
    ({ code }) => !code.startsWith('query.') && ['no', 'unknown'].includes(weigh(code, weights)),
  )
  return credentials.flatMap(({ credential }, i) => {
    const at = `credentials/${i}`
    const isDoubted = doubts.some((each) => [at, `${at}/issuer`, `${at}/type`].includes(each.at))
    const reference = formatOf(credential).statusReference(credential)
    const uri = typeof reference === 'object' ? reference.uri : ''
    return isDoubted && findEvidence(evidence, 'status_token', uri) === undefined ? [`${at}/status`] : []
  })
}

function isSame(a: Finding, b: Finding): boolean {
  return a.code === b.code && a.at === b.at
}

function differenceOfDigests({ policy, evidence, digests }: EvidenceBundle): Difference | undefined {
  const digest = digestOfPolicy(policy.json)
  if (digest !== policy.sha256) return { at: 'policy', stated: policy.sha256, found: digest }
  for (const [i, { bytes }] of evidence.items.entries()) {
    const found = encodeBase64url(sha256(bytes))
    const stated = digests[i] as string
    if (found !== stated) return { at: `evidence/${i}`, stated, found }
  }
  return undefined
}

/** What could be reckoned again may not be carried: a verifier's word counts for what nobody else can know. */
function differenceOfCarried({ carried, presented }: EvidenceBundle): Difference | undefined {
  const disclosed = presented.flatMap((each) => each.disclosed)
  const wrong = carried.find((finding) => !needsMemory(finding) && !needsDisclosures(finding, { disclosed }))
  return wrong && { at: wrong.at, stated: wrong.code, found: 'carried' }
}

/** The first finding stated and not found, else the first found and not stated, else the outcome. */
export function firstDifference(stated: StatedVerdict, found: StatedVerdict): Difference | undefined {
  const lost = stated.findings.find((finding) => !found.findings.some((other) => isSame(finding, other)))
  if (lost !== undefined) return { at: lost.at, stated: lost.code }
  const gained = found.findings.find((finding) => !stated.findings.some((other) => isSame(finding, other)))
  if (gained !== undefined) return { at: gained.at, found: gained.code }
  if (stated.outcome !== found.outcome) return { at: 'outcome', stated: stated.outcome, found: found.outcome }
  return undefined
}
