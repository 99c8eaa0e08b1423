import { judgeJwsHeader, verifyJwsSignature, type Jws, type JwsExpectation } from '../crypto/jws.ts'
import type { PublicJwk } from '../crypto/key.ts'
import { isJsonArray } from '../encoding/json.ts'
import { isInstant, type Instant } from '../instant.ts'
import { lifetimes } from '../lifetimes.ts'
import type { Matter } from '../trust/judge-accreditation.ts'
import type { FindingCode } from '../verdict.ts'
import { judgeRelatedResources } from './context-digest.ts'
import { baseContext, baseContext11, baseMembers, baseTypes, knownContexts, tokenMembers } from './contexts.ts'
import { statusReference, type StatusReference } from './credential.ts'
import { idOf, readVcFacts, writtenTypes, type StatedTime, type VcFacts } from './vc-document.ts'
import { vcJwtType, type UnverifiedVcJwt } from './vc-jwt.ts'

/** What each version demands of the token; VCDM 1.1 says `JWT` or nothing (1.1, 6.3.1). */
const expectations: Readonly<Record<UnverifiedVcJwt['format'], JwsExpectation>> = {
  'vc+jwt': { types: [vcJwtType], purpose: 'credential' },
  'vc-jwt-1.1': { types: ['JWT'], purpose: 'vcdm-1.1' },
}

const base = baseTypes.VerifiableCredential as string

/**
 * What the issuer has to have been accredited for: the first type beside `VerifiableCredential`.
 *
 * A credential that states no time is judged by today's rights.
 */
export function matterOfVc(credential: UnverifiedVcJwt, now: Instant): Matter {
  const { types, subjects, issuedAt } = readVcFacts(credential)
  const region = subjects[0]?.region
  return {
    vct: types.find((type) => type !== base) ?? base,
    at: issuedAt ?? now,
    ...(typeof region === 'string' ? { region } : {}),
  }
}

/** Header and signature of the token, under the issuer's key. Its name is a DID (form D), never a certificate. */
export async function judgeVcSignature(credential: UnverifiedVcJwt, key: PublicJwk): Promise<readonly FindingCode[]> {
  const { jws, format, defects } = credential
  const expected = expectations[format]
  const header = judgeVcHeader(jws, expected, format === 'vc-jwt-1.1')
  const signature = header.includes('jws.algorithm_refused') ? [] : await verifyJwsSignature(jws, key, expected.purpose)
  return [...header, ...signature].filter((code) => !defects.includes(code))
}

/** `mayBeUntyped`: whether `typ` may be absent, as in VCDM 1.1. A token inside a token (`cty` `JWT`) is none of ours. */
export function judgeVcHeader(jws: Jws, expected: JwsExpectation, mayBeUntyped: boolean): readonly FindingCode[] {
  const isUntyped = mayBeUntyped && jws.header.typ === undefined
  const isNested = jws.header.cty === 'JWT'
  const codes = judgeJwsHeader(jws, expected).filter((code) => !isUntyped || code !== 'jws.type_wrong')
  if (isNested && !codes.includes('jws.type_wrong')) codes.push('jws.type_wrong')
  const isNamed = jws.header.x5c === undefined && jws.header.x5t === undefined
  return isNamed || codes.includes('jws.key_header_refused') ? codes : [...codes, 'jws.key_header_refused']
}

/** All that document and token say, but for their terms, at one instant. */
export function judgeVcClaims(credential: UnverifiedVcJwt, isLogged: boolean, now: Instant): readonly FindingCode[] {
  const facts = readVcFacts(credential)
  const codes = [
    ...judgeKind(credential),
    ...(isComplete(credential, facts, isLogged) ? [] : (['credential.claim_missing'] as const)),
    ...judgeNames(credential, facts),
    ...judgeTimes(facts, now),
  ]
  return [...new Set(codes)]
}

/** Claims of another kind of token: two credentials in one, or one that is addressed to somebody. */
function judgeKind({ payload, claims, format }: UnverifiedVcJwt): readonly FindingCode[] {
  const foreign = format === 'vc+jwt' ? ['vc', 'vp', 'aud'] : ['vp', 'aud', 'verifiableCredential']
  const isForeign = foreign.some((name) => payload[name] !== undefined) || claims.verifiableCredential !== undefined
  return isForeign ? ['jws.type_wrong'] : []
}

/** VCDM 2.0, 4.2 to 4.9; an end or a status, so that no credential is good for ever. */
function isComplete({ payload, claims, format }: UnverifiedVcJwt, facts: VcFacts, isLogged: boolean): boolean {
  const named = claims['@context']
  const first = isJsonArray(named) ? named[0] : undefined
  const { issuer, subjects, starts, ends, issuedAt } = facts
  return (
    first === (format === 'vc+jwt' ? baseContext : baseContext11) &&
    writtenTypes(claims.type).includes('VerifiableCredential') &&
    issuer !== undefined &&
    subjects.length > 0 &&
    [...starts, ...ends].every(isInstant) &&
    (ends.length > 0 || payload.status !== undefined || claims.credentialStatus !== undefined) &&
    (!isLogged || issuedAt !== undefined)
  )
}

/** One party, one subject, one name, wherever they are told (VCDM 1.1, 6.3.1: the token may tell what the document omits). */
function judgeNames({ payload, claims, format }: UnverifiedVcJwt, { subjects }: VcFacts): readonly FindingCode[] {
  const { iss, sub, jti } = payload
  const mayOmit = format === 'vc-jwt-1.1'
  const differ = (token: unknown, document: unknown) =>
    token !== undefined && !(mayOmit && document === undefined && typeof token === 'string') && token !== document
  const isOneSubject = sub === undefined || subjects.length === 1
  const codes: FindingCode[] = []
  if (differ(iss, idOf(claims.issuer))) codes.push('issuer.names_disagree')
  if (!isOneSubject || differ(sub, subjects[0]?.id) || differ(jti, claims.id)) codes.push('credential.names_disagree')
  return codes
}

/** Valid within all that is stated: the times of the document and those of the token. */
function judgeTimes({ starts, ends }: VcFacts, now: Instant): readonly FindingCode[] {
  const slack = lifetimes.clockSlack
  const codes: FindingCode[] = []
  if (ends.some((end) => isNumber(end) && now >= end + slack)) codes.push('credential.expired')
  if (starts.some((start) => isNumber(start) && start > now + slack)) codes.push('credential.not_yet_valid')
  return codes
}

function isNumber(time: StatedTime): time is Instant {
  return time !== 'broken'
}

/**
 * Whether we know what the document's terms mean (VCDM 2.0, 4.3 and 5.2), without processing JSON-LD: each context is one
 * of ours, and members of no context of VCDM 2.0 have a further one they may come from. Contexts of VCDM 1.1 are left alone.
 */
export function judgeVcTerms({ claims, format }: UnverifiedVcJwt): readonly FindingCode[] {
  if (format !== 'vc+jwt') return []
  const named = claims['@context']
  const known = isJsonArray(named) ? knownContexts(named) : undefined
  const isForeign = (name: string) => !baseMembers.has(name) && !tokenMembers.has(name)
  const isKnown = known !== undefined && (known.length > 1 || !Object.keys(claims).some(isForeign))
  const terms: readonly FindingCode[] = isKnown ? [] : ['credential.context_unknown']
  return [...new Set([...terms, ...judgeRelatedResources(claims.relatedResource)])]
}

/**
 * Where the status stands. A `credentialStatus` is of a kind we do not follow, so it is 'broken' and with it the whole
 * answer unknown, whatever else is there.
 */
export function statusOfVc({ payload, claims }: UnverifiedVcJwt): StatusReference | 'broken' | undefined {
  return claims.credentialStatus === undefined ? statusReference(payload) : 'broken'
}
