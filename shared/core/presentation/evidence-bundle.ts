import { jwsClaims, parseJws, type Jws } from '../crypto/jws.ts'
import { digestOfText, sha256 } from '../crypto/hash.ts'
import type { ClaimPath } from '../credential/resolve.ts'
import { secondMember, secondsAt } from '../credential/second.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { canonicalJson } from '../encoding/canonical.ts'
import { isJsonArray, isJsonObject, jsonObject, parseJsonBytes, type Json, type JsonObject } from '../encoding/json.ts'
import { Fault, within } from '../fault.ts'
import { isInstant, type Instant } from '../instant.ts'
import { limits } from '../limits.ts'
import { formatPolicy, parsePolicy, type Policy } from '../trust/policy.ts'
import { isFindingCode, type Finding, type Outcome } from '../verdict.ts'
import { formatEvidenceItem, parseEvidenceItem, type Evidence } from './evidence.ts'
import { formatAsked, parseAsked, type PresentationRequest } from './presentation.ts'
import type { RedactedCredential } from './redact.ts'

export const evidenceBundleType = 'fujie-evidence+jwt'

/** Raised whenever the judge says something else of the same input: an older judge cannot replay a newer one. */
export const judgeEngine = 1

/** What was decided: the outcome and all findings. */
export interface StatedVerdict {
  readonly outcome: Outcome
  readonly findings: readonly Finding[]
}

/**
 * A verdict with all it rests on (wire profile, 10): who has it reaches the same one, or knows where it differs.
 *
 * Redacted, it holds no claim that was disclosed. A replay of it reckons again the issuer's signature, right, key and
 * times, the status, and the key binding's signature, audience, nonce, time and transaction hashes. It cannot reckon
 * what needs the disclosures (`needsDisclosures`) or the verifier's memory (`needsMemory`): those findings stand in
 * `carried`, on the verifier's word. `sd_hash` is one of them: that the holder signed for this occasion is proven,
 * that it was for this token rests on the holder's key being the one the token names, and else on that word.
 *
 * Full, the disclosures are added, sealed to an auditor: then only the verifier's memory is taken on its word.
 */
export interface EvidenceBundle {
  readonly engine: number
  readonly policy: { readonly id: string; readonly sha256: string; readonly value: Policy; readonly json: JsonObject }
  /** When the verdict was reached. */
  readonly at: Instant
  /** When the bundle was signed. */
  readonly signedAt: Instant
  readonly request: PresentationRequest
  readonly presented: readonly Omit<RedactedCredential, 'disclosures'>[]
  /** Second signatures, which are over the signed tokens and say nothing of a claim. */
  readonly seconds?: readonly string[]
  readonly evidence: Evidence
  /** What each item's SHA-256 is said to be, base64url. */
  readonly digests: readonly string[]
  readonly verdict: StatedVerdict
  readonly carried: readonly Finding[]
  /** Compact JWE of `{disclosures: [[…]…]}`, one list for each credential. */
  readonly sealed?: string
}

/** A bundle as it came, not yet believed. */
export interface UnverifiedEvidenceBundle {
  readonly jws: Jws
  readonly bundle: EvidenceBundle
}

/** Names a policy by its content: base64url SHA-256 over its canonical JSON. */
export function digestOfPolicy(policy: JsonObject): string {
  return digestOfText(canonicalJson(policy))
}

export type EvidenceBundleTerms = Omit<EvidenceBundle, 'engine' | 'policy' | 'digests'> & {
  readonly policy: { readonly id: string; readonly value: Policy }
}

/** The claims of a bundle, to be signed by the verifier under `typ` `fujie-evidence+jwt`. */
export function formatEvidenceBundle(terms: EvidenceBundleTerms): JsonObject {
  const policy = formatPolicy(terms.policy.value)
  return jsonObject({
    v: 1,
    engine: judgeEngine,
    iat: terms.signedAt,
    policy: jsonObject({ id: terms.policy.id, sha256: digestOfPolicy(policy), value: policy }),
    at: terms.at,
    request: formatAsked(terms.request),
    presented: terms.presented.map(({ id, format, token, disclosed }) => jsonObject({ id, format, token, disclosed })),
    [secondMember]: terms.seconds?.length === 0 ? undefined : terms.seconds,
    evidence: terms.evidence.items.map((item) =>
      jsonObject({ ...formatEvidenceItem(item), sha256: encodeBase64url(sha256(item.bytes)) }),
    ),
    verdict: jsonObject({ outcome: terms.verdict.outcome, findings: terms.verdict.findings.map(formatFinding) }),
    carried: terms.carried.map(formatFinding),
    sealed: terms.sealed,
  })
}

function formatFinding({ code, at }: Finding): JsonObject {
  return jsonObject({ code, at })
}

const bounds = { array: limits.evidenceItems, string: 1024 * 1024 }

/**
 * Reads an evidence bundle.
 *
 * @throws Fault `evidence.malformed`, `evidence.engine_newer`, `limit.exceeded`
 */
export function parseEvidenceBundle(text: string): UnverifiedEvidenceBundle {
  const jws = within('evidence.malformed', () => parseJws(text, { maxBytes: limits.evidenceBundle }))
  const json = within('evidence.malformed', () => jwsClaims(jws, bounds))
  const engine = countAt(json.engine, 'engine')
  // Looked at first: a newer one may be of any form.
  if (countAt(json.v, 'v') > 1 || engine > judgeEngine) throw new Fault('evidence.engine_newer', { engine })
  return { jws, bundle: within('evidence.malformed', () => bundleAt(json, engine)) }
}

function bundleAt(json: JsonObject, engine: number): EvidenceBundle {
  if (!isJsonObject(json.request)) malformed('request')
  if (json.sealed !== undefined && typeof json.sealed !== 'string') malformed('sealed')
  const evidence = listAt(json.evidence, 'evidence')
  const seconds = secondsAt(json[secondMember])
  return {
    engine,
    policy: policyAt(json.policy),
    at: instantAt(json.at, 'at'),
    signedAt: instantAt(json.iat, 'iat'),
    request: parseAsked(json.request),
    presented: listAt(json.presented, 'presented').map(presentedAt),
    ...(seconds.length === 0 ? {} : { seconds }),
    evidence: { items: evidence.map(parseEvidenceItem) },
    digests: evidence.map((item) => textAt((item as JsonObject).sha256, 'evidence.sha256')),
    verdict: verdictAt(json.verdict),
    carried: findingsAt(json.carried, 'carried'),
    ...(json.sealed === undefined ? {} : { sealed: json.sealed }),
  }
}

function policyAt(value: Json | undefined): EvidenceBundle['policy'] {
  if (!isJsonObject(value) || !isJsonObject(value.value)) malformed('policy')
  return {
    id: textAt(value.id, 'policy.id'),
    sha256: textAt(value.sha256, 'policy.sha256'),
    value: parsePolicy(JSON.stringify(value.value)),
    json: value.value,
  }
}

function presentedAt(value: Json): Omit<RedactedCredential, 'disclosures'> {
  if (!isJsonObject(value)) malformed('presented')
  return {
    id: textAt(value.id, 'presented.id'),
    format: textAt(value.format, 'presented.format'),
    token: textAt(value.token, 'presented.token'),
    disclosed: listAt(value.disclosed, 'presented.disclosed').map(pathAt),
  }
}

function pathAt(value: Json): ClaimPath {
  return listAt(value, 'presented.disclosed').map((step) =>
    typeof step === 'string' || typeof step === 'number' ? step : malformed('presented.disclosed'),
  )
}

const outcomes: readonly Outcome[] = ['accepted', 'rejected', 'undecided']

function verdictAt(value: Json | undefined): StatedVerdict {
  if (!isJsonObject(value)) malformed('verdict')
  const outcome = outcomes.find((each) => each === value.outcome) ?? malformed('verdict.outcome')
  return { outcome, findings: findingsAt(value.findings, 'verdict.findings') }
}

function findingsAt(value: Json | undefined, where: string): readonly Finding[] {
  return listAt(value, where).map((finding) => {
    if (!isJsonObject(finding) || !isFindingCode(finding.code)) malformed(where)
    return { code: finding.code, at: textAt(finding.at, where) }
  })
}

/** What is sealed to the auditor: the disclosures of each credential, as they stood. */
export function formatSealed(presented: readonly Pick<RedactedCredential, 'disclosures'>[]): JsonObject {
  return jsonObject({ disclosures: presented.map(({ disclosures }) => disclosures) })
}

/** A disclosure is part of its token, or the whole of it. */
const mostCut = Math.max(limits.sdJwtWithPortrait, limits.mdoc, limits.vpJwt)

/**
 * Reads the disclosures that were sealed to an auditor.
 *
 * @throws Fault `evidence.malformed`, `limit.exceeded`
 */
export function parseSealed(content: Uint8Array): readonly (readonly string[])[] {
  const json = within('evidence.malformed', () =>
    parseJsonBytes(content, { array: limits.disclosures, string: mostCut }),
  )
  if (!isJsonObject(json)) malformed('sealed')
  return listAt(json.disclosures, 'sealed').map((each) => listAt(each, 'sealed').map((text) => textAt(text, 'sealed')))
}

function listAt(value: Json | undefined, at: string): readonly Json[] {
  return isJsonArray(value) ? value : malformed(at)
}

function textAt(value: Json | undefined, at: string): string {
  return typeof value === 'string' ? value : malformed(at)
}

function countAt(value: Json | undefined, at: string): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 ? value : malformed(at)
}

function instantAt(value: Json | undefined, at: string): Instant {
  return isInstant(value) ? value : malformed(at)
}

function malformed(at: string): never {
  throw new Fault('evidence.malformed', { at })
}
