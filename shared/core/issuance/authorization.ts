import { sha256 } from '../crypto/hash.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { utf8 } from '../encoding/bytes.ts'
import { formatForm, parseForm } from '../encoding/form.ts'
import { isJsonObject, parseJson, parseJsonBytes, type JsonObject } from '../encoding/json.ts'
import { Fault, within } from '../fault.ts'
import type { Seconds } from '../instant.ts'
import { parseAuthorizationDetails } from './token.ts'

/** What a wallet asks an authorisation server for, pushed (RFC 9126; OpenID4VCI 1.0, 5.1). */
export interface AuthorizationRequest {
  readonly clientId: string
  readonly redirectUri: string
  readonly state: string
  /** base64url of SHA-256 of the code verifier: S256, the only method (RFC 7636). */
  readonly codeChallenge: string
  /** By scope, or by configuration in authorisation details; one of the two. */
  readonly wanted: { readonly scopes: readonly string[] } | { readonly configurationIds: readonly string[] }
  /** From the offer; the server does not trust it. */
  readonly issuerState?: string
}

/** The challenge of a code verifier (RFC 7636, 4.2). */
export function codeChallenge(verifier: string): string {
  return encodeBase64url(sha256(utf8(verifier)))
}

/** The body of a pushed authorisation request. */
export function formatAuthorizationRequest(request: AuthorizationRequest): string {
  const { wanted } = request
  return formatForm({
    response_type: 'code',
    client_id: request.clientId,
    redirect_uri: request.redirectUri,
    state: request.state,
    code_challenge: request.codeChallenge,
    code_challenge_method: 'S256',
    issuer_state: request.issuerState,
    ...('scopes' in wanted
      ? { scope: wanted.scopes.join(' ') }
      : { authorization_details: JSON.stringify(wanted.configurationIds.map(detailOf)) }),
  })
}

function detailOf(configurationId: string): JsonObject {
  return { type: 'openid_credential', credential_configuration_id: configurationId }
}

/**
 * Reads a pushed authorisation request from its parameters.
 *
 * @throws Fault `request.malformed`
 */
export function parseAuthorizationRequest(form: ReadonlyMap<string, string>): AuthorizationRequest {
  if (form.get('response_type') !== 'code') return malformed('response_type')
  // Only at the page itself: pushed once more it would stand for another request (RFC 9126, 2.1).
  if (form.has('request_uri')) return malformed('request_uri')
  if (form.get('code_challenge_method') !== 'S256') return malformed('code_challenge_method')
  const issuerState = form.get('issuer_state')
  return {
    clientId: textAt(form, 'client_id'),
    redirectUri: textAt(form, 'redirect_uri'),
    state: textAt(form, 'state'),
    codeChallenge: textAt(form, 'code_challenge', /^[A-Za-z0-9_-]{43}$/),
    wanted: wantedIn(form),
    ...(issuerState === undefined ? {} : { issuerState }),
  }
}

function wantedIn(form: ReadonlyMap<string, string>): AuthorizationRequest['wanted'] {
  const [scope, details] = [form.get('scope'), form.get('authorization_details')]
  if ((scope === undefined) === (details === undefined)) return malformed('scope')
  if (scope !== undefined) return { scopes: scope.split(' ').filter((each) => each !== '') }
  const listed = within('request.malformed', () => parseAuthorizationDetails(parseJson(details ?? '')))
  return { configurationIds: listed.map(({ configurationId }) => configurationId) }
}

function textAt(form: ReadonlyMap<string, string>, name: string, shape = /^[\x20-\x7e]{1,2048}$/): string {
  const value = form.get(name)
  return value !== undefined && shape.test(value) ? value : malformed(name)
}

/** Where a pushed request is kept (RFC 9126, 2.2). */
export interface PushedRequest {
  readonly requestUri: string
  readonly expiresIn: Seconds
}

export function formatPushedRequest({ requestUri, expiresIn }: PushedRequest): JsonObject {
  return { request_uri: requestUri, expires_in: expiresIn }
}

/** @throws Fault `response.malformed` */
export function parsePushedRequest(bytes: Uint8Array): PushedRequest {
  const json = within('response.malformed', () => parseJsonBytes(bytes))
  const { request_uri: requestUri, expires_in: expiresIn } = isJsonObject(json) ? json : {}
  const isPlace = typeof requestUri === 'string' && requestUri !== ''
  if (!isPlace || typeof expiresIn !== 'number' || expiresIn <= 0) throw new Fault('response.malformed', { at: 'par' })
  return { requestUri, expiresIn }
}

/** The address a person is sent to. It tells nothing but where the request is kept. */
export function authorizationAddress(endpoint: string, clientId: string, requestUri: string): string {
  const url = new URL(endpoint)
  url.searchParams.set('client_id', clientId)
  url.searchParams.set('request_uri', requestUri)
  return url.href
}

/** What comes back by the person's browser (RFC 6749, 4.1.2; RFC 9207). Anybody can have written it. */
export interface AuthorizationAnswer {
  readonly state: string | undefined
  /** Who says that it answers. */
  readonly issuer: string | undefined
  readonly code: string | undefined
  readonly error: string | undefined
}

/** Where a browser is sent back to. */
export function formatAuthorizationAnswer(redirectUri: string, answer: AuthorizationAnswer): string {
  const url = new URL(redirectUri)
  const members = { code: answer.code, error: answer.error, state: answer.state, iss: answer.issuer }
  for (const [name, value] of Object.entries(members)) if (value !== undefined) url.searchParams.set(name, value)
  return url.href
}

/**
 * Reads an answer if `text` is `redirectUri` with parameters added; undefined for any other address.
 *
 * @throws Fault `request.malformed` for a doubled parameter
 */
export function parseAuthorizationAnswer(text: string, redirectUri: string): AuthorizationAnswer | undefined {
  if (!text.startsWith(`${redirectUri}?`)) return undefined
  const form = parseForm(text.slice(redirectUri.length + 1).replace(/#.*$/, ''))
  return { state: form.get('state'), issuer: form.get('iss'), code: form.get('code'), error: form.get('error') }
}

function malformed(at: string): never {
  throw new Fault('request.malformed', { at })
}
