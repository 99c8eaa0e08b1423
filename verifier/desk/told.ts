import { isJsonObject, type Json, type JsonObject } from '@fujie/shared/core/encoding/json.ts'
import type { Instant, Seconds } from '@fujie/shared/core/instant.ts'
import type { Words } from '@fujie/shared/core/record/members.ts'
import type { Finding, FindingCode, Outcome } from '@fujie/shared/core/verdict.ts'
import type { Item, Purpose } from './purposes/purpose.ts'

/** One item of a document, as it stands in it. */
export interface Field {
  readonly name: string
  readonly label: Words
  readonly value: string
  readonly kind: Item['kind']
  readonly masked: boolean
}

/** What a page is told of a verdict: no more of a document than the findings allow to be seen. */
export interface CheckResult {
  readonly outcome: Outcome
  readonly findings: readonly Finding[]
  readonly at: Instant
  /** SHA-256 of what the wallet sent, base64url. */
  readonly answerDigest: string
  readonly fields: readonly Field[]
  readonly person?: string
  readonly issuer?: string
  readonly statusAge?: Seconds
  readonly missing?: readonly Words[]
  readonly date?: Instant
}

/** What an answer turned out to be. */
export interface Judged {
  readonly outcome: Outcome
  readonly findings: readonly Finding[]
  readonly at: Instant
  readonly answerDigest: string
  /** The claims of each credential by the id of its query; believed only as far as the findings go. */
  readonly claims: ReadonlyMap<string, JsonObject>
  readonly statusAge?: Seconds
}

/** Findings beside which a document may be seen: it is genuine, whatever else is lacking. */
const openly: readonly FindingCode[] = [
  'credential.status_unknown',
  'credential.status_old',
  'credential.person_check',
  'query.claim_absent',
  'query.value_mismatch',
  'query.persons_differ',
  'query.excess_disclosure',
  'evidence.old',
  'evidence.too_old',
  'issuer.accreditation_ended',
  'issuer.key_rotated',
]

/** Findings beside which only the name may be seen, so that the clerk can say whose document it is. */
const byName: readonly FindingCode[] = [
  'credential.revoked',
  'credential.suspended',
  'credential.expired',
  'credential.not_yet_valid',
]

function isOpen(code: FindingCode): boolean {
  return openly.includes(code) || code.startsWith('status.')
}

/** Cuts a verdict down to what may leave the desk. */
export function tell(judged: Judged, purpose: Purpose): CheckResult {
  const { outcome, findings, at, answerDigest, statusAge } = judged
  const codes = findings.map(({ code }) => code)
  const genuine = codes.every((code) => isOpen(code) || byName.includes(code))
  const nameOnly = codes.some((code) => byName.includes(code))
  const all = genuine && !purpose.ageOnly ? fieldsOf(judged, purpose) : []
  const person = all.find(({ name }) => name === purpose.person)?.value
  return {
    outcome,
    findings,
    at,
    answerDigest,
    fields: nameOnly ? [] : all,
    ...(person === undefined ? {} : { person }),
    ...(genuine ? issuerOf(judged) : {}),
    ...(statusAge === undefined ? {} : { statusAge }),
    ...missingOf(codes, judged, purpose),
    ...(genuine ? dateOf(codes, judged) : {}),
  }
}

function fieldsOf({ claims }: Judged, { items }: Purpose): readonly Field[] {
  return items.flatMap(({ name, label, kind, masked, paths }) => {
    const value = textOf(valueOf(claims, paths))
    return value === undefined ? [] : [{ name, label, kind, masked, value }]
  })
}

/** The claim an item names, in whichever edition came. */
function valueOf(claims: Judged['claims'], paths: Item['paths']): Json | undefined {
  for (const [query, of] of claims) {
    let value: Json | undefined = paths[query] && of
    for (const step of paths[query] ?? []) value = isJsonObject(value) ? value[step] : undefined
    if (value !== undefined) return value
  }
  return undefined
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined
}

function issuerOf({ claims }: Judged): { readonly issuer?: string } {
  const [first] = claims.values()
  const issuer = first?.issuing_authority
  return typeof issuer === 'string' ? { issuer } : {}
}

function missingOf(
  codes: readonly FindingCode[],
  { claims }: Judged,
  { items }: Purpose,
): Pick<CheckResult, 'missing'> {
  if (!codes.includes('query.claim_absent')) return {}
  return { missing: items.filter(({ paths }) => valueOf(claims, paths) === undefined).map(({ label }) => label) }
}

function dateOf(codes: readonly FindingCode[], { claims }: Judged): Pick<CheckResult, 'date'> {
  const [first] = claims.values()
  const date = codes.includes('credential.expired')
    ? first?.exp
    : codes.includes('credential.not_yet_valid')
      ? first?.nbf
      : undefined
  return typeof date === 'number' ? { date } : {}
}
