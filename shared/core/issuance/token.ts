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

/** A request for an access token in exchange for what a person's browser brought back (RFC 6749, 4.1.3). */
export interface CodeTokenRequest {
  readonly code: string
  readonly clientId: string
  readonly redirectUri: string
  /** What the challenge was made of (RFC 7636, 4.5). */
  readonly verifier: string
}

export interface RefreshTokenRequest {
  readonly refreshToken: string
  readonly clientId?: string
}

/** The body of a token request with an authorisation code. */
export function formatCodeRequest({ code, clientId, redirectUri, verifier }: CodeTokenRequest): string {
  return formatForm({
    grant_type: 'authorization_code',
    code,
    client_id: clientId,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  })
}

/** The body of a refresh (RFC 6749, 6). */
export function formatRefreshRequest({ refreshToken, clientId }: RefreshTokenRequest): string {
  return formatForm({ grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId })
}

/** What a token is asked for with. */
export type TokenRequest =
  | ({ readonly grant: 'pre_authorized' } & PreAuthorizedTokenRequest)
  | ({ readonly grant: 'code' } & CodeTokenRequest)
  | ({ readonly grant: 'refresh' } & RefreshTokenRequest)

/**
 * Reads a token request from its parameters.
 *
 * @throws Fault `request.malformed`, `grant.invalid` for a grant that is not ours
 */
export function parseTokenRequest(form: ReadonlyMap<string, string>): TokenRequest {
  const clientId = form.get('client_id')
  const client = clientId === undefined ? {} : { clientId }
  switch (form.get('grant_type')) {
    case preAuthorizedGrant:
      return { grant: 'pre_authorized', code: secretAt(form, 'pre-authorized_code'), ...txCodeIn(form), ...client }
    case 'authorization_code':
      return {
        grant: 'code',
        code: secretAt(form, 'code'),
        clientId: secretAt(form, 'client_id'),
        redirectUri: form.get('redirect_uri') ?? '',
        verifier: secretAt(form, 'code_verifier'),
      }
    case 'refresh_token':
      return { grant: 'refresh', refreshToken: secretAt(form, 'refresh_token'), ...client }
    default:
      throw new Fault('grant.invalid', { reason: 'grant type' })
  }
}

function secretAt(form: ReadonlyMap<string, string>, name: string): string {
  const value = form.get(name) ?? ''
  if (!/^[\x21-\x7e]{1,512}$/.test(value)) throw new Fault('request.malformed', { at: name })
  return value
}

function txCodeIn(form: ReadonlyMap<string, string>): Pick<PreAuthorizedTokenRequest, 'txCode'> {
  const txCode = form.get('tx_code')
  if (txCode === '' || (txCode?.length ?? 0) > 64) throw new Fault('request.malformed', { at: 'tx_code' })
  return txCode === undefined ? {} : { txCode }
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
