import type { FaultCode } from '../core/fault.ts'
import { weigh, type Finding, type FindingCode, type Outcome, type Weights } from '../core/verdict.ts'

/** What the counter shows: a shape, a word and a pattern. */
export type Symbol = 'pass' | 'check' | 'reject' | 'undecided'

/** How much of a document may be seen beside a reason. */
export type Visibility = 'fields' | 'name' | 'none'

interface ReasonRow {
  readonly symbol: Symbol
  readonly data: Visibility
}

const row = (symbol: Symbol, data: Visibility): ReasonRow => ({ symbol, data })

/** The reason codes of the counter, values of its interface. Of two with one symbol the upper wins. */
export const reasons = {
  INTERNAL: row('undecided', 'none'),
  UNREADABLE: row('undecided', 'none'),
  PARTIAL: row('undecided', 'none'),
  NOT_ID_CODE: row('undecided', 'none'),
  CLOCK: row('undecided', 'none'),
  NO_TRUST_DATA: row('undecided', 'none'),
  DECLINED: row('undecided', 'none'),
  WRONG_COUNTER: row('reject', 'none'),
  REPLAY: row('reject', 'none'),
  STALE_CODE: row('reject', 'none'),
  BAD_SIGNATURE: row('reject', 'none'),
  NOT_HOLDER: row('reject', 'none'),
  ISSUER_UNKNOWN: row('undecided', 'none'),
  ISSUER_SCOPE: row('reject', 'none'),
  ISSUER_KEY_OLD: row('reject', 'none'),
  WRONG_DOC: row('undecided', 'none'),
  MISSING_DATA: row('undecided', 'fields'),
  DIFFERENT_PEOPLE: row('reject', 'fields'),
  REVOKED: row('reject', 'name'),
  SUSPENDED: row('reject', 'name'),
  EXPIRED: row('reject', 'name'),
  NOT_YET: row('reject', 'name'),
  STATUS_NONE: row('undecided', 'fields'),
  STATUS_OLD: row('check', 'fields'),
  CHECK_PERSON: row('check', 'fields'),
  OK_AGE_ONLY: row('pass', 'none'),
  OK: row('pass', 'fields'),
} as const satisfies Record<string, ReasonRow>

export type ReasonCode = keyof typeof reasons

/** Codes from the most to the least pressing. */
export const reasonCodes = Object.keys(reasons) as readonly ReasonCode[]

/** Findings whose code is not that of their family. */
const byFinding: Readonly<Partial<Record<FindingCode, ReasonCode>>> = {
  'credential.claim_missing': 'BAD_SIGNATURE',
  'credential.type_metadata_mismatch': 'BAD_SIGNATURE',
  'credential.expired': 'EXPIRED',
  'credential.not_yet_valid': 'NOT_YET',
  'credential.revoked': 'REVOKED',
  'credential.suspended': 'SUSPENDED',
  'credential.status_unknown': 'STATUS_NONE',
  'credential.status_old': 'STATUS_OLD',
  'credential.person_check': 'CHECK_PERSON',
  'credential.type_mismatch': 'WRONG_DOC',
  'credential.unbound': 'NOT_HOLDER',
  'credential.second_missing': 'BAD_SIGNATURE',
  'credential.names_disagree': 'BAD_SIGNATURE',
  // Not told from a document nobody asked for: what it says is in words that are not ours.
  'credential.context_unknown': 'WRONG_DOC',
  'key_binding.wrong_audience': 'WRONG_COUNTER',
  'key_binding.replayed': 'REPLAY',
  'key_binding.stale': 'STALE_CODE',
  'key_binding.from_future': 'STALE_CODE',
  'key_binding.wrong_nonce': 'STALE_CODE',
  'issuer.unknown': 'ISSUER_UNKNOWN',
  'issuer.not_accredited': 'ISSUER_SCOPE',
  'issuer.suspended': 'ISSUER_SCOPE',
  'issuer.names_disagree': 'BAD_SIGNATURE',
  'certificate.anchor_unknown': 'ISSUER_UNKNOWN',
  'certificate.expired': 'ISSUER_KEY_OLD',
  'certificate.withdrawn': 'ISSUER_KEY_OLD',
  'query.not_satisfied': 'WRONG_DOC',
  'query.claim_absent': 'MISSING_DATA',
  'query.value_mismatch': 'MISSING_DATA',
  'query.unrequested': 'BAD_SIGNATURE',
  'query.count_wrong': 'BAD_SIGNATURE',
  'query.persons_differ': 'DIFFERENT_PEOPLE',
  'log.inclusion_invalid': 'BAD_SIGNATURE',
  'log.fork': 'BAD_SIGNATURE',
  'log.witness_short': 'NO_TRUST_DATA',
  'evidence.missing': 'NO_TRUST_DATA',
  'evidence.too_old': 'STATUS_NONE',
  'evidence.old': 'STATUS_OLD',
  'clock.wrong': 'CLOCK',
}

const byFamily: Readonly<Record<string, ReasonCode>> = {
  jws: 'BAD_SIGNATURE',
  disclosure: 'BAD_SIGNATURE',
  certificate: 'BAD_SIGNATURE',
  key_binding: 'NOT_HOLDER',
  issuer: 'ISSUER_KEY_OLD',
  status: 'STATUS_NONE',
}

/** The reason code of a finding; undefined for those a counter never meets. */
export function reasonOfFinding(code: FindingCode): ReasonCode | undefined {
  return byFinding[code] ?? byFamily[code.slice(0, code.indexOf('.'))]
}

/** Faults that mean more to a clerk than a failed program. */
const byFault: Readonly<Partial<Record<FaultCode, ReasonCode>>> = {
  'consent.declined': 'DECLINED',
  'engagement.used': 'REPLAY',
  'session.consumed': 'REPLAY',
  'engagement.unknown': 'STALE_CODE',
  'engagement.expired': 'STALE_CODE',
  'session.expired': 'STALE_CODE',
  'engagement.malformed': 'UNREADABLE',
  'link.malformed': 'UNREADABLE',
  'response.malformed': 'UNREADABLE',
  'credential.malformed': 'UNREADABLE',
  'jws.malformed': 'UNREADABLE',
  'json.malformed': 'UNREADABLE',
  'limit.exceeded': 'UNREADABLE',
}

/** The reason code of a check that came to no verdict. */
export function reasonOfFault(code: FaultCode): ReasonCode {
  return byFault[code] ?? 'INTERNAL'
}

/** As much of a verdict as its reason depends on. */
export interface JudgedVerdict {
  readonly outcome: Outcome
  readonly findings: readonly Finding[]
}

export interface ReasonContext {
  /** The policy's own weights. */
  readonly weights?: Weights
  /** The request asked for nothing but an age claim. */
  readonly ageOnly?: boolean
  /** The clerk has confirmed 本人相符. */
  readonly samePerson?: boolean
}

/** What the counter says about a verdict. */
export interface Reason {
  readonly symbol: Symbol
  readonly code: ReasonCode
  /** Further codes, most pressing first; shown on request. */
  readonly others: readonly ReasonCode[]
  readonly notes: readonly Finding[]
  readonly data: Visibility
}

/** Derives symbol, code and what may be seen from a verdict. Unknown never passes. */
export function reasonOf(verdict: JudgedVerdict, context: ReasonContext = {}): Reason {
  const open = verdict.findings.filter((finding) => !(context.samePerson && finding.code === 'credential.person_check'))
  const counted = open.filter((finding) => weigh(finding.code, context.weights) !== 'note')
  const symbol = symbolOf(verdict.outcome, counted, context.weights)
  const found = inOrder(counted)
  const code = found.find((each) => reasons[each].symbol === symbol) ?? otherwise(symbol, context)
  return {
    symbol,
    code,
    others: found.filter((each) => each !== code),
    notes: open.filter((finding) => !counted.includes(finding)),
    data: strictest([code, ...found].map((each) => reasons[each].data)),
  }
}

/** A reason that rests on no verdict: a fault, a foreign code, a refusal. */
export function reasonAlone(code: ReasonCode): Reason {
  return { symbol: reasons[code].symbol, code, others: [], notes: [], data: reasons[code].data }
}

function symbolOf(outcome: Outcome, counted: readonly Finding[], weights: Weights | undefined): Symbol {
  if (outcome === 'rejected') return 'reject'
  if (outcome === 'undecided') return 'undecided'
  return counted.some((finding) => weigh(finding.code, weights) === 'check') ? 'check' : 'pass'
}

function inOrder(found: readonly Finding[]): readonly ReasonCode[] {
  const present = new Set(found.map((finding) => reasonOfFinding(finding.code)))
  return reasonCodes.filter((code) => present.has(code))
}

/** The code where no finding has one of its own: the most careful of its symbol. */
function otherwise(symbol: Symbol, context: ReasonContext): ReasonCode {
  if (symbol === 'reject') return 'BAD_SIGNATURE'
  if (symbol === 'undecided') return 'INTERNAL'
  if (symbol === 'check') return 'CHECK_PERSON'
  return context.ageOnly ? 'OK_AGE_ONLY' : 'OK'
}

/** With several reasons no more is shown than each of them allows. */
function strictest(wanted: readonly Visibility[]): Visibility {
  if (wanted.includes('none')) return 'none'
  return wanted.includes('name') ? 'name' : 'fields'
}
