import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { Fault, faultCode } from '@fujie/shared/core/fault.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import type { TokenResponse } from '@fujie/shared/core/issuance/token.ts'
import type { Access } from './access.ts'
import type { Bearer } from './bearer.ts'
import { drop, keep, readRecord, readRecords, storedDocument, storedKey, storedReceipt } from './contents.ts'
import { grantPrefix, noticePrefix, storedGrant, storedNotice, type StoredGrant } from './contents-grants.ts'
import type { IssuerClient } from './issuer-client.ts'
import type { WalletPorts } from './ports.ts'
import type { Vault, VaultChange } from './vault.ts'

export interface GrantsParts {
  readonly ports: Pick<WalletPorts, 'clock' | 'random' | 'keys'>
  readonly access: Access
  readonly client: IssuerClient
}

/** A token that ends within these seconds is not begun anything with. */
const margin = 10

/** The rights to come again to an agency: each a key, a token for now and one for later. */
export class Grants {
  readonly #parts: GrantsParts
  readonly #renewing = new Map<string, Promise<Bearer>>()

  constructor(parts: GrantsParts) {
    this.#parts = parts
  }

  /** A grant from the answer of a token endpoint: to be written in one commit with what it was given for. */
  from(response: TokenResponse, to: Pick<StoredGrant, 'issuer' | 'server' | 'clientId' | 'key'>): StoredGrant {
    const { random } = this.#parts.ports
    const { issuer, server, clientId, key } = to
    return {
      ...{ id: encodeBase64url(random.bytes(12)), issuer, key, access: this.#accessOf(response) },
      ...(server === undefined ? {} : { server }),
      ...(clientId === undefined ? {} : { clientId }),
      ...(response.refreshToken === undefined ? {} : { refresh: response.refreshToken }),
    }
  }

  #accessOf({ accessToken, expiresIn }: TokenResponse): StoredGrant['access'] {
    return { text: accessToken, expires: this.#parts.ports.clock.now() + (expiresIn ?? lifetimes.accessToken) }
  }

  find(id: string | undefined): StoredGrant | undefined {
    return id === undefined
      ? undefined
      : readRecord(this.#parts.access.vault, 'settings', grantPrefix + id, storedGrant)
  }

  /** Whether something can still be fetched with it. */
  isAlive(id: string | undefined): boolean {
    const grant = this.find(id)
    return grant !== undefined && (grant.refresh !== undefined || this.#isFresh(grant))
  }

  #isFresh({ access }: StoredGrant): boolean {
    return access.expires > this.#parts.ports.clock.now() + margin
  }

  /**
   * A token that is good now, fetched anew where the last one is over.
   *
   * @throws Fault `token.invalid` where there is no coming back, `issuer.*`, `fetch.*`
   */
  async bearer(id: string): Promise<Bearer> {
    const grant = this.find(id)
    if (grant === undefined) throw new Fault('token.invalid')
    return this.#isFresh(grant) ? this.#bearerOf(grant) : this.renew(id)
  }

  /** A new token whatever becomes of the last one. One question at a time: each answer replaces the one before. */
  renew(id: string): Promise<Bearer> {
    const running = this.#renewing.get(id)
    if (running !== undefined) return running
    const work = this.#renew(id).finally(() => this.#renewing.delete(id))
    this.#renewing.set(id, work)
    return work
  }

  async #renew(id: string): Promise<Bearer> {
    const { access, client } = this.#parts
    const grant = this.find(id)
    if (grant?.refresh === undefined) throw new Fault('token.invalid')
    const { metadata } = await client.fetchIssuer(grant.issuer)
    const server = await client.fetchServer(metadata, grant.server)
    const { refresh: refreshToken, clientId } = grant
    const asked = { grant: 'refresh', refreshToken, ...(clientId === undefined ? {} : { clientId }) } as const
    const { key } = await this.#bearerOf(grant)
    const answer = await client.fetchToken(server, asked, key).catch((thrown: unknown) => this.#lose(grant, thrown))
    const next: StoredGrant = {
      ...{ ...grant, access: this.#accessOf(answer) },
      ...(answer.refreshToken === undefined ? {} : { refresh: answer.refreshToken }),
    }
    await access.vault.commit([keep('settings', grantPrefix + id, next)])
    return this.#bearerOf(next)
  }

  /** The agency says that the right is over: it is not asked with it again. */
  async #lose({ refresh: _over, ...grant }: StoredGrant, thrown: unknown): Promise<never> {
    if (!['grant.invalid', 'token.invalid', 'client.unknown'].includes(faultCode(thrown))) throw thrown
    await this.#parts.access.vault.commit([keep('settings', grantPrefix + grant.id, grant)])
    throw new Fault('token.invalid', {}, { cause: thrown })
  }

  async #bearerOf({ key, access, clientId }: StoredGrant): Promise<Bearer> {
    const stored = readRecord(this.#parts.access.vault, 'keys', key, storedKey)
    if (stored === undefined) throw new Fault('vault.tampered', { part: 'key' })
    const signer = await this.#parts.ports.keys.signer(stored)
    return { token: access.text, key: signer, ...(clientId === undefined ? {} : { clientId }) }
  }
}

/** Takes out the grants that no document, receipt or notice needs any more, with their keys. */
export function forgetGrants(vault: Vault): VaultChange[] {
  const needed = new Set([
    ...readRecords(vault, 'documents', storedDocument).map(({ grant }) => grant),
    ...readRecords(vault, 'settings', storedReceipt, 'receipt/').map(({ grant }) => grant),
    ...readRecords(vault, 'settings', storedNotice, noticePrefix).map(({ grant }) => grant),
  ])
  const idle = readRecords(vault, 'settings', storedGrant, grantPrefix).filter(({ id }) => !needed.has(id))
  return idle.flatMap(({ id, key }) => [drop('settings', grantPrefix + id), drop('keys', key)])
}
