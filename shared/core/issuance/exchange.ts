import { secondMember, secondsAt } from '../credential/second.ts'
import { jwkMembers, parsePublicJwk, type PublicJwk } from '../crypto/key.ts'
import { isJsonArray, isJsonObject, jsonObject, parseJsonBytes, type Json, type JsonObject } from '../encoding/json.ts'
import { Fault, within } from '../fault.ts'
import type { Seconds } from '../instant.ts'
import { limits } from '../limits.ts'

/** Which credential is asked for: by configuration, or by an identifier that came with the token. */
export type RequestedCredential = { readonly configurationId: string } | { readonly identifier: string }

/** How a response is to be encrypted; it may be asked for inside an encrypted request only. */
export interface ResponseEncryptionRequest {
  readonly key: PublicJwk
  readonly kid?: string
  readonly enc: 'A128GCM' | 'A256GCM'
}

/** A credential request (OpenID4VCI 1.0, 8.2). */
export interface CredentialRequest {
  readonly credential: RequestedCredential
  /** One proof a copy. */
  readonly proofs: readonly string[]
  readonly responseEncryption?: ResponseEncryptionRequest
}

/**
 * Reads a credential request.
 *
 * @throws Fault `request.malformed`, `proof.invalid`, `limit.exceeded`
 */
export function parseCredentialRequest(json: Json): CredentialRequest {
  if (!isJsonObject(json)) return refuse('request')
  const encryption = json.credential_response_encryption
  return {
    credential: requestedOf(json),
    proofs: proofsOf(json.proofs),
    ...(encryption === undefined ? {} : { responseEncryption: encryptionOf(encryption) }),
  }
}

function requestedOf(json: JsonObject): RequestedCredential {
  const { credential_configuration_id: configurationId, credential_identifier: identifier } = json
  if ((configurationId === undefined) === (identifier === undefined)) return refuse('one credential')
  if (typeof configurationId === 'string') return { configurationId }
  return typeof identifier === 'string' ? { identifier } : refuse('credential_configuration_id')
}

/** Of the types of proof we take the signed token with the key; key attestations alone come later. */
function proofsOf(value: Json | undefined): readonly string[] {
  if (!isJsonObject(value) || Object.keys(value).join() !== 'jwt') throw new Fault('proof.invalid', { at: 'proofs' })
  const { jwt } = value
  if (!isJsonArray(jwt) || jwt.length === 0) throw new Fault('proof.invalid', { at: 'proofs' })
  if (jwt.length > limits.batch) throw new Fault('limit.exceeded', { limit: 'batch' })
  return jwt.map((proof) => {
    if (typeof proof !== 'string') throw new Fault('proof.invalid', { at: 'proofs' })
    return proof
  })
}

function encryptionOf(value: Json): ResponseEncryptionRequest {
  if (!isJsonObject(value) || !isJsonObject(value.jwk)) return refuse('credential_response_encryption')
  const { jwk, enc } = value
  if (jwk.alg !== 'ECDH-ES' || (enc !== 'A128GCM' && enc !== 'A256GCM') || value.zip !== undefined) {
    return refuse('credential_response_encryption')
  }
  const key = within('request.malformed', () => parsePublicJwk(jwk))
  return { key, enc, ...(typeof jwk.kid === 'string' ? { kid: jwk.kid } : {}) }
}

function refuse(at: string): never {
  throw new Fault('request.malformed', { at })
}

/** The body of a credential request. */
export function formatCredentialRequest({ credential, proofs, responseEncryption }: CredentialRequest): JsonObject {
  return jsonObject({
    credential_configuration_id: 'configurationId' in credential ? credential.configurationId : undefined,
    credential_identifier: 'identifier' in credential ? credential.identifier : undefined,
    proofs: { jwt: proofs },
    credential_response_encryption: responseEncryption && {
      jwk: jsonObject({ ...jwkMembers(responseEncryption.key), kid: responseEncryption.kid, alg: 'ECDH-ES' }),
      enc: responseEncryption.enc,
    },
  })
}

/** Credentials, in no order that means anything: match them by the key they are bound to (OpenID4VCI 1.0, 8.3). */
export interface IssuedCredentials {
  readonly kind: 'issued'
  readonly credentials: readonly string[]
  readonly notificationId?: string
  /** Second signatures over the credentials, unread (wire profile, 11). */
  readonly seconds?: readonly string[]
}

/** To be asked for again after `interval`. */
export interface DeferredCredentials {
  readonly kind: 'deferred'
  readonly transactionId: string
  readonly interval: Seconds
}

export type CredentialResponse = IssuedCredentials | DeferredCredentials

const longestInterval = 86_400

/**
 * Reads a credential response, or the answer to a deferred request.
 *
 * @throws Fault `response.malformed`
 */
export function parseCredentialResponse(bytes: Uint8Array): CredentialResponse {
  const json = within('response.malformed', () => parseJsonBytes(bytes, { string: limits.sdJwtWithPortrait }))
  if (!isJsonObject(json)) return malformed('object')
  if ((json.credentials === undefined) === (json.transaction_id === undefined)) return malformed('one answer')
  return json.credentials === undefined ? deferredOf(json) : issuedOf(json)
}

function issuedOf({
  credentials,
  notification_id: notificationId,
  [secondMember]: second,
}: JsonObject): IssuedCredentials {
  if (!isJsonArray(credentials) || credentials.length === 0) return malformed('credentials')
  const texts = credentials.map((each) => (isJsonObject(each) ? each.credential : undefined))
  // A credential that is a JSON object is of a format we do not hold.
  if (!texts.every((text) => typeof text === 'string' && text !== '')) return malformed('credentials')
  if (notificationId !== undefined && typeof notificationId !== 'string') return malformed('notification_id')
  const seconds = secondsAt(second)
  return {
    kind: 'issued',
    credentials: texts as readonly string[],
    ...(notificationId === undefined ? {} : { notificationId }),
    ...(seconds.length === 0 ? {} : { seconds }),
  }
}

function deferredOf({ transaction_id: transactionId, interval }: JsonObject): DeferredCredentials {
  if (typeof transactionId !== 'string' || transactionId === '') return malformed('transaction_id')
  const isInterval = typeof interval === 'number' && interval > 0 && interval <= longestInterval
  return isInterval ? { kind: 'deferred', transactionId, interval } : malformed('interval')
}

/** The body of a credential response: 200 for issued, 202 for deferred. */
export function formatCredentialResponse(response: CredentialResponse): JsonObject {
  if (response.kind === 'deferred') return { transaction_id: response.transactionId, interval: response.interval }
  return jsonObject({
    credentials: response.credentials.map((credential) => ({ credential })),
    notification_id: response.notificationId,
    [secondMember]: response.seconds,
  })
}

/** The body with which deferred credentials are asked for again (OpenID4VCI 1.0, 9.1). */
export function formatDeferredRequest(transactionId: string): JsonObject {
  return { transaction_id: transactionId }
}

/** @throws Fault `transaction.unknown` */
export function parseDeferredRequest(json: Json): string {
  const id = isJsonObject(json) ? json.transaction_id : undefined
  if (typeof id !== 'string') throw new Fault('transaction.unknown')
  return id
}

/**
 * Reads a nonce response (OpenID4VCI 1.0, 7.2).
 *
 * @throws Fault `response.malformed`
 */
export function parseNonceResponse(bytes: Uint8Array): string {
  const json = within('response.malformed', () => parseJsonBytes(bytes))
  const nonce = isJsonObject(json) ? json.c_nonce : undefined
  return typeof nonce === 'string' && nonce !== '' ? nonce : malformed('c_nonce')
}

export function formatNonceResponse(nonce: string): JsonObject {
  return { c_nonce: nonce }
}

export const notificationEvents = ['credential_accepted', 'credential_failure', 'credential_deleted'] as const

/** What a wallet tells of the credentials it got (OpenID4VCI 1.0, 11.1). */
export interface Notification {
  readonly notificationId: string
  readonly event: (typeof notificationEvents)[number]
  readonly description?: string
}

/**
 * Reads a notification.
 *
 * @throws Fault `request.malformed`
 */
export function parseNotification(json: Json): Notification {
  if (!isJsonObject(json)) return refuse('notification')
  const { notification_id: notificationId, event_description: description } = json
  const event = notificationEvents.find((known) => known === json.event)
  if (typeof notificationId !== 'string' || event === undefined) return refuse('notification')
  return { notificationId, event, ...(typeof description === 'string' ? { description } : {}) }
}

export function formatNotification({ notificationId, event, description }: Notification): JsonObject {
  return jsonObject({ notification_id: notificationId, event, event_description: description })
}

function malformed(at: string): never {
  throw new Fault('response.malformed', { at })
}
