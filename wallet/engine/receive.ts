import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { Fault, faultCode } from '@fujie/shared/core/fault.ts'
import { parseAuthorizationAnswer } from '@fujie/shared/core/issuance/authorization.ts'
import type { IssuerMetadata } from '@fujie/shared/core/issuance/metadata.ts'
import type { CredentialOffer } from '@fujie/shared/core/issuance/offer.ts'
import { parseLink } from '@fujie/shared/core/qr/link.ts'
import type { Access } from './access.ts'
import { drop, type StoredReceipt } from './contents.ts'
import type { OfferView } from './contract.ts'
import type { BatchFetcher } from './fetch-batches.ts'
import { forgetGrants, type Grants } from './grants.ts'
import type { FetchedIssuer, IssuerClient } from './issuer-client.ts'
import { viewOffer } from './offer-view.ts'
import type { WalletPorts } from './ports.ts'
import type { ReceiveOutcome } from './receive-outcome.ts'
import { forget, type Receipts } from './receipts.ts'
import type { Redeemer } from './redeem.ts'
import { fullEditionOf } from './request-plan.ts'
import { accepts, type Trust } from './trust.ts'

const counterCopies = 10
/** Between two questions to an agency that could not be reached, in seconds. */
const pauses = { least: 30, most: 3_600 } as const

type Batch = StoredReceipt['batches'][number]

export interface ReceiveParts {
  readonly ports: Pick<WalletPorts, 'clock' | 'random' | 'timer'>
  readonly access: Access
  readonly trust: Trust
  readonly client: IssuerClient
  readonly receipts: Receipts
  readonly grants: Grants
  readonly redeemer: Redeemer
  readonly fetcher: BatchFetcher
  readonly outcome: ReceiveOutcome
  /** Where agencies send a browser back to; absent: this host cannot open pages. */
  readonly redirectUri: string | undefined
}

/** Gets documents from agencies (OpenID4VCI), one step after another, each written down. */
export class Receive {
  readonly #parts: ReceiveParts
  readonly #underWay = new Map<string, Promise<OfferView>>()
  readonly #followed = new Set<string>()

  constructor(parts: ReceiveParts) {
    this.#parts = parts
    parts.access.onOpen(() => void this.#goOn())
  }

  /**
   * Fetches an offer and previews it. Nothing is redeemed.
   *
   * @throws Fault `offer.*`, `link.malformed`, `metadata.malformed`, `issuer.unreachable`, `fetch.*`
   */
  async open(text: string): Promise<OfferView> {
    const { access, client, receipts } = this.#parts
    void access.vault
    const link = parseLink(text)
    if (link.kind !== 'offer') throw new Fault('offer.malformed', { at: 'link' })
    const offer = await client.fetchOffer(link)
    const issuer = await client.fetchIssuer(offer.issuer)
    await receipts.forgetOld()
    return this.begin(issuer, offer.configurationIds, wayOf(offer))
  }

  /** Writes down what is to be fetched from an agency, and how it stands in the registry. */
  async begin(
    issuer: FetchedIssuer,
    configurations: readonly string[],
    way: Partial<StoredReceipt>,
  ): Promise<OfferView> {
    const { ports, receipts, trust } = this.#parts
    const batches = configurations.map((id) => batchOf(issuer.metadata, id))
    const types = batches.map(({ type }) => type)
    const { did, names, proof, findings } = await trust.judgeIssuer(issuer, types)
    const receipt: StoredReceipt = {
      ...{ id: encodeBase64url(ports.random.bytes(12)), openedAt: ports.clock.now(), issuer: issuer.metadata.issuer },
      ...{ accredited: accepts(findings), batches, step: 'previewed', kept: [] },
      findings: findings.map(({ code }) => code),
      ...(did === undefined ? {} : { did }),
      ...(names === undefined ? {} : { names }),
      ...(proof === undefined ? {} : { proof }),
      ...way,
    }
    await receipts.write(receipt)
    return this.view(receipt.id)
  }

  async view(id: string): Promise<OfferView> {
    return viewOffer(this.#parts.receipts.read(id), this.#parts.trust)
  }

  /** What waits for somebody, and what failed lately. Filling up a stock is nobody's business. */
  async list(): Promise<OfferView[]> {
    const waiting = ['authorising', 'reviewing', 'failed']
    const shown = this.#parts.receipts.all().filter(({ step, refill }) => waiting.includes(step) && refill !== true)
    const newest = shown.toSorted((a, b) => b.openedAt - a.openedAt)
    return Promise.all(newest.map((receipt) => viewOffer(receipt, this.#parts.trust)))
  }

  /**
   * Redeems an offer and keeps what comes, if it stands before the same checks any verifier makes.
   *
   * @throws Fault `tx_code.*`, `offer.*`, `issuer.*`, `fetch.*`, `consent.declined` for an issuer not accredited
   */
  accept(id: string, txCode: string | undefined): Promise<OfferView> {
    const running = this.#underWay.get(id)
    if (running !== undefined) return running
    const work = this.#run(id, txCode).finally(() => this.#underWay.delete(id))
    this.#underWay.set(id, work)
    return work
  }

  async decline(id: string): Promise<void> {
    const { access, receipts } = this.#parts
    const receipt = receipts.read(id)
    if (receipt.step === 'done') return
    const { vault } = access
    await vault.commit(forget(receipt))
    await vault.commit(() => forgetGrants(vault))
    receipts.tell(id, 'failed')
  }

  /**
   * Takes up what a browser brought back from an agency's page; undefined for any other text.
   *
   * @throws Fault `authorization.mismatch` for an answer to nothing that was asked, or not from whom it was asked
   */
  async answer(text: string): Promise<{ readonly id: string } | undefined> {
    const { access, outcome, receipts, redeemer, redirectUri } = this.#parts
    const answer = redirectUri === undefined ? undefined : parseAuthorizationAnswer(text, redirectUri)
    if (answer === undefined) return undefined
    void access.vault
    const { state } = answer
    const receipt = state && receipts.all().find(({ authorization }) => authorization?.state === state)
    if (!receipt) throw new Fault('authorization.mismatch', { state: false })
    const { id } = receipt
    try {
      await redeemer.takeAnswer(receipt, answer)
    } catch (thrown) {
      await outcome.fail(id, faultCode(thrown))
      throw thrown
    }
    void this.accept(id, undefined).catch(() => undefined)
    return { id }
  }

  async #run(id: string, txCode: string | undefined): Promise<OfferView> {
    const { client, fetcher, outcome, receipts } = this.#parts
    const receipt = receipts.read(id)
    if (receipt.step === 'done') return this.view(id)
    if (!receipt.accredited) throw new Fault('consent.declined', { accredited: false })
    try {
      await receipts.move(id, 'connecting')
      const { metadata } = await client.fetchIssuer(receipt.issuer)
      if (!(await this.#redeem(id, metadata, txCode))) return await this.view(id)
      await receipts.move(id, 'making_keys')
      await fetcher.makeKeys(id)
      await receipts.move(id, 'fetching')
      await this.#fetch(id, metadata)
      return await this.view(id)
    } catch (thrown) {
      const code = faultCode(thrown)
      // A clear no is not asked about again.
      if (code === 'issuer.refused') await outcome.decline(receipts.read(id), code)
      else await outcome.fail(id, code)
      throw thrown
    }
  }

  /** Whether there is a grant by now; if not, a person has to open a page. */
  async #redeem(id: string, metadata: IssuerMetadata, txCode: string | undefined): Promise<boolean> {
    const { receipts, redeemer } = this.#parts
    const { batches, flow, grant, authorization } = receipts.read(id)
    if (grant !== undefined || batches.every(({ credentials }) => credentials !== undefined)) return true
    if (flow !== 'code') await redeemer.byCode(id, metadata, txCode)
    else if (authorization?.code !== undefined) await redeemer.byPage(id, metadata)
    else {
      await redeemer.askPage(id, metadata)
      await receipts.move(id, 'authorising')
      return false
    }
    return true
  }

  async #fetch(id: string, metadata: IssuerMetadata): Promise<void> {
    const { fetcher, outcome, receipts } = this.#parts
    if ((await fetcher.fetchAll(id, metadata)) === 'all') return outcome.check(id)
    if (receipts.read(id).step !== 'reviewing') await receipts.move(id, 'reviewing')
    this.#follow(id)
  }

  /** Asks the agency again, no sooner than it said, for as long as the vault is open. */
  #follow(id: string): void {
    if (this.#followed.has(id)) return
    this.#followed.add(id)
    void this.#keepAsking(id)
      .catch(() => undefined)
      .finally(() => this.#followed.delete(id))
  }

  async #keepAsking(id: string): Promise<void> {
    const { access, ports, receipts } = this.#parts
    const { vault } = access
    for (let missed = 0; ;) {
      const intervals = receipts.read(id).batches.flatMap(({ transaction }) => transaction?.interval ?? [])
      const patience = missed === 0 ? 1 : Math.min(pauses.most, pauses.least * 2 ** (missed - 1))
      await ports.timer.wait(Math.max(patience, ...intervals))
      if (!access.isOpen(vault) || receipts.read(id).step !== 'reviewing') return
      missed = (await this.#askAgain(id)) ? 0 : missed + 1
    }
  }

  /** False if the agency could not be asked. */
  async #askAgain(id: string): Promise<boolean> {
    const { client, fetcher, outcome, receipts } = this.#parts
    const receipt = receipts.read(id)
    try {
      const { metadata } = await client.fetchIssuer(receipt.issuer)
      if ((await fetcher.fetchAll(id, metadata)) === 'all') await outcome.check(id)
      return true
    } catch (thrown) {
      if (thrown instanceof Fault && thrown.kind !== 'unavailable') {
        await outcome.decline(receipts.read(id), thrown.code)
        return true
      }
      return false
    }
  }

  /** After an unlock: what was begun goes on, what is under review is asked about. */
  async #goOn(): Promise<void> {
    const { grants, receipts } = this.#parts
    await this.#forgetOldForm()
    for (const { id, authorization, batches, grant, step } of receipts.all()) {
      if (step === 'reviewing') this.#follow(id)
      if (['done', 'previewed', 'authorising', 'reviewing'].includes(step)) continue
      const delivered = batches.every(({ credentials }) => credentials !== undefined)
      const goesOn = delivered || authorization?.code !== undefined || grants.isAlive(grant)
      if (goesOn) await this.accept(id, undefined).catch(() => undefined)
      // Closed before anything was given for it: it lies there as at the beginning.
      else if (step !== 'failed') await receipts.move(id, 'previewed')
    }
  }

  /** A vault of an earlier version holds a token in the receipt itself; it lived for five minutes. */
  async #forgetOldForm(): Promise<void> {
    const { access, receipts } = this.#parts
    const old = receipts.all().filter(({ token }) => token !== undefined)
    if (old.length === 0) return
    await access.vault.commit(
      old.flatMap(({ token, ...receipt }) => [receipts.change(receipt), drop('keys', token?.key ?? '')]),
    )
  }
}

/** How an offer is redeemed: by its own code where it has one, else on the agency's page. */
function wayOf({ preAuthorized, authorizationCode }: CredentialOffer): Partial<StoredReceipt> {
  const server = (preAuthorized ?? authorizationCode)?.authorizationServer
  const named = server === undefined ? {} : { server }
  if (preAuthorized !== undefined) {
    const { code, txCode } = preAuthorized
    return { ...named, code, ...(txCode === undefined ? {} : { txCode: { length: txCode.length ?? 6, tried: 0 } }) }
  }
  // An offer without grants leaves the way to the wallet (OpenID4VCI 1.0, 4.1.1).
  const issuerState = authorizationCode?.issuerState
  return { ...named, flow: 'code', ...(issuerState === undefined ? {} : { issuerState }) }
}

function batchOf(metadata: IssuerMetadata, id: string): Batch {
  const configuration = metadata.configurations.get(id)
  const [type] = configuration?.types ?? []
  if (configuration?.format !== 'dc+sd-jwt' || type === undefined) throw new Fault('credential_configuration.unknown')
  const edition = fullEditionOf(type) === type ? 'full' : 'counter'
  return {
    configuration: id,
    type,
    edition,
    copies: edition === 'full' ? 1 : Math.min(counterCopies, metadata.batchSize),
    keys: [],
  }
}
