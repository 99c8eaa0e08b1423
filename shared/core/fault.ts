/** Who has to act on a fault (house rules: faults and findings). */
export type FaultKind = 'input' | 'refused' | 'missing' | 'conflict' | 'unavailable' | 'bug'

interface FaultRow {
  readonly kind: FaultKind
  /** HTTP status where it differs from the kind's own. */
  readonly http?: number
}

/** Every fault there is: one code, one kind, one table. Words in two languages: shared/ui/messages.ts. */
export const faults = {
  'json.malformed': { kind: 'input' },
  'key.unsupported': { kind: 'input' },
  'jws.malformed': { kind: 'input' },
  'request.malformed': { kind: 'input' },
  'response.malformed': { kind: 'input' },
  'offer.malformed': { kind: 'input' },
  'metadata.malformed': { kind: 'input' },
  'credential.malformed': { kind: 'input' },
  'credential_type.malformed': { kind: 'input' },
  'status_list.malformed': { kind: 'input' },
  'evidence.malformed': { kind: 'input' },
  'evidence.engine_newer': { kind: 'input' },
  'evidence.sealed': { kind: 'refused' },
  'evidence.not_replayable': { kind: 'refused' },
  'policy.malformed': { kind: 'input' },
  'certificate.malformed': { kind: 'input' },
  'checkpoint.malformed': { kind: 'input' },
  'bundle.malformed': { kind: 'input' },
  'engagement.malformed': { kind: 'input' },
  'link.malformed': { kind: 'input' },
  'pairing.malformed': { kind: 'input' },
  'query.invalid': { kind: 'input' },
  'transaction_data.invalid': { kind: 'input' },
  'proof.invalid': { kind: 'input' },
  'nonce.invalid': { kind: 'input' },
  'limit.exceeded': { kind: 'input' },
  'session.consumed': { kind: 'input' },
  'did.invalid': { kind: 'input' },
  'did.url_invalid': { kind: 'input' },
  'did.document_invalid': { kind: 'bug' },
  'did.method_unsupported': { kind: 'input', http: 501 },
  'did.feature_unsupported': { kind: 'input', http: 501 },
  'did.options_invalid': { kind: 'input' },
  'did.representation_unsupported': { kind: 'input', http: 406 },
  'did.not_found': { kind: 'missing' },
  'did.deactivated': { kind: 'conflict', http: 410 },

  'operation.malformed': { kind: 'input' },
  'operation.wrong_log': { kind: 'input' },
  'operation.expired': { kind: 'input' },
  'operation.out_of_order': { kind: 'conflict' },
  'operation.too_soon': { kind: 'conflict' },
  'operation.key_uncommitted': { kind: 'refused' },
  'operation.recovery_changed': { kind: 'refused' },
  'operation.key_reused': { kind: 'refused' },
  'operation.signer_not_authorised': { kind: 'refused' },
  'operation.grant_too_early': { kind: 'refused' },
  'operation.signature_invalid': { kind: 'refused' },
  'record.not_found': { kind: 'missing' },
  'blob.not_found': { kind: 'missing' },
  'admission.person_not_anchored': { kind: 'refused' },
  'admission.not_sponsored': { kind: 'refused' },
  'admission.blob_missing': { kind: 'conflict' },
  'admission.quota': { kind: 'unavailable', http: 429 },
  'admission.overloaded': { kind: 'unavailable', http: 429 },
  'registry.read_only': { kind: 'unavailable' },
  'registry.unreachable': { kind: 'unavailable' },
  'ledger.unreachable': { kind: 'unavailable' },
  'ledger.disputed': { kind: 'unavailable' },
  'ledger.cap': { kind: 'unavailable' },
  'ledger.refused': { kind: 'refused' },
  'ledger.misconfigured': { kind: 'input' },
  'ledger.conflict': { kind: 'refused' },
  'ledger.frozen': { kind: 'refused' },
  'ledger.reorged': { kind: 'refused' },
  'registry.behind': { kind: 'unavailable' },
  'log.damaged': { kind: 'bug' },
  'log.fork': { kind: 'refused' },
  'log.late': { kind: 'refused' },
  'log.forced_ignored': { kind: 'refused' },
  'log.withheld': { kind: 'unavailable' },
  'log.witness_short': { kind: 'unavailable' },
  'witness.unreachable': { kind: 'unavailable' },
  'witness.refused': { kind: 'refused' },

  'fetch.blocked_address': { kind: 'refused' },
  'fetch.redirect': { kind: 'refused' },
  'fetch.insecure': { kind: 'refused' },
  'fetch.refused': { kind: 'refused' },
  'fetch.timeout': { kind: 'unavailable' },
  'fetch.too_large': { kind: 'unavailable' },
  'fetch.unreachable': { kind: 'unavailable' },

  'token.invalid': { kind: 'refused', http: 401 },
  'dpop.invalid': { kind: 'refused', http: 400 },
  'dpop.nonce_required': { kind: 'refused', http: 400 },
  'grant.invalid': { kind: 'refused', http: 400 },
  'client.unknown': { kind: 'refused', http: 400 },
  'authorization.mismatch': { kind: 'refused' },
  'authorization.declined': { kind: 'refused' },
  'authorization.expired': { kind: 'missing', http: 410 },
  'tx_code.wrong': { kind: 'refused', http: 400 },
  'tx_code.exhausted': { kind: 'refused', http: 400 },
  'offer.not_found': { kind: 'missing' },
  'offer.expired': { kind: 'missing', http: 410 },
  'credential_configuration.unknown': { kind: 'input' },
  'issuer.unreachable': { kind: 'unavailable' },
  'issuer.refused': { kind: 'refused' },
  'transaction.unknown': { kind: 'missing' },
  'notification.unknown': { kind: 'input' },
  'status.final': { kind: 'conflict' },
  'nonce.used': { kind: 'conflict' },
  'code.used': { kind: 'conflict' },

  'session.not_found': { kind: 'missing' },
  'session.expired': { kind: 'missing', http: 410 },
  'request.already_fetched': { kind: 'missing', http: 410 },
  'verifier.unreachable': { kind: 'unavailable' },
  'verifier.refused': { kind: 'refused' },
  'purpose.unknown': { kind: 'missing' },
  'engagement.unknown': { kind: 'missing' },
  'engagement.used': { kind: 'conflict' },
  'engagement.expired': { kind: 'missing', http: 410 },

  'consent.declined': { kind: 'refused' },
  'consent.unknown': { kind: 'missing' },
  'document.not_found': { kind: 'missing' },
  'history.not_found': { kind: 'missing' },
  'identity.not_found': { kind: 'missing' },
  'identity.words_needed': { kind: 'input' },
  'identity.change_pending': { kind: 'conflict' },
  'pairing.unknown': { kind: 'missing' },
  'pairing.owner_unproven': { kind: 'refused' },
  'vault.absent': { kind: 'missing' },
  'vault.exists': { kind: 'conflict' },
  'vault.locked': { kind: 'refused' },
  'vault.wrong_passphrase': { kind: 'refused' },
  'vault.weak_passphrase': { kind: 'input' },
  'vault.parameters_refused': { kind: 'refused' },
  'vault.tampered': { kind: 'refused' },
  'vault.rolled_back': { kind: 'conflict' },
  'vault.busy': { kind: 'conflict' },
  'pin.wrong': { kind: 'refused' },
  'pin.wait': { kind: 'refused' },
  'pin.weak': { kind: 'input' },
  'backup.malformed': { kind: 'input' },
  'backup.newer': { kind: 'input' },
  'backup.not_found': { kind: 'missing' },
  'backup.words_needed': { kind: 'conflict' },
  'signer.unavailable': { kind: 'unavailable' },
  'store.full': { kind: 'unavailable' },

  'camera.absent': { kind: 'missing' },
  'camera.denied': { kind: 'refused' },
  'start.port_in_use': { kind: 'conflict' },
  'start.folder_not_writable': { kind: 'refused' },
  'start.no_ledger_node': { kind: 'missing' },
  'start.real_documents': { kind: 'refused' },
  not_found: { kind: 'missing' },
  unexpected: { kind: 'bug' },
} as const satisfies Record<string, FaultRow>

export type FaultCode = keyof typeof faults

/** Facts for a log line. Never a claim, a key or a token; they cross no wire. */
export type FaultDetails = Readonly<Record<string, string | number | boolean>>

const httpOfKind: Record<FaultKind, number> = {
  input: 400,
  refused: 403,
  missing: 404,
  conflict: 409,
  unavailable: 503,
  bug: 500,
}

/** We could not look: the first reason why. What was looked at and found wanting is a `Finding` instead. */
export class Fault extends Error {
  readonly code: FaultCode
  readonly details: FaultDetails

  constructor(code: FaultCode, details: FaultDetails = {}, options: { readonly cause?: unknown } = {}) {
    super(code, options)
    this.name = 'Fault'
    this.code = code
    this.details = details
  }

  get kind(): FaultKind {
    return faults[this.code].kind
  }

  /** The HTTP status of this fault on our own interfaces. */
  get http(): number {
    const row: FaultRow = faults[this.code]
    return row.http ?? httpOfKind[row.kind]
  }
}

export function isFaultCode(value: unknown): value is FaultCode {
  return typeof value === 'string' && Object.hasOwn(faults, value)
}

/** The code of anything thrown: what is no fault of ours is `unexpected`. */
export function faultCode(thrown: unknown): FaultCode {
  return thrown instanceof Fault ? thrown.code : 'unexpected'
}

/**
 * Runs a parser whose input faults mean, here, `code`: a broken header inside a credential is a broken credential.
 *
 * @throws Fault `code` in place of any fault of kind `input` but `limit.exceeded`; others pass.
 */
export function within<T>(code: FaultCode, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    if (cause instanceof Fault && cause.kind === 'input' && cause.code !== 'limit.exceeded')
      throw new Fault(code, cause.details, { cause })
    throw cause
  }
}
