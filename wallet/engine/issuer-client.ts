import { utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { isJsonObject, parseJsonBytes, type Json } from '@fujie/shared/core/encoding/json.ts'
import { Fault, isFaultCode, type FaultCode } from '@fujie/shared/core/fault.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import {
  formatAuthorizationRequest,
  parsePushedRequest,
  type AuthorizationRequest,
  type PushedRequest,
} from '@fujie/shared/core/issuance/authorization.ts'
import { dpopHeader, formatDpop } from '@fujie/shared/core/issuance/dpop.ts'
import { faultOfOauthError, type IssuancePlace } from '@fujie/shared/core/issuance/errors.ts'
import {
  formatCredentialRequest,
  formatDeferredRequest,
  formatNotification,
  parseCredentialResponse,
  parseNonceResponse,
  type CredentialRequest,
  type CredentialResponse,
  type Notification,
} from '@fujie/shared/core/issuance/exchange.ts'
import {
  parseIssuerMetadataBytes,
  parseServerMetadataBytes,
  signedMetadataMediaType,
  wellKnown,
  wellKnownUrl,
  type IssuerMetadata,
  type ServerMetadata,
} from '@fujie/shared/core/issuance/metadata.ts'
import { parseOffer, parseOfferBytes, type CredentialOffer } from '@fujie/shared/core/issuance/offer.ts'
import { parseSignedMetadata, type UnverifiedMetadata } from '@fujie/shared/core/issuance/signed-metadata.ts'
import {
  formatCodeRequest,
  formatRefreshRequest,
  formatTokenRequest,
  parseTokenResponse,
  type TokenRequest,
  type TokenResponse,
} from '@fujie/shared/core/issuance/token.ts'
import type { OfferLink } from '@fujie/shared/core/qr/link.ts'
import type { HttpResponse } from '@fujie/shared/ports/http.ts'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import type { Signer } from '@fujie/shared/ports/signer.ts'
import type { Bearer } from './bearer.ts'
import type { WalletPorts } from './ports.ts'

const jsonType = 'application/json'
const formType = 'application/x-www-form-urlencoded'
/** Eleven credentials with a portrait among them. */
const responseLimit = limits.statusListInflated

/** What an issuer says of itself: signed, or plain from software that does not sign. */
export interface FetchedIssuer {
  readonly metadata: IssuerMetadata
  readonly signed?: UnverifiedMetadata
}

interface Call {
  readonly place: IssuancePlace
  readonly url: string
  readonly contentType: string
  readonly body: string
  readonly accessToken?: string
}

/** Speaks OpenID4VCI to an issuer. Decides nothing: what came is read, not believed. */
export class IssuerClient {
  readonly #ports: Pick<WalletPorts, 'http' | 'clock' | 'random'>
  /** The newest nonce of each server (RFC 9449, 8). */
  readonly #nonces = new Map<string, string>()

  constructor(ports: Pick<WalletPorts, 'http' | 'clock' | 'random'>) {
    this.#ports = ports
  }

  /** @throws Fault `offer.*`, `fetch.*` */
  async fetchOffer(link: OfferLink): Promise<CredentialOffer> {
    if ('offer' in link) return parseOffer(link.offer)
    const response = await this.#get(link.offerUri, jsonType, limits.offer)
    if (response.status !== 200)
      throw new Fault(ownCode(response.body) ?? (response.status === 410 ? 'offer.expired' : 'offer.not_found'))
    return parseOfferBytes(response.body)
  }

  /** @throws Fault `metadata.malformed`, `issuer.unreachable`, `fetch.*` */
  async fetchIssuer(issuer: string): Promise<FetchedIssuer> {
    const response = await this.#get(
      wellKnownUrl(issuer, wellKnown.issuer),
      `${signedMetadataMediaType}, ${jsonType};q=0.5`,
      limits.metadata,
    )
    if (response.status !== 200) throw new Fault('issuer.unreachable', { status: response.status })
    if (mediaTypeOf(response) !== signedMetadataMediaType)
      return { metadata: parseIssuerMetadataBytes(response.body, issuer) }
    const signed = parseSignedMetadata(utf8Text(response.body) ?? '', issuer)
    return { metadata: signed.metadata, signed }
  }

  /** @throws Fault `metadata.malformed`, `issuer.unreachable`, `fetch.*` */
  async fetchServer(metadata: IssuerMetadata, wanted: string | undefined): Promise<ServerMetadata> {
    const server = wanted ?? metadata.authorizationServers[0] ?? metadata.issuer
    if (!metadata.authorizationServers.includes(server))
      throw new Fault('metadata.malformed', { at: 'authorization_server' })
    const response = await this.#get(wellKnownUrl(server, wellKnown.authorizationServer), jsonType, limits.metadata)
    if (response.status !== 200) throw new Fault('issuer.unreachable', { status: response.status })
    return parseServerMetadataBytes(response.body, server)
  }

  /** Leaves an authorisation request with a server (RFC 9126), bound to a key (RFC 9449, 10.1). */
  async push(endpoint: string, request: AuthorizationRequest, key: Signer): Promise<PushedRequest> {
    const body = formatAuthorizationRequest(request)
    const { body: answer } = await this.#call({ place: 'par', url: endpoint, contentType: formType, body }, key)
    return parsePushedRequest(answer)
  }

  /** @throws Fault `tx_code.*`, `grant.invalid`, `code.used`, `offer.*`, `issuer.*`, `fetch.*` */
  async fetchToken(server: ServerMetadata, request: TokenRequest, key: Signer): Promise<TokenResponse> {
    const call: Call = { place: 'token', url: server.tokenEndpoint, contentType: formType, body: bodyOf(request) }
    return parseTokenResponse((await this.#call(call, key)).body)
  }

  async fetchNonce(metadata: IssuerMetadata): Promise<string> {
    if (metadata.nonceEndpoint === undefined) throw new Fault('metadata.malformed', { at: 'nonce_endpoint' })
    const response = await this.#ports.http.send({
      method: 'POST',
      url: metadata.nonceEndpoint,
      headers: { accept: jsonType },
      limit: limits.httpBody,
    })
    this.#noteNonce(metadata.nonceEndpoint, response)
    if (response.status !== 200) throw new Fault('issuer.unreachable', { status: response.status })
    return parseNonceResponse(response.body)
  }

  async fetchCredentials(
    { credentialEndpoint: url }: IssuerMetadata,
    request: CredentialRequest,
    { token, key }: Bearer,
  ): Promise<CredentialResponse> {
    const body = JSON.stringify(formatCredentialRequest(request) satisfies Json)
    const call: Call = { place: 'credential', url, contentType: jsonType, body, accessToken: token }
    return parseCredentialResponse((await this.#call(call, key)).body)
  }

  /** Asks for what was promised (OpenID4VCI 1.0, 9). @throws Fault `transaction.unknown`, `issuer.*`, `fetch.*` */
  async fetchDeferred(
    { deferredEndpoint: url }: IssuerMetadata,
    transactionId: string,
    { token, key }: Bearer,
  ): Promise<CredentialResponse> {
    if (url === undefined) throw new Fault('metadata.malformed', { at: 'deferred_credential_endpoint' })
    const body = JSON.stringify(formatDeferredRequest(transactionId) satisfies Json)
    const call: Call = { place: 'deferred', url, contentType: jsonType, body, accessToken: token }
    return parseCredentialResponse((await this.#call(call, key)).body)
  }

  async notify(
    { notificationEndpoint: url }: IssuerMetadata,
    notification: Notification,
    { token, key }: Bearer,
  ): Promise<void> {
    if (url === undefined) return
    const body = JSON.stringify(formatNotification(notification) satisfies Json)
    await this.#call({ place: 'notification', url, contentType: jsonType, body, accessToken: token }, key)
  }

  /** A call with proof of the key, repeated once with the nonce the server asks for (RFC 9449, 8 and 9). */
  async #call(call: Call, key: Signer): Promise<HttpResponse> {
    for (const again of [true, false]) {
      const response = await this.#post(call, key)
      const news = this.#noteNonce(call.url, response)
      if (response.status >= 200 && response.status < 300) return response
      const fault = response.status >= 500 ? 'issuer.unreachable' : faultOfOauthError(response.body, call.place)
      if (!(again && news && fault === 'dpop.nonce_required')) throw new Fault(fault, { status: response.status })
    }
    throw new Fault('dpop.invalid')
  }

  async #post({ url, contentType, body, accessToken }: Call, key: Signer): Promise<HttpResponse> {
    const nonce = this.#nonces.get(new URL(url).origin)
    const terms = {
      ...{ method: 'POST', url, issuedAt: this.#ports.clock.now(), jti: encodeBase64url(this.#ports.random.bytes(16)) },
      ...(nonce === undefined ? {} : { nonce }),
      ...(accessToken === undefined ? {} : { accessToken }),
    }
    const dpop = await signJws(key, dpopHeader(key.publicJwk), formatDpop(terms))
    const authorization = accessToken === undefined ? {} : { authorization: `DPoP ${accessToken}` }
    const headers = { 'content-type': contentType, accept: jsonType, dpop, ...authorization }
    return this.#ports.http.send({ method: 'POST', url, headers, body, limit: responseLimit, timeout: 15 })
  }

  #noteNonce(url: string, { headers }: HttpResponse): boolean {
    const nonce = headers['dpop-nonce']
    if (nonce === undefined) return false
    this.#nonces.set(new URL(url).origin, nonce)
    return true
  }

  #get(url: string, accept: string, limit: number): Promise<HttpResponse> {
    return this.#ports.http.send({ method: 'GET', url, headers: { accept }, limit })
  }
}

function bodyOf(request: TokenRequest): string {
  switch (request.grant) {
    case 'pre_authorized':
      return formatTokenRequest(request)
    case 'code':
      return formatCodeRequest(request)
    case 'refresh':
      return formatRefreshRequest(request)
  }
}

function mediaTypeOf({ headers }: HttpResponse): string | undefined {
  return headers['content-type']?.split(';')[0]?.trim().toLowerCase()
}

/** Our own servers say `{error: code}`. */
function ownCode(body: Uint8Array): FaultCode | undefined {
  try {
    const json = parseJsonBytes(body)
    return isJsonObject(json) && isFaultCode(json.error) ? json.error : undefined
  } catch {
    return undefined
  }
}
