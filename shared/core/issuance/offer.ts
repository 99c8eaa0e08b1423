import { isJsonArray, isJsonObject, jsonObject, parseJsonBytes, type Json, type JsonObject } from '../encoding/json.ts'
import { Fault, within } from '../fault.ts'
import { limits } from '../limits.ts'

export const preAuthorizedGrant = 'urn:ietf:params:oauth:grant-type:pre-authorized_code'

/** What code the agency gives by another channel (OpenID4VCI 1.0, 4.1.1). */
export interface TxCode {
  readonly inputMode: 'numeric' | 'text'
  readonly length?: number
  readonly description?: string
}

export interface PreAuthorizedGrant {
  readonly code: string
  readonly txCode?: TxCode
  readonly authorizationServer?: string
}

export interface AuthorizationCodeGrant {
  readonly issuerState?: string
  readonly authorizationServer?: string
}

/** A credential offer (OpenID4VCI 1.0, 4.1). It names no person and proves nothing of its issuer. */
export interface CredentialOffer {
  readonly issuer: string
  readonly configurationIds: readonly string[]
  readonly preAuthorized?: PreAuthorizedGrant
  readonly authorizationCode?: AuthorizationCodeGrant
}

const longestDescription = 300

/**
 * Reads an offer from the bytes behind `credential_offer_uri`.
 *
 * @throws Fault `offer.malformed`, `limit.exceeded`
 */
export function parseOfferBytes(bytes: Uint8Array): CredentialOffer {
  if (bytes.length > limits.offer) throw new Fault('limit.exceeded', { limit: 'offer' })
  return parseOffer(within('offer.malformed', () => parseJsonBytes(bytes)))
}

/**
 * Reads an offer.
 *
 * @throws Fault `offer.malformed`
 */
export function parseOffer(json: Json): CredentialOffer {
  if (!isJsonObject(json)) return malformed('offer')
  const { credential_issuer: issuer, credential_configuration_ids: ids, grants } = json
  if (typeof issuer !== 'string' || !isIssuerIdentifier(issuer)) return malformed('credential_issuer')
  if (!isJsonArray(ids) || ids.length === 0 || !ids.every((id) => typeof id === 'string' && id !== '')) {
    return malformed('credential_configuration_ids')
  }
  if (new Set(ids).size !== ids.length) return malformed('credential_configuration_ids')
  if (grants !== undefined && !isJsonObject(grants)) return malformed('grants')
  return { issuer, configurationIds: ids as readonly string[], ...grantsOf(grants ?? {}) }
}

/** An issuer's name: a web address without query or fragment; http is stopped by the outbound client. */
export function isIssuerIdentifier(text: string): boolean {
  if (!URL.canParse(text) || /[?#\s]/.test(text)) return false
  const { protocol, username } = new URL(text)
  return (protocol === 'https:' || protocol === 'http:') && username === ''
}

function grantsOf(grants: JsonObject): Pick<CredentialOffer, 'preAuthorized' | 'authorizationCode'> {
  const pre = grants[preAuthorizedGrant]
  const code = grants.authorization_code
  return {
    ...(pre === undefined ? {} : { preAuthorized: preAuthorizedOf(pre) }),
    ...(code === undefined ? {} : { authorizationCode: authorizationCodeOf(code) }),
  }
}

function preAuthorizedOf(grant: Json): PreAuthorizedGrant {
  if (!isJsonObject(grant)) return malformed('grants')
  const code = grant['pre-authorized_code']
  if (typeof code !== 'string' || code === '') return malformed('pre-authorized_code')
  return {
    code,
    ...(grant.tx_code === undefined ? {} : { txCode: txCodeOf(grant.tx_code) }),
    ...textMember(grant, 'authorization_server', 'authorizationServer'),
  }
}

function txCodeOf(value: Json): TxCode {
  if (!isJsonObject(value)) return malformed('tx_code')
  const { input_mode: inputMode = 'numeric', length, description } = value
  if (inputMode !== 'numeric' && inputMode !== 'text') return malformed('tx_code')
  const isLength = typeof length === 'number' && Number.isSafeInteger(length) && length >= 1 && length <= 64
  if (length !== undefined && !isLength) return malformed('tx_code')
  const isWords = typeof description === 'string' && description.length <= longestDescription
  if (description !== undefined && !isWords) return malformed('tx_code')
  return { inputMode, ...(isLength ? { length } : {}), ...(isWords ? { description } : {}) }
}

function authorizationCodeOf(grant: Json): AuthorizationCodeGrant {
  if (!isJsonObject(grant)) return malformed('grants')
  return {
    ...textMember(grant, 'issuer_state', 'issuerState'),
    ...textMember(grant, 'authorization_server', 'authorizationServer'),
  }
}

function textMember<N extends string>(json: JsonObject, wire: string, name: N): { readonly [K in N]?: string } {
  const value = json[wire]
  if (value === undefined) return {}
  return typeof value === 'string' ? ({ [name]: value } as { readonly [K in N]?: string }) : malformed(wire)
}

function malformed(at: string): never {
  throw new Fault('offer.malformed', { at })
}

/** An offer as it is fetched. */
export function formatOffer({
  issuer,
  configurationIds,
  preAuthorized,
  authorizationCode,
}: CredentialOffer): JsonObject {
  return jsonObject({
    credential_issuer: issuer,
    credential_configuration_ids: configurationIds,
    grants: jsonObject({
      [preAuthorizedGrant]: preAuthorized && formatPreAuthorized(preAuthorized),
      authorization_code:
        authorizationCode &&
        jsonObject({
          issuer_state: authorizationCode.issuerState,
          authorization_server: authorizationCode.authorizationServer,
        }),
    }),
  })
}

function formatPreAuthorized({ code, txCode, authorizationServer }: PreAuthorizedGrant): JsonObject {
  return jsonObject({
    'pre-authorized_code': code,
    tx_code:
      txCode && jsonObject({ input_mode: txCode.inputMode, length: txCode.length, description: txCode.description }),
    authorization_server: authorizationServer,
  })
}
