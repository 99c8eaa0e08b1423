import { Fault, faultCode } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import type { IssuerMetadata } from '@fujie/shared/core/issuance/metadata.ts'
import type { Random } from '@fujie/shared/ports/random.ts'
import type { Access } from './access.ts'
import { keep, readRecord, storedDocument, type StoredCopy, type StoredDocument } from './contents.ts'
import type { OfferView } from './contract.ts'
import { editionsToRefill, holdingsOf, isUsable, stateOf } from './copies.ts'
import { forgetGrants, type Grants } from './grants.ts'
import type { IssuerClient } from './issuer-client.ts'
import type { Notices } from './notices.ts'
import type { WalletPorts } from './ports.ts'
import type { Receive } from './receive.ts'
import { fullEditionOf } from './request-plan.ts'

const day = 86_400
/** Between two looks at what runs low. */
const beatSeconds = 900

export interface RenewalParts {
  readonly ports: Pick<WalletPorts, 'clock' | 'random' | 'timer'>
  readonly access: Access
  readonly client: IssuerClient
  readonly grants: Grants
  readonly notices: Notices
  readonly receive: Receive
  /** Whether agencies can send a browser back to this host. */
  readonly opensPages: boolean
}

/** Documents fetched anew, and stocks filled up. */
export class Renewal {
  readonly #parts: RenewalParts

  constructor(parts: RenewalParts) {
    this.#parts = parts
    parts.access.onOpen(() => void this.#beat())
  }

  /**
   * Prepares to fetch a document anew: by the right that came with it, else on its agency's page.
   *
   * @throws Fault `token.invalid` where neither is to be had, `document.not_found`, `issuer.*`, `fetch.*`
   */
  async renew(id: string): Promise<OfferView> {
    const { access, client, grants, opensPages, receive } = this.#parts
    const document = readRecord(access.vault, 'documents', id, storedDocument)
    if (document === undefined) throw new Fault('document.not_found')
    const grant = grants.find(document.grant)
    const issuer = await client.fetchIssuer(grant?.issuer ?? webIdentifierOf(document))
    const configurations = configurationsOf(issuer.metadata, document, ['full', 'counter'])
    if (grant !== undefined && (await this.#isGood(grant.id)))
      return receive.begin(issuer, configurations, { grant: grant.id, renews: id })
    const server = await client.fetchServer(issuer.metadata, grant?.server)
    if (!opensPages || server.authorizationEndpoint === undefined) throw new Fault('token.invalid')
    return receive.begin(issuer, configurations, { flow: 'code', renews: id })
  }

  async #isGood(grant: string): Promise<boolean> {
    const { grants } = this.#parts
    if (!grants.isAlive(grant)) return false
    return grants.bearer(grant).then(
      () => true,
      (thrown: unknown) => {
        if (faultCode(thrown) !== 'token.invalid') throw thrown
        return false
      },
    )
  }

  /** On a beat of its own, give or take a tenth, and first within a minute of the unlock. */
  async #beat(): Promise<void> {
    const { access, notices, ports } = this.#parts
    const { vault } = access
    await ports.timer.wait(2 + Math.round(58 * draw(ports.random)))
    while (access.isOpen(vault)) {
      await this.refill().catch(() => undefined)
      await notices.send()
      await vault.commit(() => forgetGrants(vault)).catch(() => undefined)
      await ports.timer.wait(Math.round(beatSeconds * (0.9 + 0.2 * draw(ports.random))))
    }
  }

  /**
   * Fetches more of what runs low. A look finds it, never the showing itself, and the moment is drawn within a day: an
   * agency that is asked for more learns neither when something was shown nor, by their number, how often.
   */
  async refill(): Promise<void> {
    const { access, ports } = this.#parts
    const now = ports.clock.now()
    for (const holding of holdingsOf(access.vault)) {
      const { document } = holding
      const editions = isUsable(stateOf(holding, now)) ? editionsToRefill(holding, now) : []
      if (editions.length === 0 || !this.#parts.grants.isAlive(document.grant)) continue
      if (document.refillAt === undefined) await this.#schedule(document.id, now + Math.round(day * draw(ports.random)))
      else if (document.refillAt <= now) await this.#fillUp(document, editions, now)
    }
  }

  /** Whatever comes of it, not again within a day. */
  async #fillUp(document: StoredDocument, editions: readonly StoredCopy['edition'][], now: Instant): Promise<void> {
    const { client, grants, ports, receive } = this.#parts
    await this.#schedule(document.id, now + day + Math.round(day * draw(ports.random)))
    const grant = grants.find(document.grant)
    if (grant === undefined) return
    const issuer = await client.fetchIssuer(grant.issuer)
    const configurations = configurationsOf(issuer.metadata, document, editions)
    const { id } = await receive.begin(issuer, configurations, { grant: grant.id, renews: document.id, refill: true })
    await receive.accept(id, undefined).catch(() => receive.decline(id))
  }

  async #schedule(id: string, refillAt: Instant): Promise<void> {
    const { vault } = this.#parts.access
    await vault.commit(() => {
      const document = readRecord(vault, 'documents', id, storedDocument)
      return document === undefined ? [] : [keep('documents', id, { ...document, refillAt })]
    })
  }
}

/** Of the issuer as the document names it; one that is named by a DID alone cannot be found again. */
function webIdentifierOf({ issuer }: StoredDocument): string {
  if (!/^https?:\/\//.test(issuer.id)) throw new Fault('token.invalid')
  return issuer.id
}

function configurationsOf(
  { configurations }: IssuerMetadata,
  { type, counterType }: StoredDocument,
  editions: readonly StoredCopy['edition'][],
): string[] {
  const wanted = [...configurations].filter(
    ([
      ,
      {
        format,
        types: [named],
      },
    ]) => {
      if (format !== 'dc+sd-jwt' || named === undefined || (named !== type && named !== counterType)) return false
      return editions.includes(fullEditionOf(named) === named ? 'full' : 'counter')
    },
  )
  if (wanted.length === 0) throw new Fault('credential_configuration.unknown')
  return wanted.map(([id]) => id)
}

/** Evenly from 0 to 1, in steps of a 65,536th. */
function draw(random: Random): number {
  const [high = 0, low = 0] = random.bytes(2)
  return (high * 256 + low) / 65_536
}
