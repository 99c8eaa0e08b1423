import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { Fault, faultCode } from '@fujie/shared/core/fault.ts'
import type { CredentialResponse } from '@fujie/shared/core/issuance/exchange.ts'
import type { IssuerMetadata } from '@fujie/shared/core/issuance/metadata.ts'
import { formatPossession, possessionHeader } from '@fujie/shared/core/issuance/possession.ts'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import type { Signer } from '@fujie/shared/ports/signer.ts'
import type { Access } from './access.ts'
import { keep, readRecord, storedKey, type StoredReceipt } from './contents.ts'
import type { Bearer } from './bearer.ts'
import type { Grants } from './grants.ts'
import type { IssuerClient } from './issuer-client.ts'
import type { WalletPorts } from './ports.ts'
import type { Receipts } from './receipts.ts'

type Batch = StoredReceipt['batches'][number]

export interface FetchParts {
  readonly ports: Pick<WalletPorts, 'clock' | 'random' | 'keys'>
  readonly access: Access
  readonly client: IssuerClient
  readonly grants: Grants
  readonly receipts: Receipts
}

/** Makes keys and fetches what is bound to them, edition by edition, each answer written down before it is looked at. */
export class BatchFetcher {
  readonly #parts: FetchParts

  constructor(parts: FetchParts) {
    this.#parts = parts
  }

  /** Every key of every copy stands in the vault before an issuer hears of it. */
  async makeKeys(id: string): Promise<void> {
    const { ports, receipts } = this.#parts
    const receipt = receipts.read(id)
    const made = await Promise.all(
      receipt.batches.map(async (batch) => {
        if (batch.keys.length > 0) return { batch, changes: [] }
        const keys = await Promise.all(Array.from({ length: batch.copies }, () => ports.keys.generate()))
        const named = keys.map((key) => ({ key, keyId: encodeBase64url(ports.random.bytes(12)) }))
        const changes = named.map(({ key, keyId }) => keep('keys', keyId, key))
        return { batch: { ...batch, keys: named.map(({ keyId }) => keyId) }, changes }
      }),
    )
    const next = { ...receipt, batches: made.map(({ batch }) => batch) }
    await receipts.write(next, ...made.flatMap(({ changes }) => changes))
  }

  /**
   * Fetches what is not there yet. `waiting`: the agency is still looking at some of it.
   *
   * @throws Fault `token.invalid`, `issuer.refused` also for what was declined, `fetch.*`
   */
  async fetchAll(id: string, metadata: IssuerMetadata): Promise<'all' | 'waiting'> {
    const { receipts } = this.#parts
    for (const { configuration } of receipts.read(id).batches) {
      const receipt = receipts.read(id)
      const batch = receipt.batches.find((each) => each.configuration === configuration)
      if (batch === undefined || batch.credentials !== undefined) continue
      const next = await this.#fetch(receipt, batch, metadata)
      // Delivered once and never again: written before it is looked at.
      const batches = receipt.batches.map((each) => (each === batch ? next : each))
      await receipts.write({ ...receipt, batches })
    }
    return receipts.read(id).batches.some(({ credentials }) => credentials === undefined) ? 'waiting' : 'all'
  }

  async #fetch(receipt: StoredReceipt, { transaction, ...batch }: Batch, metadata: IssuerMetadata): Promise<Batch> {
    const { client, grants } = this.#parts
    if (receipt.grant === undefined) throw new Fault('token.invalid')
    if (transaction === undefined) return batchWith(batch, await this.#request(receipt.grant, batch, metadata))
    try {
      const bearer = await grants.bearer(receipt.grant)
      return batchWith(batch, await client.fetchDeferred(metadata, transaction.id, bearer))
    } catch (thrown) {
      // Delivered to a wallet that was closed before it could write: the right to come again fetches it anew.
      if (faultCode(thrown) !== 'transaction.unknown') throw thrown
      await grants.renew(receipt.grant)
      return batchWith(batch, await this.#request(receipt.grant, batch, metadata))
    }
  }

  async #request(grant: string, batch: Batch, metadata: IssuerMetadata): Promise<CredentialResponse> {
    const { grants } = this.#parts
    const bearer = await grants.bearer(grant)
    try {
      return await this.#requestWith(bearer, batch, metadata)
    } catch (thrown) {
      // As above: what this token was good for has been delivered, and never arrived.
      if (faultCode(thrown) !== 'code.used') throw thrown
      return this.#requestWith(await grants.renew(grant), batch, metadata)
    }
  }

  async #requestWith(bearer: Bearer, batch: Batch, metadata: IssuerMetadata): Promise<CredentialResponse> {
    const { client } = this.#parts
    const holders = await Promise.all(batch.keys.map((key) => this.#signer(key)))
    const { identifier, configuration } = batch
    const credential = identifier === undefined ? { configurationId: configuration } : { identifier }
    for (const again of [true, false]) {
      const nonce = await client.fetchNonce(metadata)
      const proofs = await Promise.all(holders.map((holder) => this.#prove(holder, metadata.issuer, nonce, bearer)))
      try {
        return await client.fetchCredentials(metadata, { credential, proofs }, bearer)
      } catch (thrown) {
        const stale = ['nonce.invalid', 'nonce.used'].includes(faultCode(thrown))
        if (!(again && stale)) throw thrown
      }
    }
    throw new Fault('nonce.invalid')
  }

  #prove(holder: Signer, issuer: string, nonce: string, { clientId }: Bearer): Promise<string> {
    const named = clientId === undefined ? {} : { clientId }
    const terms = { issuer, nonce, issuedAt: this.#parts.ports.clock.now(), ...named }
    return signJws(holder, possessionHeader(holder.publicJwk), formatPossession(terms))
  }

  async #signer(keyId: string): Promise<Signer> {
    const key = readRecord(this.#parts.access.vault, 'keys', keyId, storedKey)
    if (key === undefined) throw new Fault('vault.tampered', { part: 'key' })
    return this.#parts.ports.keys.signer(key)
  }
}

function batchWith(batch: Batch, response: CredentialResponse): Batch {
  if (response.kind === 'deferred') {
    return { ...batch, transaction: { id: response.transactionId, interval: response.interval } }
  }
  const { credentials, notificationId } = response
  return {
    ...{ ...batch, credentials: [...credentials] },
    ...(notificationId === undefined ? {} : { notification: notificationId }),
  }
}
