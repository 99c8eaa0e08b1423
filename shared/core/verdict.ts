/** What a finding does to a verdict: `no` rejects, `unknown` leaves undecided, `check` leaves a human step, `note` is told. */
export type Weight = 'no' | 'unknown' | 'check' | 'note'

interface FindingRow {
  readonly weight: Weight
  /** A policy may not make this one lighter. */
  readonly fixed?: true
}

const no = { weight: 'no' } as const
const never = { weight: 'no', fixed: true } as const
const unknown = { weight: 'unknown' } as const
const check = { weight: 'check' } as const
const note = { weight: 'note' } as const

/** Every finding there is, with its usual weight. Words in two languages: shared/ui/messages.ts. */
export const findings = {
  'jws.type_wrong': never,
  'jws.algorithm_refused': never,
  'jws.signature_invalid': never,
  'jws.critical_unknown': never,
  'jws.key_header_refused': never,
  'jws.not_canonical': never,

  'disclosure.duplicate': never,
  'disclosure.unreferenced': never,
  'disclosure.malformed': never,
  'disclosure.reserved_name': never,
  'disclosure.name_clash': never,
  'disclosure.claim_hidden': never,
  'disclosure.digest_algorithm': never,

  'credential.claim_missing': never,
  'credential.expired': no,
  'credential.not_yet_valid': no,
  'credential.revoked': never,
  'credential.suspended': no,
  'credential.status_unknown': unknown,
  'credential.status_old': check,
  'credential.person_check': check,
  'credential.type_mismatch': unknown,
  'credential.type_metadata_mismatch': no,
  'credential.unbound': no,
  'credential.second_missing': never,
  'credential.names_disagree': never,
  'credential.context_unknown': unknown,

  'key_binding.missing': never,
  'key_binding.signature_invalid': never,
  'key_binding.wrong_audience': never,
  'key_binding.wrong_nonce': never,
  'key_binding.wrong_hash': never,
  'key_binding.stale': never,
  'key_binding.from_future': never,
  'key_binding.replayed': never,
  'key_binding.transaction_mismatch': never,

  'issuer.unknown': unknown,
  'issuer.not_accredited': no,
  'issuer.suspended': no,
  'issuer.accreditation_ended': note,
  'issuer.key_unknown': never,
  'issuer.key_rotated': note,
  'issuer.key_withdrawn': never,
  'issuer.names_disagree': never,
  'issuer.deactivated': never,

  'certificate.chain_invalid': never,
  'certificate.anchor_unknown': unknown,
  'certificate.anchor_in_chain': never,
  'certificate.self_signed': never,
  'certificate.expired': no,
  'certificate.name_mismatch': never,
  'certificate.usage_wrong': never,
  'certificate.withdrawn': never,

  'status.unreachable': unknown,
  'status.signature_invalid': unknown,
  'status.wrong_subject': unknown,
  'status.wrong_signer': unknown,
  'status.expired': unknown,
  'status.no_expiry': unknown,
  'status.too_large': unknown,
  'status.out_of_range': unknown,
  'status.rolled_back': unknown,
  'status.value_unknown': unknown,
  'status.fetched_on_demand': note,

  'query.not_satisfied': unknown,
  'query.claim_absent': unknown,
  'query.value_mismatch': unknown,
  'query.unrequested': never,
  'query.count_wrong': never,
  'query.excess_disclosure': note,
  'query.persons_differ': no,

  'verifier.unsigned': never,
  'verifier.signature_invalid': never,
  'verifier.client_mismatch': never,
  'verifier.origin_mismatch': never,
  'verifier.unregistered': check,
  'verifier.over_asking': never,
  'verifier.flagged': never,
  'verifier.purpose_unknown': no,
  'verifier.issuer_disallows': no,
  'verifier.request_expired': no,

  'log.inclusion_invalid': never,
  'log.fork': never,
  'log.witness_short': unknown,
  'evidence.missing': unknown,
  'evidence.too_old': unknown,
  'evidence.old': check,
  'clock.wrong': unknown,
} as const satisfies Record<string, FindingRow>

export type FindingCode = keyof typeof findings

/** We looked, and this is what we found. `at` says where: `credentials/0`, `credentials/0/status`, `request`. */
export interface Finding {
  readonly code: FindingCode
  readonly at: string
}

/** Weights that a policy sets apart from the table: it may lower a `no` that is not fixed, or raise a `note`. */
export type Weights = Readonly<Partial<Record<FindingCode, Weight>>>

export type Outcome = 'accepted' | 'rejected' | 'undecided'

/** A decision with everything found on the way; only an accepted one carries a value. */
export type Verdict<T> =
  | { readonly outcome: 'accepted'; readonly value: T; readonly findings: readonly Finding[] }
  | { readonly outcome: 'rejected' | 'undecided'; readonly findings: readonly Finding[] }

/** The weight of a finding under a policy's own weights; what a policy may not change stays as the table has it. */
export function weigh(code: FindingCode, weights: Weights = {}): Weight {
  const row: FindingRow = findings[code]
  const wanted = weights[code]
  if (wanted === undefined) return row.weight
  const lowers = row.weight === 'no' && wanted === 'note' && row.fixed === undefined
  const raises = row.weight === 'note' && wanted === 'no'
  return lowers || raises ? wanted : row.weight
}

/** One `no` rejects; without one, a single `unknown` leaves it undecided: not knowing is never yes. */
export function reach<T>(found: readonly Finding[], weights: Weights, value: T): Verdict<T> {
  const seen = new Set(found.map((finding) => weigh(finding.code, weights)))
  if (seen.has('no')) return { outcome: 'rejected', findings: found }
  if (seen.has('unknown')) return { outcome: 'undecided', findings: found }
  return { outcome: 'accepted', value, findings: found }
}

export function isFindingCode(value: unknown): value is FindingCode {
  return typeof value === 'string' && Object.hasOwn(findings, value)
}
