import { headersFor } from '../crypto/algorithms.ts'
import { jwkMembers, parsePublicJwk, type PublicJwk } from '../crypto/key.ts'
import { jwsClaims, parseJws, type Jws } from '../crypto/jws.ts'
import { formatForm, parseForm } from '../encoding/form.ts'
import { isJsonArray, isJsonObject, jsonObject, type Json, type JsonObject } from '../encoding/json.ts'
import { Fault, within } from '../fault.ts'
import { isInstant, type Instant } from '../instant.ts'
import { limits } from '../limits.ts'
import { parseClientId, type ClientId } from './client-id.ts'
import { parseDcqlQuery, type DcqlQuery } from './dcql-query.ts'
import { parseTransactionData, type TransactionData } from './transaction-data.ts'

export const requestType = 'oauth-authz-req+jwt'
export const requestMediaType = 'application/oauth-authz-req+jwt'
/** `aud` where a wallet is not known beforehand (OpenID4VP 1.0, 5.8). */
export const anyWallet = 'https://self-issued.me/v2'

export const contentEncryptions = ['A256GCM', 'A128GCM'] as const
export type ContentEncryption = (typeof contentEncryptions)[number]

/** How the answer is to be encrypted (OpenID4VP 1.0, 8.3). */
export interface ResponseEncryption {
  readonly key: PublicJwk
  readonly kid?: string
  readonly enc: ContentEncryption
}

/** What a verifier says of itself, in a format of its own (OpenID4VP 1.0, 5.1). */
export interface VerifierInfo {
  readonly format: string
  readonly data: Json
}

export const verifierInfoFormats = {
  registration: 'urn:fujie:registration',
  purpose: 'urn:fujie:purpose',
  onBehalfOf: 'urn:fujie:on-behalf-of',
} as const

/** What a verifier asks (OpenID4VP 1.0, 5; wire profile, 6). */
export interface AuthorizationRequest {
  readonly clientId: ClientId
  readonly responseMode: 'direct_post.jwt' | 'direct_post'
  readonly responseUri: string
  readonly nonce: string
  readonly state?: string
  readonly audience?: string
  readonly issuedAt?: Instant
  readonly expires?: Instant
  readonly walletNonce?: string
  readonly query: DcqlQuery
  /** There for `direct_post.jwt`. */
  readonly encryption?: ResponseEncryption
  readonly verifierInfo: readonly VerifierInfo[]
  readonly transactionData: readonly TransactionData[]
}

/** A request object taken apart; neither its signature nor its names are believed yet. */
export interface UnverifiedRequest extends AuthorizationRequest {
  readonly jws: Jws
}

/**
 * Reads a request object.
 *
 * Refused here is what could not be answered at all; who asks and whether it may is judged.
 *
 * @throws Fault `request.malformed`, `query.invalid`, `transaction_data.invalid`, `limit.exceeded`
 */
export function parseRequest(text: string): UnverifiedRequest {
  const jws = within('request.malformed', () => parseJws(text, { maxBytes: limits.request }))
  const claims = within('request.malformed', () => jwsClaims(jws, { string: limits.verifierInfoBytes }))
  if (claims.response_type !== 'vp_token') malformed('response_type')
  // A redirect would carry the answer in an address.
  if (claims.redirect_uri !== undefined) malformed('redirect_uri')
  if (claims.scope !== undefined) malformed('scope')
  if (claims.dcql_query === undefined) malformed('dcql_query')
  const query = parseDcqlQuery(claims.dcql_query)
  const responseMode = modeOf(claims.response_mode)
  return {
    jws,
    clientId: parseClientId(textAt(claims, 'client_id')),
    responseMode,
    responseUri: webAddress(textAt(claims, 'response_uri')),
    nonce: urlSafe(textAt(claims, 'nonce'), 'nonce'),
    query,
    verifierInfo: verifierInfoOf(claims.verifier_info),
    transactionData:
      claims.transaction_data === undefined
        ? []
        : parseTransactionData(
            claims.transaction_data,
            query.credentials.map((credential) => credential.id),
          ),
    ...(responseMode === 'direct_post.jwt' ? { encryption: encryptionOf(claims.client_metadata) } : {}),
    ...optionalTexts(claims),
    ...(claims.iat === undefined ? {} : { issuedAt: instantOf(claims.iat, 'iat') }),
    ...(claims.exp === undefined ? {} : { expires: instantOf(claims.exp, 'exp') }),
  }
}

function optionalTexts(claims: JsonObject): Pick<AuthorizationRequest, 'state' | 'audience' | 'walletNonce'> {
  return {
    ...(claims.state === undefined ? {} : { state: textAt(claims, 'state') }),
    ...(claims.aud === undefined ? {} : { audience: textAt(claims, 'aud') }),
    ...(claims.wallet_nonce === undefined ? {} : { walletNonce: textAt(claims, 'wallet_nonce') }),
  }
}

function modeOf(mode: Json | undefined): AuthorizationRequest['responseMode'] {
  return mode === 'direct_post.jwt' || mode === 'direct_post' ? mode : malformed('response_mode')
}

/** The first key that can be used; others beside it are skipped. */
function encryptionOf(metadata: Json | undefined): ResponseEncryption {
  if (!isJsonObject(metadata) || !isJsonObject(metadata.jwks)) return malformed('client_metadata')
  const { keys } = metadata.jwks
  const usable = isJsonArray(keys) ? keys.map(usableKey).find((key) => key !== undefined) : undefined
  // Absent means the one value that every party has (OpenID4VP 1.0, 5.1).
  const encs = metadata.encrypted_response_enc_values_supported ?? ['A128GCM']
  const enc = isJsonArray(encs) ? contentEncryptions.find((each) => encs.includes(each)) : undefined
  return usable && enc ? { ...usable, enc } : malformed('jwks')
}

function usableKey(value: Json): Omit<ResponseEncryption, 'enc'> | undefined {
  if (!isJsonObject(value) || value.alg !== 'ECDH-ES' || (value.use ?? 'enc') !== 'enc') return undefined
  try {
    const key = parsePublicJwk(value)
    if (key.crv !== 'P-256' && key.crv !== 'X25519') return undefined
    return typeof value.kid === 'string' ? { key, kid: value.kid } : { key }
  } catch {
    return undefined
  }
}

function verifierInfoOf(value: Json | undefined): readonly VerifierInfo[] {
  if (value === undefined) return []
  if (!isJsonArray(value)) return malformed('verifier_info')
  const size = JSON.stringify(value).length
  if (value.length > limits.verifierInfo || size > limits.verifierInfoBytes) {
    throw new Fault('limit.exceeded', { limit: 'verifier_info' })
  }
  return value.map((entry) => {
    if (!isJsonObject(entry) || typeof entry.format !== 'string' || entry.data === undefined)
      return malformed('verifier_info')
    return { format: entry.format, data: entry.data }
  })
}

/** The id of the registered purpose the request names. */
export function purposeOf(request: AuthorizationRequest): string | undefined {
  return infoText(request, verifierInfoFormats.purpose, 'id')
}

/** The site for which a sign-in operator asks. */
export function onBehalfOf(request: AuthorizationRequest): string | undefined {
  return infoText(request, verifierInfoFormats.onBehalfOf, 'host')
}

function infoText({ verifierInfo }: AuthorizationRequest, format: string, member: string): string | undefined {
  const data = verifierInfo.find((info) => info.format === format)?.data
  const text = isJsonObject(data) ? data[member] : undefined
  return typeof text === 'string' ? text : undefined
}

function textAt(claims: JsonObject, name: string): string {
  const value = claims[name]
  return typeof value === 'string' && value !== '' ? value : malformed(name)
}

function instantOf(value: Json, name: string): Instant {
  return isInstant(value) ? value : malformed(name)
}

function urlSafe(text: string, name: string): string {
  return /^[A-Za-z0-9._~-]{1,512}$/.test(text) ? text : malformed(name)
}

function webAddress(text: string): string {
  const { protocol = '', username = '', hash = '' } = URL.canParse(text) ? new URL(text) : {}
  const isWeb = (protocol === 'https:' || protocol === 'http:') && username === '' && hash === ''
  return isWeb ? text : malformed('response_uri')
}

function malformed(at: string): never {
  throw new Fault('request.malformed', { at })
}

/** What a verifier puts into a request of ours. */
export interface RequestTerms {
  readonly clientId: string
  readonly responseUri: string
  /** Plain `direct_post` is for peers that cannot encrypt. */
  readonly responseMode?: AuthorizationRequest['responseMode']
  readonly nonce: string
  readonly state: string
  readonly issuedAt: Instant
  readonly expires: Instant
  /** One fresh P-256 key for each slot. */
  readonly encryption: { readonly key: PublicJwk; readonly kid: string }
  readonly query: JsonObject
  readonly purpose?: string
  /** Registration proof, base64url. */
  readonly registration?: string
  readonly onBehalfOf?: string
  readonly walletNonce?: string
  /** From `formatTransactionData`. */
  readonly transactionData?: readonly string[]
}

/** The formats a verifier of ours can judge; algorithms of mdocs by their COSE numbers, ES256 alone. */
const formatsSupported: JsonObject = {
  'dc+sd-jwt': { 'sd-jwt_alg_values': headersFor('credential'), 'kb-jwt_alg_values': headersFor('key-binding') },
  mso_mdoc: { issuerauth_alg_values: [-7], deviceauth_alg_values: [-7] },
  jwt_vc_json: { alg_values: headersFor('key-binding') },
}

/** The claims of a request object, to be signed under `requestHeader`. */
export function formatRequest(terms: RequestTerms): JsonObject {
  const info = [
    { format: verifierInfoFormats.registration, data: terms.registration },
    { format: verifierInfoFormats.purpose, data: terms.purpose === undefined ? undefined : { id: terms.purpose } },
    {
      format: verifierInfoFormats.onBehalfOf,
      data: terms.onBehalfOf === undefined ? undefined : { host: terms.onBehalfOf },
    },
  ].flatMap(({ format, data }): Json[] => (data === undefined ? [] : [{ format, data }]))
  return jsonObject({
    client_id: terms.clientId,
    response_type: 'vp_token',
    response_mode: terms.responseMode ?? 'direct_post.jwt',
    response_uri: terms.responseUri,
    aud: anyWallet,
    nonce: terms.nonce,
    state: terms.state,
    iat: terms.issuedAt,
    exp: terms.expires,
    dcql_query: terms.query,
    client_metadata: formatClientMetadata(terms.encryption),
    verifier_info: info.length === 0 ? undefined : info,
    wallet_nonce: terms.walletNonce,
    transaction_data: terms.transactionData,
  })
}

function formatClientMetadata({ key, kid }: RequestTerms['encryption']): JsonObject {
  return {
    jwks: { keys: [{ ...jwkMembers(key), kid, use: 'enc', alg: 'ECDH-ES' }] },
    encrypted_response_enc_values_supported: ['A128GCM', 'A256GCM'],
    vp_formats_supported: formatsSupported,
  }
}

/** The header of a request object; `alg` comes from its signer. One form or the other, never both. */
export function requestHeader(signer: { readonly x5c: readonly string[] } | { readonly kid: string }): {
  readonly typ: string
  readonly x5c?: readonly string[]
  readonly kid?: string
} {
  return 'x5c' in signer ? { typ: requestType, x5c: signer.x5c } : { typ: requestType, kid: signer.kid }
}

/** The body with which a wallet fetches a request by POST (OpenID4VP 1.0, 5.10). */
export function formatRequestFetch(fetch: { readonly walletNonce: string }): string {
  return formatForm({ wallet_nonce: fetch.walletNonce })
}

/**
 * Reads that body; what a wallet says of its abilities is ignored.
 *
 * @throws Fault `request.malformed`
 */
export function parseRequestFetch(body: string): { readonly walletNonce?: string } {
  const nonce = parseForm(body).get('wallet_nonce')
  return nonce === undefined ? {} : { walletNonce: urlSafe(nonce, 'wallet_nonce') }
}
