import { verifyJws } from '../crypto/jws.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { isJsonArray, type Json, type JsonObject } from '../encoding/json.ts'
import { isInstant, type Instant } from '../instant.ts'
import { lifetimes } from '../lifetimes.ts'
import { findEvidence, type Evidence } from '../presentation/evidence.ts'
import { VerifiedCache } from '../presentation/verified-cache.ts'
import { judgeAccreditation } from '../trust/judge-accreditation.ts'
import { judgeIssuer, type IssuerJudgement } from '../trust/judge-issuer.ts'
import { weightsOf, type Policy } from '../trust/policy.ts'
import type { Grounds } from '../trust/prove.ts'
import { weigh, type Finding, type FindingCode } from '../verdict.ts'
import { statusReference, type UnverifiedCredential } from './credential.ts'
import { judgeStatus } from './judge-status.ts'
import { judgeType } from './judge-type.ts'

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
  const status = isLookedUp(credential, issuer, findings, grounds)
    ? await judgeStatus(credential.claims, issuer, grounds)
    : []
  return {
    findings: [...findings, ...named(status, `${at}/status`)],
    types: [...(await typesOf(credential.claims, issuer, grounds)), ...type.ancestors],
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
  const { jws, claims, defects } = credential
  const issuer = await judgeIssuer(jws, claims.iss, matterOf(claims, grounds.now), grounds)
  // Nobody looks up the types of a party that may not issue: that one is missing then says nothing new.
  const isExpected = issuer.isLogged && !isDoubted(issuer.codes, grounds.policy)
  const type = await judgeType(credential, isExpected, grounds)
  const findings = [
    ...named(
      [...defects, ...(await judgeSignature(credential, issuer)), ...judgeClaims(credential, issuer, grounds.now)],
      at,
    ),
    ...named(issuer.codes, `${at}/issuer`),
    ...named(type.codes, `${at}/type`),
  ]
  return { issuer, type, findings }
}

function named(codes: readonly FindingCode[], at: string): readonly Finding[] {
  return codes.map((code) => ({ code, at }))
}

/** A credential that states no time is judged by today's rights. */
function matterOf({ vct, region, iat, nbf }: JsonObject, now: Instant) {
  const at = [iat, nbf].find(isInstant) ?? now
  return { vct: typeof vct === 'string' ? vct : '', at, ...(typeof region === 'string' ? { region } : {}) }
}

async function judgeSignature(
  { jws, claims, defects }: UnverifiedCredential,
  { key }: IssuerJudgement,
): Promise<readonly FindingCode[]> {
  if (key === undefined) return []
  const types = claims.vct === undefined ? ['dc+sd-jwt'] : ['dc+sd-jwt', 'vc+sd-jwt']
  const codes = await verifyJws(jws, key, { types, purpose: 'credential' })
  return codes.filter((code) => !defects.includes(code))
}

function judgeClaims(
  { payload, places }: UnverifiedCredential,
  { isLogged }: IssuerJudgement,
  now: Instant,
): FindingCode[] {
  const { vct, iat, exp, nbf, status } = payload
  const isDated = [iat, exp, nbf].every(isOptionalInstant) && (exp !== undefined || status !== undefined)
  const isOurs = !isLogged || iat !== undefined
  const codes: FindingCode[] =
    typeof vct === 'string' && vct !== '' && isDated && isOurs ? [] : ['credential.claim_missing']
  if (isLogged && places.some(({ path }) => path[0] === 'iat')) codes.push('disclosure.claim_hidden')
  if (isInstant(exp) && now >= exp + lifetimes.clockSlack) codes.push('credential.expired')
  if ([iat, nbf].some((start) => isInstant(start) && start > now + lifetimes.clockSlack))
    codes.push('credential.not_yet_valid')
  return codes
}

function isOptionalInstant(value: Json | undefined): boolean {
  return value === undefined || isInstant(value)
}

/**
 * The status of a credential that is refused or undecided without it is not looked up, so that it is missing then says
 * nothing. All others have theirs judged, there or not.
 */
function isLookedUp(
  credential: UnverifiedCredential,
  issuer: IssuerJudgement,
  findings: readonly Finding[],
  { evidence, policy }: Grounds,
): boolean {
  const codes = findings.map(({ code }) => code)
  if (!isDoubted(codes, policy)) return true
  const reference = statusReference(credential.claims)
  const isHere = typeof reference === 'object' && findEvidence(evidence, 'status_token', reference.uri) !== undefined
  return isHere && issuer.key !== undefined && issuer.subject !== undefined
}

/** Whether the verdict can no longer be yes. */
export function isDoubted(codes: readonly FindingCode[], policy: Policy): boolean {
  const weights = weightsOf(policy)
  return codes.some((code) => ['no', 'unknown'].includes(weigh(code, weights)))
}

/** A further type counts only if the issuer may issue that one too. */
function typesOf(
  { vct, aka_vcts: others, iat }: JsonObject,
  issuer: IssuerJudgement,
  grounds: Grounds,
): readonly string[] | Promise<readonly string[]> {
  if (typeof vct !== 'string') return []
  const { isLogged, subject } = issuer
  if (!isJsonArray(others) || !isLogged || subject === undefined) return [vct]
  const further = others.filter((each) => typeof each === 'string').slice(0, mostTypes)
  return withAccredited(vct, further, subject, isInstant(iat) ? iat : grounds.now, grounds)
}

/** Further types of one credential that are looked at. */
const mostTypes = 8

async function withAccredited(
  vct: string,
  further: readonly string[],
  subject: string,
  at: Instant,
  grounds: Grounds,
): Promise<readonly string[]> {
  const types = [vct]
  for (const other of further) {
    const { codes } = await judgeAccreditation(subject, { vct: other, at }, grounds)
    if (codes.length === 0) types.push(other)
  }
  return types
}
