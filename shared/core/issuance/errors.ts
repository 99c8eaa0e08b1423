import { isJsonObject, parseJsonBytes, type JsonObject } from '../encoding/json.ts'
import { isFaultCode, type FaultCode } from '../fault.ts'

/** The endpoints whose errors differ. */
export type IssuancePlace = 'par' | 'token' | 'credential' | 'deferred' | 'notification'

type ErrorTable = Readonly<Partial<Record<FaultCode, string>>>

/** OAuth errors of OpenID4VCI 1.0 (6.3, 8.3.1, 9.3, 11.3), RFC 9449 and RFC 6750 by our fault codes. */
const everywhere: ErrorTable = {
  'token.invalid': 'invalid_token',
  'dpop.invalid': 'invalid_dpop_proof',
  'dpop.nonce_required': 'use_dpop_nonce',
}

const byPlace: Readonly<Record<IssuancePlace, ErrorTable>> = {
  par: { 'client.unknown': 'invalid_client', 'credential_configuration.unknown': 'invalid_scope' },
  token: {
    'grant.invalid': 'invalid_grant',
    'client.unknown': 'invalid_client',
    'tx_code.wrong': 'invalid_grant',
    'tx_code.exhausted': 'invalid_grant',
    'offer.not_found': 'invalid_grant',
    'offer.expired': 'invalid_grant',
    'code.used': 'invalid_grant',
  },
  credential: {
    'credential_configuration.unknown': 'unknown_credential_configuration',
    'proof.invalid': 'invalid_proof',
    'nonce.invalid': 'invalid_nonce',
    'nonce.used': 'invalid_nonce',
    'issuer.refused': 'credential_request_denied',
  },
  deferred: { 'transaction.unknown': 'invalid_transaction_id', 'issuer.refused': 'credential_request_denied' },
  notification: { 'notification.unknown': 'invalid_notification_id' },
}

const otherwise: Readonly<Record<IssuancePlace, string>> = {
  par: 'invalid_request',
  token: 'invalid_request',
  credential: 'invalid_credential_request',
  deferred: 'invalid_credential_request',
  notification: 'invalid_notification_request',
}

/** The error a wallet is told for a fault of ours; what says nothing more exact is a bad request. */
export function oauthErrorOf(code: FaultCode, place: IssuancePlace): string {
  return byPlace[place][code] ?? everywhere[code] ?? otherwise[place]
}

/** The body of an error: its description is our code, which tells the cause apart. */
export function formatOauthError(code: FaultCode, place: IssuancePlace): JsonObject {
  return { error: oauthErrorOf(code, place), error_description: code }
}

/** What a wallet makes of an error: our code if the issuer gives one that fits, else the nearest. */
const nearest: ReadonlyMap<string, FaultCode> = new Map([
  ['invalid_client', 'client.unknown'],
  ['invalid_scope', 'credential_configuration.unknown'],
  ['invalid_grant', 'grant.invalid'],
  ['invalid_token', 'token.invalid'],
  ['invalid_dpop_proof', 'dpop.invalid'],
  ['use_dpop_nonce', 'dpop.nonce_required'],
  ['unknown_credential_configuration', 'credential_configuration.unknown'],
  ['invalid_proof', 'proof.invalid'],
  ['invalid_nonce', 'nonce.invalid'],
  ['invalid_transaction_id', 'transaction.unknown'],
])

/** The fault that an error body means to a wallet; `issuer.refused` for all that is not known. */
export function faultOfOauthError(body: Uint8Array, place: IssuancePlace): FaultCode {
  const { error, description } = readError(body)
  if (isFaultCode(description) && oauthErrorOf(description, place) === error) return description
  return nearest.get(error) ?? 'issuer.refused'
}

function readError(body: Uint8Array): { readonly error: string; readonly description: string } {
  try {
    const json = parseJsonBytes(body)
    const { error, error_description: description } = isJsonObject(json) ? json : {}
    return {
      error: typeof error === 'string' ? error : '',
      description: typeof description === 'string' ? description : '',
    }
  } catch {
    return { error: '', description: '' }
  }
}
