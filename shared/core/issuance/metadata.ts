import { jwkMembers, parsePublicJwk, type PublicJwk } from '../crypto/key.ts'
import { isJsonArray, isJsonObject, jsonObject, parseJsonBytes, type Json, type JsonObject } from '../encoding/json.ts'
import { Fault, within } from '../fault.ts'
import { limits } from '../limits.ts'
import { isIssuerIdentifier } from './offer.ts'

/** A name in one language, as issuers give it: shown only where the registry has none. */
export interface Display {
  readonly name: string
  readonly locale?: string
  readonly description?: string
  readonly backgroundColor?: string
  readonly textColor?: string
}

/** A claim a credential has, and its labels. */
export interface ClaimDescription {
  readonly path: readonly (string | number | null)[]
  readonly mandatory: boolean
  readonly display: readonly Display[]
}

/** One kind of credential an issuer offers (OpenID4VCI 1.0, 12.2.4 and appendix A). */
export interface CredentialConfiguration {
  readonly format: string
  readonly scope?: string
  /** `vct`, `doctype`, or the types of a W3C credential. */
  readonly types: readonly string[]
  readonly bindingMethods: readonly string[]
  readonly signingAlgorithms: readonly (string | number)[]
  /** Signature algorithms by type of proof; none: the credential is not bound. */
  readonly proofTypes: Readonly<Record<string, readonly string[]>>
  readonly display: readonly Display[]
  readonly claims: readonly ClaimDescription[]
}

export interface RequestEncryption {
  readonly keys: readonly { readonly key: PublicJwk; readonly kid?: string }[]
  readonly encs: readonly string[]
  readonly required: boolean
}

export interface ResponseEncryptionOffer {
  readonly algorithms: readonly string[]
  readonly encs: readonly string[]
  readonly required: boolean
}

/** What a credential issuer says of itself (OpenID4VCI 1.0, 12.2). */
export interface IssuerMetadata {
  readonly issuer: string
  /** Absent members mean the issuer itself. */
  readonly authorizationServers: readonly string[]
  readonly credentialEndpoint: string
  readonly nonceEndpoint?: string
  readonly deferredEndpoint?: string
  readonly notificationEndpoint?: string
  readonly batchSize: number
  readonly requestEncryption?: RequestEncryption
  readonly responseEncryption?: ResponseEncryptionOffer
  readonly display: readonly Display[]
  readonly configurations: ReadonlyMap<string, CredentialConfiguration>
}

export const signedMetadataMediaType = 'application/jwt'
export const wellKnown = {
  issuer: 'openid-credential-issuer',
  authorizationServer: 'oauth-authorization-server',
} as const

/** Where an identifier's metadata stand: the well-known part goes between host and path (RFC 8615; RFC 8414, 3). */
export function wellKnownUrl(identifier: string, name: (typeof wellKnown)[keyof typeof wellKnown]): string {
  const { origin, pathname } = new URL(identifier)
  return `${origin}/.well-known/${name}${pathname === '/' ? '' : pathname}`
}

/**
 * Reads issuer metadata from the bytes fetched for `issuer`.
 *
 * @throws Fault `metadata.malformed` also if they name another issuer, `limit.exceeded`
 */
export function parseIssuerMetadataBytes(bytes: Uint8Array, issuer: string): IssuerMetadata {
  return parseIssuerMetadata(readMetadata(bytes), issuer)
}

function readMetadata(bytes: Uint8Array): Json {
  if (bytes.length > limits.metadata) throw new Fault('limit.exceeded', { limit: 'metadata' })
  return within('metadata.malformed', () => parseJsonBytes(bytes))
}

/**
 * Reads issuer metadata.
 *
 * @throws Fault `metadata.malformed`
 */
export function parseIssuerMetadata(json: Json, issuer: string): IssuerMetadata {
  if (!isJsonObject(json)) return malformed('metadata')
  if (json.credential_issuer !== issuer || !isIssuerIdentifier(issuer)) return malformed('credential_issuer')
  const servers = json.authorization_servers === undefined ? [issuer] : textsAt(json, 'authorization_servers')
  return {
    issuer,
    authorizationServers: servers.length > 0 ? servers : malformed('authorization_servers'),
    credentialEndpoint: addressAt(json, 'credential_endpoint') ?? malformed('credential_endpoint'),
    ...optionalAddress(json, 'nonce_endpoint', 'nonceEndpoint'),
    ...optionalAddress(json, 'deferred_credential_endpoint', 'deferredEndpoint'),
    ...optionalAddress(json, 'notification_endpoint', 'notificationEndpoint'),
    batchSize: batchSizeOf(json.batch_credential_issuance),
    ...encryptionOf(json),
    display: displaysOf(json.display),
    configurations: configurationsOf(json.credential_configurations_supported),
  }
}

function batchSizeOf(batch: Json | undefined): number {
  if (batch === undefined) return 1
  const size = isJsonObject(batch) ? batch.batch_size : undefined
  const fits = typeof size === 'number' && Number.isSafeInteger(size) && size >= 2
  return fits ? size : malformed('batch_credential_issuance')
}

function encryptionOf(json: JsonObject): Pick<IssuerMetadata, 'requestEncryption' | 'responseEncryption'> {
  const { credential_request_encryption: request, credential_response_encryption: response } = json
  return {
    ...(request === undefined ? {} : { requestEncryption: requestEncryptionOf(request) }),
    ...(response === undefined ? {} : { responseEncryption: responseEncryptionOf(response) }),
  }
}

function requestEncryptionOf(value: Json): RequestEncryption {
  const at = 'credential_request_encryption'
  if (!isJsonObject(value) || !isJsonObject(value.jwks) || !isJsonArray(value.jwks.keys)) return malformed(at)
  const keys = value.jwks.keys.flatMap((each) => {
    // Keys we cannot use are no mistake of theirs.
    if (!isJsonObject(each) || each.alg !== 'ECDH-ES') return []
    try {
      return [{ key: parsePublicJwk(each), ...(typeof each.kid === 'string' ? { kid: each.kid } : {}) }]
    } catch {
      return []
    }
  })
  return { keys, encs: textsAt(value, 'enc_values_supported'), required: flagAt(value, 'encryption_required', at) }
}

function responseEncryptionOf(value: Json): ResponseEncryptionOffer {
  const at = 'credential_response_encryption'
  if (!isJsonObject(value)) return malformed(at)
  return {
    algorithms: textsAt(value, 'alg_values_supported'),
    encs: textsAt(value, 'enc_values_supported'),
    required: flagAt(value, 'encryption_required', at),
  }
}

function flagAt(json: JsonObject, name: string, at: string): boolean {
  const flag = json[name]
  return typeof flag === 'boolean' ? flag : malformed(at)
}

function configurationsOf(value: Json | undefined): ReadonlyMap<string, CredentialConfiguration> {
  if (!isJsonObject(value)) return malformed('credential_configurations_supported')
  return new Map(Object.entries(value).map(([id, each]) => [id, parseConfiguration(each, id)]))
}

/**
 * Reads one credential configuration.
 *
 * @throws Fault `metadata.malformed`
 */
export function parseConfiguration(json: Json, id: string): CredentialConfiguration {
  if (!isJsonObject(json) || typeof json.format !== 'string') return malformed(id)
  const { credential_metadata: about } = json
  if (about !== undefined && !isJsonObject(about)) return malformed(id)
  if (json.scope !== undefined && typeof json.scope !== 'string') return malformed(id)
  return {
    format: json.format,
    ...(typeof json.scope === 'string' ? { scope: json.scope } : {}),
    types: typesOf(json, id),
    bindingMethods: optionalTexts(json, 'cryptographic_binding_methods_supported'),
    signingAlgorithms: algorithmsOf(json.credential_signing_alg_values_supported),
    proofTypes: proofTypesOf(json.proof_types_supported, id),
    display: displaysOf(about?.display),
    claims: claimsOf(about?.claims),
  }
}

function typesOf(json: JsonObject, id: string): readonly string[] {
  switch (json.format) {
    case 'dc+sd-jwt':
      return [textAt(json, 'vct', id)]
    case 'mso_mdoc':
      return [textAt(json, 'doctype', id)]
    default: {
      const definition = json.credential_definition
      return isJsonObject(definition) ? optionalTexts(definition, 'type') : []
    }
  }
}

/** Names, or COSE numbers for mdoc. */
function algorithmsOf(value: Json | undefined): readonly (string | number)[] {
  if (value === undefined) return []
  const isList = isJsonArray(value) && value.every((each) => typeof each === 'string' || typeof each === 'number')
  return isList ? (value as readonly (string | number)[]) : malformed('credential_signing_alg_values_supported')
}

function proofTypesOf(value: Json | undefined, id: string): CredentialConfiguration['proofTypes'] {
  if (value === undefined) return {}
  if (!isJsonObject(value)) return malformed(id)
  return Object.fromEntries(
    Object.entries(value).map(([type, each]) => [
      type,
      isJsonObject(each) ? textsAt(each, 'proof_signing_alg_values_supported') : malformed(id),
    ]),
  )
}

function displaysOf(value: Json | undefined): readonly Display[] {
  if (value === undefined) return []
  return isJsonArray(value) ? value.map(displayOf) : malformed('display')
}

/** Colours only in the form we paint; images are not fetched. */
function displayOf(value: Json): Display {
  if (!isJsonObject(value)) return malformed('display')
  const { name, locale, description, background_color: background, text_color: text } = value
  return {
    name: typeof name === 'string' ? name : '',
    ...(typeof locale === 'string' ? { locale } : {}),
    ...(typeof description === 'string' ? { description } : {}),
    ...(isColour(background) ? { backgroundColor: background } : {}),
    ...(isColour(text) ? { textColor: text } : {}),
  }
}

function isColour(value: Json | undefined): value is string {
  return typeof value === 'string' && /^#[0-9A-Fa-f]{6}$/.test(value)
}

function claimsOf(value: Json | undefined): readonly ClaimDescription[] {
  if (value === undefined) return []
  return isJsonArray(value) ? value.map(parseClaimDescription) : malformed('claims')
}

/**
 * Reads one claims description (OpenID4VCI 1.0, appendix B.2), as in metadata and authorization details.
 *
 * @throws Fault `metadata.malformed`
 */
export function parseClaimDescription(value: Json): ClaimDescription {
  if (!isJsonObject(value) || !isJsonArray(value.path) || value.path.length === 0) return malformed('claims')
  const isPath = value.path.every((step) => step === null || typeof step === 'string' || typeof step === 'number')
  if (!isPath) return malformed('claims')
  return {
    path: value.path as ClaimDescription['path'],
    mandatory: value.mandatory === true,
    display: displaysOf(value.display),
  }
}

function textAt(json: JsonObject, name: string, at: string): string {
  const value = json[name]
  return typeof value === 'string' && value !== '' ? value : malformed(`${at}/${name}`)
}

function textsAt(json: JsonObject, name: string): readonly string[] {
  const value = json[name]
  const isList = isJsonArray(value) && value.every((each) => typeof each === 'string')
  return isList ? (value as readonly string[]) : malformed(name)
}

function optionalTexts(json: JsonObject, name: string): readonly string[] {
  return json[name] === undefined ? [] : textsAt(json, name)
}

function addressAt(json: JsonObject, name: string): string | undefined {
  const value = json[name]
  if (value === undefined) return undefined
  const isAddress = typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
  return isAddress ? value : malformed(name)
}

function optionalAddress<N extends string>(json: JsonObject, wire: string, name: N): { readonly [K in N]?: string } {
  const value = addressAt(json, wire)
  return value === undefined ? {} : ({ [name]: value } as { readonly [K in N]?: string })
}

function malformed(at: string): never {
  throw new Fault('metadata.malformed', { at })
}

/** Issuer metadata as they are served. */
export function formatIssuerMetadata(metadata: IssuerMetadata): JsonObject {
  const { issuer, authorizationServers, requestEncryption, responseEncryption } = metadata
  const isOwnServer = authorizationServers.length === 1 && authorizationServers[0] === issuer
  return jsonObject({
    credential_issuer: issuer,
    authorization_servers: isOwnServer ? undefined : authorizationServers,
    credential_endpoint: metadata.credentialEndpoint,
    nonce_endpoint: metadata.nonceEndpoint,
    deferred_credential_endpoint: metadata.deferredEndpoint,
    notification_endpoint: metadata.notificationEndpoint,
    batch_credential_issuance: metadata.batchSize > 1 ? { batch_size: metadata.batchSize } : undefined,
    credential_request_encryption: requestEncryption && {
      jwks: { keys: requestEncryption.keys.map(formatEncryptionKey) },
      enc_values_supported: requestEncryption.encs,
      encryption_required: requestEncryption.required,
    },
    credential_response_encryption: responseEncryption && {
      alg_values_supported: responseEncryption.algorithms,
      enc_values_supported: responseEncryption.encs,
      encryption_required: responseEncryption.required,
    },
    display: metadata.display.length === 0 ? undefined : metadata.display.map(formatDisplay),
    credential_configurations_supported: Object.fromEntries(
      [...metadata.configurations].map(([id, configuration]) => [id, formatConfiguration(configuration)]),
    ),
  })
}

function formatEncryptionKey({ key, kid }: RequestEncryption['keys'][number]): JsonObject {
  return jsonObject({ ...jwkMembers(key), kid, use: 'enc', alg: 'ECDH-ES' })
}

function formatConfiguration(configuration: CredentialConfiguration): JsonObject {
  const { format, types, display, claims, proofTypes } = configuration
  return jsonObject({
    format,
    scope: configuration.scope,
    vct: format === 'dc+sd-jwt' ? types[0] : undefined,
    doctype: format === 'mso_mdoc' ? types[0] : undefined,
    credential_definition: format === 'jwt_vc_json' ? { type: types } : undefined,
    cryptographic_binding_methods_supported: configuration.bindingMethods,
    credential_signing_alg_values_supported: configuration.signingAlgorithms,
    proof_types_supported: Object.fromEntries(
      Object.entries(proofTypes).map(([type, algorithms]) => [
        type,
        { proof_signing_alg_values_supported: algorithms },
      ]),
    ),
    credential_metadata: {
      display: display.map(formatDisplay),
      claims: claims.map((claim) => ({
        path: claim.path,
        mandatory: claim.mandatory,
        display: claim.display.map(formatDisplay),
      })),
    },
  })
}

function formatDisplay({ name, locale, description, backgroundColor, textColor }: Display): JsonObject {
  return jsonObject({ name, locale, description, background_color: backgroundColor, text_color: textColor })
}

/** What a wallet has to know of an authorisation server (RFC 8414; OpenID4VCI 1.0, 12.3). */
export interface ServerMetadata {
  readonly issuer: string
  readonly tokenEndpoint: string
  readonly authorizationEndpoint?: string
  readonly parEndpoint?: string
  readonly challengeEndpoint?: string
  /** Whether its authorisation answers say who answers (RFC 9207). */
  readonly namesItself: boolean
  readonly grantTypes: readonly string[]
  readonly anonymousPreAuthorized: boolean
  readonly dpopAlgorithms: readonly string[]
}

/**
 * Reads authorisation server metadata from the bytes fetched for `issuer`.
 *
 * @throws Fault `metadata.malformed` also if they name another server, `limit.exceeded`
 */
export function parseServerMetadataBytes(bytes: Uint8Array, issuer: string): ServerMetadata {
  return parseServerMetadata(readMetadata(bytes), issuer)
}

/** @throws Fault `metadata.malformed` */
export function parseServerMetadata(json: Json, issuer: string): ServerMetadata {
  if (!isJsonObject(json) || json.issuer !== issuer) return malformed('issuer')
  return {
    issuer,
    tokenEndpoint: addressAt(json, 'token_endpoint') ?? malformed('token_endpoint'),
    ...optionalAddress(json, 'authorization_endpoint', 'authorizationEndpoint'),
    ...optionalAddress(json, 'pushed_authorization_request_endpoint', 'parEndpoint'),
    ...optionalAddress(json, 'challenge_endpoint', 'challengeEndpoint'),
    namesItself: json.authorization_response_iss_parameter_supported === true,
    grantTypes: json.grant_types_supported === undefined ? [] : textsAt(json, 'grant_types_supported'),
    anonymousPreAuthorized: json['pre-authorized_grant_anonymous_access_supported'] === true,
    dpopAlgorithms: optionalTexts(json, 'dpop_signing_alg_values_supported'),
  }
}

/** The members of authorisation server metadata that a wallet reads; the rest is the server's own. */
export function formatServerMetadata(
  metadata: Omit<ServerMetadata, 'issuer' | 'tokenEndpoint' | 'grantTypes'>,
): JsonObject {
  return jsonObject({
    authorization_endpoint: metadata.authorizationEndpoint,
    pushed_authorization_request_endpoint: metadata.parEndpoint,
    authorization_response_iss_parameter_supported: metadata.namesItself,
    'pre-authorized_grant_anonymous_access_supported': metadata.anonymousPreAuthorized,
    dpop_signing_alg_values_supported: metadata.dpopAlgorithms,
    challenge_endpoint: metadata.challengeEndpoint,
    authorization_details_types_supported: ['openid_credential'],
  })
}
