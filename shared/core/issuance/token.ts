import { formatForm } from '../encoding/form.ts'
import { isJsonArray, isJsonObject, jsonObject, parseJsonBytes, type Json, type JsonObject } from '../encoding/json.ts'
import { Fault, within } from '../fault.ts'
import type { Seconds } from '../instant.ts'
import { preAuthorizedGrant } from './offer.ts'

/** A request for an access token in exchange for an offer's code (OpenID4VCI 1.0, 6.1). */
export interface PreAuthorizedTokenRequest {
  readonly code: string
  readonly txCode?: string
  readonly clientId?: string
}

/** The body of a token request. */
export function formatTokenRequest({ code, txCode, clientId }: PreAuthorizedTokenRequest): string {
  return formatForm({
    grant_type: preAuthorizedGrant,
    'pre-authorized_code': code,
    tx_code: txCode,
    client_id: clientId,
  })
}

/** The body of a refresh (RFC 6749, 6). */
export function formatRefreshRequest({ refreshToken, clientId }: { refreshToken: string; clientId?: string }): string {
  return formatForm({ grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId })
}

/**
 * Reads a pre-authorised token request from its parameters.
 *
 * @throws Fault `request.malformed`, `grant.invalid`
 */
export function parseTokenRequest(form: ReadonlyMap<string, string>): PreAuthorizedTokenRequest {
  if (form.get('grant_type') !== preAuthorizedGrant) throw new Fault('grant.invalid', { reason: 'grant type' })
  const code = form.get('pre-authorized_code') ?? ''
  const txCode = form.get('tx_code')
  const clientId = form.get('client_id')
  if (!/^[\x21-\x7e]{1,512}$/.test(code)) throw new Fault('request.malformed', { at: 'pre-authorized_code' })
  if (txCode !== undefined && (txCode === '' || txCode.length > 64))
    throw new Fault('request.malformed', { at: 'tx_code' })
  return { code, ...(txCode === undefined ? {} : { txCode }), ...(clientId === undefined ? {} : { clientId }) }
}

/** One of the credentials a token is good for (OpenID4VCI 1.0, 6.2). */
export interface AuthorizedCredential {
  readonly configurationId: string
  /** Absent: the request names the configuration instead. */
  readonly identifiers?: readonly string[]
}

export interface TokenResponse {
  readonly accessToken: string
  readonly expiresIn?: Seconds
  readonly refreshToken?: string
  readonly credentials?: readonly AuthorizedCredential[]
}

/**
 * Reads a token response. Only tokens bound to our key are taken.
 *
 * @throws Fault `response.malformed`
 */
export function parseTokenResponse(bytes: Uint8Array): TokenResponse {
  const json = within('response.malformed', () => parseJsonBytes(bytes))
  if (!isJsonObject(json)) return malformed('object')
  const { access_token: accessToken, token_type: type, expires_in: expiresIn, refresh_token: refreshToken } = json
  if (typeof accessToken !== 'string' || !/^[A-Za-z0-9._~+/-]+=*$/.test(accessToken)) return malformed('access_token')
  if (typeof type !== 'string' || type.toLowerCase() !== 'dpop') return malformed('token_type')
  if (expiresIn !== undefined && !(typeof expiresIn === 'number' && expiresIn > 0)) return malformed('expires_in')
  if (refreshToken !== undefined && typeof refreshToken !== 'string') return malformed('refresh_token')
  const details = json.authorization_details
  return {
    accessToken,
    ...(expiresIn === undefined ? {} : { expiresIn }),
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(details === undefined ? {} : { credentials: parseAuthorizationDetails(details) }),
  }
}

/**
 * Reads authorization details of type `openid_credential`; other types are not ours.
 *
 * @throws Fault `response.malformed`
 */
export function parseAuthorizationDetails(value: Json): readonly AuthorizedCredential[] {
  if (!isJsonArray(value) || value.length === 0) return malformed('authorization_details')
  return value.flatMap((detail) => {
    if (!isJsonObject(detail)) return malformed('authorization_details')
    if (detail.type !== 'openid_credential') return []
    const { credential_configuration_id: configurationId, credential_identifiers: identifiers } = detail
    if (typeof configurationId !== 'string') return malformed('credential_configuration_id')
    if (identifiers === undefined) return [{ configurationId }]
    const isList = isJsonArray(identifiers) && identifiers.length > 0
    if (!isList || !identifiers.every((id) => typeof id === 'string')) return malformed('credential_identifiers')
    return [{ configurationId, identifiers: identifiers as readonly string[] }]
  })
}

/** The body of a token response. */
export function formatTokenResponse({ accessToken, expiresIn, refreshToken, credentials }: TokenResponse): JsonObject {
  return jsonObject({
    access_token: accessToken,
    token_type: 'DPoP',
    expires_in: expiresIn,
    refresh_token: refreshToken,
    authorization_details: credentials?.map(({ configurationId, identifiers }) =>
      jsonObject({
        type: 'openid_credential',
        credential_configuration_id: configurationId,
        credential_identifiers: identifiers,
      }),
    ),
  })
}

function malformed(at: string): never {
  throw new Fault('response.malformed', { at })
}
