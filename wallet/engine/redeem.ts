import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import {
  authorizationAddress,
  codeChallenge,
  type AuthorizationAnswer,
  type AuthorizationRequest,
} from '@fujie/shared/core/issuance/authorization.ts'
import type { IssuerMetadata } from '@fujie/shared/core/issuance/metadata.ts'
import type { TokenRequest, TokenResponse } from '@fujie/shared/core/issuance/token.ts'
import type { Signer } from '@fujie/shared/ports/signer.ts'
import type { Access } from './access.ts'
import { drop, keep, readRecord, storedKey, type StoredReceipt } from './contents.ts'
import { grantPrefix } from './contents-grants.ts'
import type { Grants } from './grants.ts'
import type { IssuerClient } from './issuer-client.ts'
import type { WalletPorts } from './ports.ts'
import type { Receipts } from './receipts.ts'

/** How agencies know this wallet program, and where they send a person's browser back to. */
export interface WalletClient {
  readonly id: string
  readonly redirectUri: string
}

export interface RedeemParts {
  readonly ports: Pick<WalletPorts, 'random' | 'keys' | 'clock'>
  readonly access: Access
  readonly client: IssuerClient
  readonly grants: Grants
  readonly receipts: Receipts
  /** Absent: this host cannot open pages. */
  readonly self: WalletClient | undefined
}

/** Turns an offer into a grant: with its code, or by the person's word on the agency's page. */
export class Redeemer {
  readonly #parts: RedeemParts

  constructor(parts: RedeemParts) {
    this.#parts = parts
  }

  /**
   * The code of the offer for a grant. It is good for one redemption: what comes for it is written down at once.
   *
   * @throws Fault `tx_code.*`, `offer.*`, `code.used`, `grant.invalid`, `issuer.*`, `fetch.*`
   */
  async byCode(id: string, metadata: IssuerMetadata, txCode: string | undefined): Promise<void> {
    const { access, client, receipts } = this.#parts
    const receipt = receipts.read(id)
    if (receipt.code === undefined) throw new Fault('offer.expired')
    if (receipt.txCode !== undefined && (txCode === undefined || txCode === '')) throw new Fault('tx_code.wrong')
    const server = await client.fetchServer(metadata, receipt.server)
    const { keyId, signer } = await this.#makeKey()
    const withTx = txCode === undefined || receipt.txCode === undefined ? {} : { txCode }
    const asked: TokenRequest = { grant: 'pre_authorized', code: receipt.code, ...withTx }
    const token = await client.fetchToken(server, asked, signer).catch(async (thrown: unknown) => {
      await access.vault.commit([drop('keys', keyId)])
      throw thrown
    })
    const { code: _spent, ...rest } = receipt
    await this.#keepGrant(rest, token, { key: keyId })
  }

  /**
   * Pushes what is wanted and notes down the page to open (RFC 9126, RFC 7636). The key that the code will be bound to,
   * its verifier and its state stand in the vault first.
   *
   * @throws Fault `client.unknown` where this host cannot open pages, `metadata.malformed`, `issuer.*`, `fetch.*`
   */
  async askPage(id: string, metadata: IssuerMetadata): Promise<void> {
    const { client, ports, receipts, self } = this.#parts
    if (self === undefined) throw new Fault('client.unknown', { host: false })
    const receipt = receipts.read(id)
    const server = await client.fetchServer(metadata, receipt.server)
    const { authorizationEndpoint, parEndpoint, issuer, namesItself } = server
    if (authorizationEndpoint === undefined || parEndpoint === undefined)
      throw new Fault('metadata.malformed', { at: 'pushed_authorization_request_endpoint' })
    const { keyId, signer } = await this.#makeKey(receipt.authorization?.key)
    const [state, verifier] = [encodeBase64url(ports.random.bytes(32)), encodeBase64url(ports.random.bytes(32))]
    const authorization = { state, verifier, key: keyId, server: issuer, namesItself }
    await receipts.write({ ...receipt, authorization })
    const { issuerState } = receipt
    const request: AuthorizationRequest = {
      ...{ clientId: self.id, redirectUri: self.redirectUri, state, codeChallenge: codeChallenge(verifier) },
      wanted: wantedOf(receipt, metadata),
      ...(issuerState === undefined ? {} : { issuerState }),
    }
    const { requestUri, expiresIn } = await client.push(parEndpoint, request, signer)
    const url = authorizationAddress(authorizationEndpoint, self.id, requestUri)
    const expires = ports.clock.now() + Math.ceil(expiresIn)
    await receipts.write({ ...receipt, authorization: { ...authorization, url, expires } })
  }

  /**
   * Takes what a browser brought back. Its state is spent by it, whatever it says.
   *
   * @throws Fault `authorization.mismatch` for one that is not the server that was asked
   */
  async takeAnswer(receipt: StoredReceipt, answer: AuthorizationAnswer): Promise<void> {
    const { receipts } = this.#parts
    const { authorization } = receipt
    if (authorization === undefined) throw new Fault('authorization.mismatch')
    const { state: _spent, url: _page, ...rest } = authorization
    await receipts.write({ ...receipt, authorization: rest })
    const { issuer, code, error } = answer
    const isServer = issuer === authorization.server || (issuer === undefined && !authorization.namesItself)
    if (!isServer) throw new Fault('authorization.mismatch', { iss: false })
    if (error !== undefined || code === undefined)
      throw new Fault(error === 'access_denied' ? 'authorization.declined' : 'issuer.refused')
    await receipts.write({ ...receipt, authorization: { ...rest, code } })
  }

  /** The code of the agency's page for a grant. @throws Fault `grant.invalid`, `code.used`, `issuer.*`, `fetch.*` */
  async byPage(id: string, metadata: IssuerMetadata): Promise<void> {
    const { client, receipts, self } = this.#parts
    const receipt = receipts.read(id)
    const { authorization, ...rest } = receipt
    if (authorization?.code === undefined || self === undefined) throw new Fault('authorization.expired')
    const server = await client.fetchServer(metadata, receipt.server)
    // The metadata were fetched anew: a code goes to the server that was asked for it and to none that took its place.
    if (server.issuer !== authorization.server) throw new Fault('authorization.mismatch', { server: false })
    const { code, verifier, key } = authorization
    const { id: clientId, redirectUri } = self
    const asked: TokenRequest = { grant: 'code', code, clientId, redirectUri, verifier }
    const token = await client.fetchToken(server, asked, await this.#signer(key))
    await this.#keepGrant(rest, token, { key, clientId })
  }

  async #keepGrant(
    receipt: StoredReceipt,
    token: TokenResponse,
    bound: { readonly key: string; readonly clientId?: string },
  ): Promise<void> {
    const { grants, receipts } = this.#parts
    const grant = grants.from(token, { issuer: receipt.issuer, server: receipt.server, ...bound })
    const identifiers = new Map(token.credentials?.map((each) => [each.configurationId, each.identifiers?.[0]]))
    const batches = receipt.batches.map((batch) => {
      const identifier = identifiers.get(batch.configuration)
      return identifier === undefined ? batch : { ...batch, identifier }
    })
    await receipts.write({ ...receipt, batches, grant: grant.id }, keep('settings', grantPrefix + grant.id, grant))
  }

  /** A fresh key, in the vault before it is used; in place of one that is no longer needed. */
  async #makeKey(former?: string): Promise<{ readonly keyId: string; readonly signer: Signer }> {
    const { access, ports } = this.#parts
    const key = await ports.keys.generate()
    const keyId = encodeBase64url(ports.random.bytes(12))
    await access.vault.commit([...(former === undefined ? [] : [drop('keys', former)]), keep('keys', keyId, key)])
    return { keyId, signer: await ports.keys.signer(key) }
  }

  async #signer(keyId: string): Promise<Signer> {
    const key = readRecord(this.#parts.access.vault, 'keys', keyId, storedKey)
    if (key === undefined) throw new Fault('vault.tampered', { part: 'key' })
    return this.#parts.ports.keys.signer(key)
  }
}

/** By scope where every configuration has one, else by authorisation details (OpenID4VCI 1.0, 5.1). */
function wantedOf({ batches }: StoredReceipt, { configurations }: IssuerMetadata): AuthorizationRequest['wanted'] {
  const ids = batches.map(({ configuration }) => configuration)
  const scopes = ids.flatMap((id) => configurations.get(id)?.scope ?? [])
  return scopes.length === ids.length ? { scopes } : { configurationIds: ids }
}
