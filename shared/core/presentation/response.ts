import { secondMember, secondsAt } from '../credential/second.ts'
import { utf8 } from '../encoding/bytes.ts'
import { formatForm, parseForm } from '../encoding/form.ts'
import { isJsonArray, isJsonObject, jsonObject, parseJsonBytes, type Json, type JsonObject } from '../encoding/json.ts'
import { Fault, within } from '../fault.ts'
import { limits } from '../limits.ts'

/** Presentations by id of credential query (OpenID4VP 1.0, 8.1); never empty, nor is any of its lists. */
export type VpToken = ReadonlyMap<string, readonly string[]>

/** What a wallet answers; nothing in it is verified. */
export interface AuthorizationResponse {
  readonly vpToken: VpToken
  readonly state?: string
  /** Second signatures over what is presented, unread (wire profile, 11). */
  readonly seconds?: readonly string[]
}

/** The errors a wallet may answer with (OpenID4VP 1.0, 8.5; RFC 6749, 4.1.2.1). */
export const walletErrors = [
  'access_denied',
  'invalid_request',
  'invalid_client',
  'invalid_scope',
  'vp_formats_not_supported',
  'invalid_request_uri_method',
  'invalid_transaction_data',
  'wallet_unavailable',
] as const
export type WalletError = (typeof walletErrors)[number]

/** A post to the response URI, before anything is decrypted. */
export type PostedResponse =
  | { readonly kind: 'encrypted'; readonly jwe: string }
  | { readonly kind: 'plain'; readonly response: AuthorizationResponse }
  | { readonly kind: 'error'; readonly error: WalletError; readonly state?: string }

/**
 * Reads the form a wallet posts: one encrypted response, or one error, or (peers that cannot encrypt) a plain one.
 *
 * @throws Fault `response.malformed`, `limit.exceeded`
 */
export function parsePostedResponse(body: string): PostedResponse {
  if (body.length > limits.answerBody) throw new Fault('limit.exceeded', { limit: 'answer' })
  const form = within('response.malformed', () => parseForm(body))
  const kinds = ['response', 'error', 'vp_token'].filter((name) => form.has(name))
  if (kinds.length !== 1) malformed('one of response, error, vp_token')
  const jwe = form.get('response')
  if (jwe !== undefined) return { kind: 'encrypted', jwe }
  const state = form.get('state')
  const stated = state === undefined ? {} : { state }
  const error = form.get('error')
  if (error === undefined) {
    const token = form.get('vp_token') as string
    return { kind: 'plain', response: { vpToken: vpTokenOf(jsonOf(utf8(token))), ...stated } }
  }
  // An error we do not know is the wallet's no all the same.
  return { kind: 'error', error: walletErrors.find((known) => known === error) ?? 'invalid_request', ...stated }
}

/**
 * Reads the content of an encrypted response.
 *
 * @throws Fault `response.malformed`, `limit.exceeded`
 */
export function parseResponse(content: Uint8Array): AuthorizationResponse {
  const json = jsonOf(content)
  if (!isJsonObject(json)) return malformed('object')
  const { vp_token: vpToken, state } = json
  if (state !== undefined && typeof state !== 'string') return malformed('state')
  const seconds = secondsAt(json[secondMember])
  return {
    vpToken: vpTokenOf(vpToken),
    ...(state === undefined ? {} : { state }),
    ...(seconds.length === 0 ? {} : { seconds }),
  }
}

function jsonOf(content: Uint8Array): Json {
  return within('response.malformed', () => parseJsonBytes(content, { string: limits.sdJwtWithPortrait }))
}

function vpTokenOf(value: Json | undefined): VpToken {
  if (!isJsonObject(value)) return malformed('vp_token')
  const entries = Object.entries(value)
  if (entries.length === 0 || entries.length > limits.dcqlCredentials) return malformed('vp_token')
  return new Map(entries.map(([id, list]) => [id, presentationsOf(list)]))
}

/** Formats whose presentations are JSON objects are none of ours. */
function presentationsOf(list: Json): readonly string[] {
  if (!isJsonArray(list) || list.length === 0) return malformed('vp_token')
  return list.map((each) => (typeof each === 'string' && each !== '' ? each : malformed('vp_token')))
}

function malformed(at: string): never {
  throw new Fault('response.malformed', { at })
}

/** The content of a response, to be encrypted for the verifier. */
export function formatResponse({ vpToken, state, seconds }: AuthorizationResponse): Uint8Array {
  return utf8(JSON.stringify(jsonObject({ vp_token: formatVpToken(vpToken), state, [secondMember]: seconds })))
}

function formatVpToken(vpToken: VpToken): JsonObject {
  return jsonObject(Object.fromEntries(vpToken))
}

/** The form with an encrypted response. */
export function formatEncryptedPost(jwe: string): string {
  return formatForm({ response: jwe })
}

/** The form of a plain response, where a request asked for `direct_post`. */
export function formatPlainPost({ vpToken, state }: AuthorizationResponse): string {
  return formatForm({ vp_token: JSON.stringify(formatVpToken(vpToken)), state })
}

/** The form with an error. A holder's no and a wallet without the document are one and the same `access_denied`. */
export function formatErrorPost(error: WalletError, state: string | undefined): string {
  return formatForm({ error, state })
}

/** What the verifier answers to a post (OpenID4VP 1.0, 8.2). */
export interface ResponseReceipt {
  readonly redirectUri?: string
  /** To be typed into the browser that shows the code: ours alone (wire profile, 7). */
  readonly matchCode?: string
}

export function formatResponseReceipt({ redirectUri, matchCode }: ResponseReceipt): JsonObject {
  return jsonObject({ redirect_uri: redirectUri, x_fujie_match_code: matchCode })
}

/**
 * Reads the verifier's answer to a post.
 *
 * @throws Fault `response.malformed`
 */
export function parseResponseReceipt(content: Uint8Array): ResponseReceipt {
  const json = jsonOf(content)
  if (!isJsonObject(json)) return malformed('object')
  const { redirect_uri: redirectUri, x_fujie_match_code: matchCode } = json
  if (redirectUri !== undefined && (typeof redirectUri !== 'string' || !URL.canParse(redirectUri)))
    malformed('redirect_uri')
  return {
    ...(typeof redirectUri === 'string' ? { redirectUri } : {}),
    ...(typeof matchCode === 'string' && /^[0-9]{6}$/.test(matchCode) ? { matchCode } : {}),
  }
}
