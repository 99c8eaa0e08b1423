import { encodeBase64url } from '../encoding/base64url.ts'
import type { Instant } from '../instant.ts'
import { findEvidence, type Evidence } from '../presentation/evidence.ts'
import { VerifiedCache } from '../presentation/verified-cache.ts'
import { judgeSigner, type IssuerJudgement } from '../trust/judge-issuer.ts'
import { weightsOf, type Policy } from '../trust/policy.ts'
import type { Grounds } from '../trust/prove.ts'
import { weigh, type Finding, type FindingCode } from '../verdict.ts'
import type { StatusReference, UnverifiedCredential } from './credential.ts'
import { formatOf } from './formats.ts'
import { judgeStatus } from './judge-status.ts'
import { judgeSuite } from './judge-suite.ts'

/** What a credential turned out to be, beside what is wrong with it. */
export interface CredentialExamination {
  readonly findings: readonly Finding[]
  /** Its type, the further ones its issuer may issue, and those it extends. */
  readonly types: readonly string[]
  readonly authorityKeyIds: readonly string[]
}

/**
 * Judges one credential against evidence at one instant: what it is made of, who issued it and might, its times, its
 * type and its status. All findings, each where it belongs.
 *
 * `cache` may be kept between judgements; it holds no verdict and no time.
 */
export async function judgeCredential(
  credential: UnverifiedCredential,
  evidence: Evidence,
  policy: Policy,
  now: Instant,
  at: string,
  cache = new VerifiedCache(),
): Promise<readonly Finding[]> {
  return (await examineCredential(credential, { evidence, policy, now, cache }, at)).findings
}

/** The same, with what the query asks about. */
export async function examineCredential(
  credential: UnverifiedCredential,
  grounds: Grounds,
  at: string,
): Promise<CredentialExamination> {
  const { issuer, type, findings } = await examineBeforeStatus(credential, grounds, at)
  const format = formatOf(credential)
  const reference = format.statusReference(credential)
  const status = isLookedUp(reference, issuer, findings, grounds) ? await judgeStatus(reference, issuer, grounds) : []
  return {
    findings: [...findings, ...named(status, `${at}/status`)],
    types: [...(await format.typesOf(credential, issuer, grounds)), ...type.ancestors],
    authorityKeyIds: issuer.authorityKeyIds.map(encodeBase64url),
  }
}

/**
 * All but the status. Gathering asks this first: a status list is opened for nobody who would be refused without it.
 */
export async function judgeBeforeStatus(
  credential: UnverifiedCredential,
  grounds: Grounds,
  at: string,
): Promise<readonly Finding[]> {
  return (await examineBeforeStatus(credential, grounds, at)).findings
}

async function examineBeforeStatus(credential: UnverifiedCredential, grounds: Grounds, at: string) {
  const format = formatOf(credential)
  const signer = await format.readSigner(credential)
  const issuer = await judgeSigner(signer, format.matter(credential, grounds.now), grounds)
  // Nobody looks up the types of a party that may not issue: that one is missing then says nothing new.
  const isExpected = issuer.isLogged && !isDoubted(issuer.codes, grounds.policy)
  const type = await format.judgeType(credential, isExpected, grounds)
  const signature = issuer.key === undefined ? [] : await format.judgeSignature(credential, issuer.key)
  const claims = format.judgeClaims(credential, issuer.isLogged, grounds.now)
  const findings = [
    ...named([...credential.defects, ...judgeSuite(credential, grounds.policy), ...signature, ...claims], at),
    ...named(issuer.codes, `${at}/issuer`),
    ...named(type.codes, `${at}/type`),
  ]
  return { issuer, type, findings }
}

function named(codes: readonly FindingCode[], at: string): readonly Finding[] {
  return codes.length === 0 ? nothing : codes.map((code) => ({ code, at }))
}

const nothing: readonly Finding[] = []

/**
 * The status of a credential that is refused or undecided without it is not looked up, so that it is missing then says
 * nothing. All others have theirs judged, there or not.
 */
function isLookedUp(
  reference: StatusReference | 'broken' | undefined,
  issuer: IssuerJudgement,
  findings: readonly Finding[],
  { evidence, policy }: Grounds,
): boolean {
  if (!isDoubted(codesOf(findings), policy)) return true
  const isHere = typeof reference === 'object' && findEvidence(evidence, 'status_token', reference.uri) !== undefined
  return isHere && issuer.key !== undefined && issuer.subject !== undefined
}

function codesOf(findings: readonly Finding[]): readonly FindingCode[] {
  return findings.map(({ code }) => code)
}

/** Whether the verdict can no longer be yes. */
export function isDoubted(codes: readonly FindingCode[], policy: Policy): boolean {
  if (codes.length === 0) return false
  const weights = weightsOf(policy)
  return codes.some((code) => ['no', 'unknown'].includes(weigh(code, weights)))
}
