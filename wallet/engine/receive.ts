import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { Fault, faultCode, type FaultCode } from '@fujie/shared/core/fault.ts'
import { lifetimes, tries } from '@fujie/shared/core/lifetimes.ts'
import type { IssuerMetadata } from '@fujie/shared/core/issuance/metadata.ts'
import { formatPossession, possessionHeader } from '@fujie/shared/core/issuance/possession.ts'
import { parseLink } from '@fujie/shared/core/qr/link.ts'
import type { FindingCode } from '@fujie/shared/core/verdict.ts'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import type { Signer } from '@fujie/shared/ports/signer.ts'
import type { Access } from './access.ts'
import { drop, keep, readRecord, readRecords, storedKey, storedReceipt, type StoredReceipt } from './contents.ts'
import type { OfferView, ReceiveStep } from './contract.ts'
import { addHistory } from './history.ts'
import { IssuerClient } from './issuer-client.ts'
import { judgeReceived, keepDocument } from './keep-document.ts'
import type { News } from './news.ts'
import type { WalletPorts } from './ports.ts'
import { viewOffer } from './offer-view.ts'
import { fullEditionOf } from './request-plan.ts'
import { accepts, type Trust } from './trust.ts'

const counterCopies = 10
const receiptPrefix = 'receipt/'
/** How long an offer that came to an end can still be looked at. */
const remembered = 86_400

type Batch = StoredReceipt['batches'][number]

export interface ReceiveParts {
  readonly ports: Pick<WalletPorts, 'clock' | 'random' | 'http' | 'keys'>
  readonly access: Access
  readonly news: News
  readonly trust: Trust
}

/** Gets documents from agencies (OpenID4VCI, pre-authorised code), one step after another, each written down. */
export class Receive {
  readonly #parts: ReceiveParts
  readonly #client: IssuerClient
  readonly #underWay = new Map<string, Promise<OfferView>>()

  constructor(parts: ReceiveParts) {
    this.#parts = parts
    this.#client = new IssuerClient(parts.ports)
    parts.access.onOpen(() => void this.#goOn())
  }

  /**
   * Fetches an offer and previews it. Nothing is redeemed.
   *
   * @throws Fault `offer.*`, `link.malformed`, `metadata.malformed`, `issuer.unreachable`, `fetch.*`
   */
  async open(text: string): Promise<OfferView> {
    const { access, ports, trust } = this.#parts
    void access.vault
    const link = parseLink(text)
    if (link.kind !== 'offer') throw new Fault('offer.malformed', { at: 'link' })
    const offer = await this.#client.fetchOffer(link)
    const grant = offer.preAuthorized
    if (grant === undefined) throw new Fault('offer.malformed', { at: 'grants' })
    const issuer = await this.#client.fetchIssuer(offer.issuer)
    const batches = offer.configurationIds.map((id) => batchOf(issuer.metadata, id))
    const standing = await trust.judgeIssuer(
      issuer,
      batches.map(({ type }) => type),
    )
    const { did, names, proof } = standing
    const receipt: StoredReceipt = {
      ...{
        id: encodeBase64url(ports.random.bytes(12)),
        openedAt: ports.clock.now(),
        issuer: offer.issuer,
        code: grant.code,
      },
      ...{ accredited: accepts(standing.findings), batches, step: 'previewed', kept: [] },
      findings: standing.findings.map(({ code }) => code),
      ...(did === undefined ? {} : { did }),
      ...(names === undefined ? {} : { names }),
      ...(proof === undefined ? {} : { proof }),
      ...(grant.authorizationServer === undefined ? {} : { server: grant.authorizationServer }),
      ...(grant.txCode === undefined ? {} : { txCode: { length: grant.txCode.length ?? 6, tried: 0 } }),
    }
    await this.#forgetOld()
    await this.#write(receipt)
    return this.view(receipt.id)
  }

  async view(id: string): Promise<OfferView> {
    return viewOffer(this.#read(id), this.#parts.trust)
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
    const { vault } = this.#parts.access
    const receipt = this.#read(id)
    if (receipt.step === 'done') return
    await vault.commit([drop('settings', receiptPrefix + id), ...keysOf(receipt).map((key) => drop('keys', key))])
  }

  async #run(id: string, txCode: string | undefined): Promise<OfferView> {
    const receipt = this.#read(id)
    if (receipt.step === 'done') return this.view(id)
    if (!receipt.accredited) throw new Fault('consent.declined', { accredited: false })
    try {
      await this.#move(id, 'connecting')
      const { metadata } = await this.#client.fetchIssuer(receipt.issuer)
      await this.#redeem(id, metadata, txCode)
      await this.#makeKeys(id)
      await this.#fetchAll(id, metadata)
      await this.#check(id, metadata)
      return await this.view(id)
    } catch (thrown) {
      await this.#fail(id, faultCode(thrown))
      throw thrown
    }
  }

  /** The code is good for one redemption: the token is written down at once. */
  async #redeem(id: string, metadata: IssuerMetadata, txCode: string | undefined): Promise<void> {
    const { access, ports } = this.#parts
    const receipt = this.#read(id)
    if (receipt.token !== undefined || receipt.batches.every(({ credentials }) => credentials !== undefined)) return
    if (receipt.code === undefined) throw new Fault('offer.expired')
    if (receipt.txCode !== undefined && (txCode === undefined || txCode === '')) throw new Fault('tx_code.wrong')
    const server = await this.#client.fetchServer(metadata, receipt.server)
    const key = await ports.keys.generate()
    const keyId = encodeBase64url(ports.random.bytes(12))
    await access.vault.commit([keep('keys', keyId, key)])
    const asked = { code: receipt.code, ...(txCode === undefined || receipt.txCode === undefined ? {} : { txCode }) }
    const token = await this.#client
      .fetchToken(server, asked, await ports.keys.signer(key))
      .catch(async (thrown: unknown) => {
        await access.vault.commit([drop('keys', keyId)])
        throw thrown
      })
    const expires = ports.clock.now() + (token.expiresIn ?? lifetimes.accessToken)
    const { code: _spent, ...rest } = receipt
    await this.#write({ ...rest, token: { text: token.accessToken, expires, key: keyId } })
  }

  /** Every key of every copy stands in the vault before an issuer hears of it. */
  async #makeKeys(id: string): Promise<void> {
    const { access, ports } = this.#parts
    await this.#move(id, 'making_keys')
    const receipt = this.#read(id)
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
    await access.vault.commit([...made.flatMap(({ changes }) => changes), keep('settings', receiptPrefix + id, next)])
  }

  async #fetchAll(id: string, metadata: IssuerMetadata): Promise<void> {
    await this.#move(id, 'fetching')
    for (const { configuration } of this.#read(id).batches) {
      const receipt = this.#read(id)
      const batch = receipt.batches.find((each) => each.configuration === configuration)
      if (batch === undefined || batch.credentials !== undefined) continue
      const issued = await this.#fetchBatch(receipt, batch, metadata)
      // Delivered once and never again: written before it is looked at.
      const batches = receipt.batches.map((each) => (each === batch ? { ...batch, ...issued } : each))
      await this.#write({ ...receipt, batches })
    }
  }

  async #fetchBatch(
    receipt: StoredReceipt,
    batch: Batch,
    metadata: IssuerMetadata,
  ): Promise<Pick<Batch, 'credentials' | 'notification'>> {
    const { token } = receipt
    if (token === undefined || token.expires <= this.#parts.ports.clock.now()) throw new Fault('token.invalid')
    const bearer = await this.#signer(token.key)
    const holders = await Promise.all(batch.keys.map((key) => this.#signer(key)))
    for (const again of [true, false]) {
      const nonce = await this.#client.fetchNonce(metadata)
      const proofs = await Promise.all(holders.map((holder) => this.#prove(holder, metadata.issuer, nonce)))
      const request = { credential: { configurationId: batch.configuration }, proofs }
      try {
        const response = await this.#client.fetchCredentials(metadata, token.text, request, bearer)
        if (response.kind === 'deferred') throw new Fault('issuer.refused', { deferred: true })
        const { credentials, notificationId } = response
        return {
          credentials: [...credentials],
          ...(notificationId === undefined ? {} : { notification: notificationId }),
        }
      } catch (thrown) {
        const stale = ['nonce.invalid', 'nonce.used'].includes(faultCode(thrown))
        if (!(again && stale)) throw thrown
      }
    }
    throw new Fault('nonce.invalid')
  }

  #prove(holder: Signer, issuer: string, nonce: string): Promise<string> {
    const terms = { issuer, nonce, issuedAt: this.#parts.ports.clock.now() }
    return signJws(holder, possessionHeader(holder.publicJwk), formatPossession(terms))
  }

  async #signer(keyId: string): Promise<Signer> {
    const key = readRecord(this.#parts.access.vault, 'keys', keyId, storedKey)
    if (key === undefined) throw new Fault('vault.tampered', { part: 'key' })
    return this.#parts.ports.keys.signer(key)
  }

  /** All or nothing: one credential that does not hold casts doubt on its sisters. */
  async #check(id: string, metadata: IssuerMetadata): Promise<void> {
    await this.#move(id, 'checking')
    const { access, news, ports, trust } = this.#parts
    const receipt = this.#read(id)
    const judged = await judgeReceived(receipt, access.vault, trust)
    if (judged.outcome === 'rejected') return this.#refuse(receipt, metadata, judged.findings)
    if (judged.outcome === 'undecided') return this.#putOff(receipt, judged.findings)
    const { vault } = access
    const entry = { ...this.#entry(receipt, 'received', undefined), documents: await this.#names(receipt) }
    await vault.commit(() => {
      const { documents, changes } = keepDocument(receipt, judged.copies, vault, ports)
      const done = { ...withoutSecrets(receipt), step: 'done', findings: [], kept: documents }
      return [...changes, keep('settings', receiptPrefix + id, done), addHistory(vault, entry)]
    })
    news.post({ kind: 'documents' })
    news.post({ kind: 'history' })
    this.#tell(id, 'done')
    await this.#notify(receipt, metadata, 'credential_accepted')
    if (receipt.token !== undefined) await access.vault.commit([drop('keys', receipt.token.key)])
  }

  /** What does not hold is not kept, and the issuer is told that. */
  async #refuse(receipt: StoredReceipt, metadata: IssuerMetadata, findings: readonly FindingCode[]): Promise<void> {
    const { access, news } = this.#parts
    await this.#notify(receipt, metadata, 'credential_failure')
    const { vault } = access
    await vault.commit(() => [
      keep('settings', receiptPrefix + receipt.id, { ...withoutSecrets(receipt), step: 'failed', findings }),
      ...keysOf(receipt).map((key) => drop('keys', key)),
      addHistory(vault, this.#entry(receipt, 'failed', findings[0])),
    ])
    news.post({ kind: 'history' })
    this.#tell(receipt.id, 'failed')
  }

  /** Not knowing is never yes, and no reason to throw away what is delivered once: it is checked again later. */
  async #putOff(receipt: StoredReceipt, findings: readonly FindingCode[]): Promise<void> {
    await this.#write({ ...receipt, step: 'failed', findings: [...findings] })
    this.#tell(receipt.id, 'failed')
  }

  /** The issuer's copy of the outcome; whether it hears it changes nothing here. */
  async #notify(
    receipt: StoredReceipt,
    metadata: IssuerMetadata,
    event: 'credential_accepted' | 'credential_failure',
  ): Promise<void> {
    const { token } = receipt
    if (token === undefined) return
    const key = await this.#signer(token.key)
    for (const { notification } of receipt.batches) {
      if (notification === undefined) continue
      await this.#client
        .notify(metadata, token.text, { notificationId: notification, event }, key)
        .catch(() => undefined)
    }
  }

  async #names(receipt: StoredReceipt) {
    const { documents } = await viewOffer(receipt, this.#parts.trust)
    return documents.map(({ typeName }) => typeName)
  }

  #entry(
    { issuer, names }: StoredReceipt,
    kind: 'received' | 'failed',
    code: StoredReceipt['findings'][number] | undefined,
  ) {
    return {
      ...{
        at: this.#parts.ports.clock.now(),
        kind,
        host: new URL(issuer).host,
        accredited: true,
        documents: [],
        items: [],
      },
      ...(names === undefined ? {} : { party: names }),
      ...(code === undefined ? {} : { code }),
    }
  }

  /** A wrong code can be tried again; what else fails is told, and can be tried again while the offer lives. */
  async #fail(id: string, code: FaultCode): Promise<void> {
    if (code === 'vault.locked') return
    const receipt = this.#read(id)
    const wrong = code === 'tx_code.wrong' && receipt.txCode !== undefined
    const txCode = receipt.txCode && { ...receipt.txCode, tried: receipt.txCode.tried + (wrong ? 1 : 0) }
    const exhausted = code === 'tx_code.exhausted' && txCode !== undefined
    const step = wrong ? 'previewed' : 'failed'
    const next = {
      ...receipt,
      step,
      ...(txCode === undefined ? {} : { txCode: exhausted ? { ...txCode, tried: tries.txCode } : txCode }),
    } as const
    await this.#write(wrong ? next : { ...next, fault: code })
    this.#tell(id, step)
  }

  /** After an unlock: what was delivered is checked and kept, what was paid for with the code is fetched. */
  async #goOn(): Promise<void> {
    const { access, ports } = this.#parts
    const receipts = readRecords(access.vault, 'settings', storedReceipt, receiptPrefix)
    for (const { id, token, batches, step } of receipts) {
      const delivered = batches.every(({ credentials }) => credentials !== undefined)
      const alive = token !== undefined && token.expires > ports.clock.now()
      if (step !== 'done' && (delivered || alive)) await this.accept(id, undefined).catch(() => undefined)
    }
  }

  #read(id: string): StoredReceipt {
    const receipt = readRecord(this.#parts.access.vault, 'settings', receiptPrefix + id, storedReceipt)
    if (receipt === undefined) throw new Fault('offer.not_found')
    return receipt
  }

  async #write(receipt: StoredReceipt): Promise<void> {
    await this.#parts.access.vault.commit([keep('settings', receiptPrefix + receipt.id, receipt)])
  }

  async #move(id: string, step: ReceiveStep): Promise<void> {
    const { fault: _former, ...receipt } = this.#read(id)
    await this.#write({ ...receipt, step, findings: [] })
    this.#tell(id, step)
  }

  #tell(id: string, step: ReceiveStep): void {
    this.#parts.news.post({ kind: 'receive', id, step })
  }

  async #forgetOld(): Promise<void> {
    const { access, ports } = this.#parts
    const old = readRecords(access.vault, 'settings', storedReceipt, receiptPrefix).filter(
      ({ openedAt }) => openedAt + remembered < ports.clock.now(),
    )
    if (old.length === 0) return
    const keys = old.filter(({ step }) => step !== 'done').flatMap(keysOf)
    await access.vault.commit([
      ...old.map(({ id }) => drop('settings', receiptPrefix + id)),
      ...keys.map((key) => drop('keys', key)),
    ])
  }
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

function keysOf({ batches, token }: StoredReceipt): string[] {
  return [...batches.flatMap(({ keys }) => keys), ...(token === undefined ? [] : [token.key])]
}

function withoutSecrets({ token: _token, code: _code, ...receipt }: StoredReceipt): StoredReceipt {
  return {
    ...receipt,
    batches: receipt.batches.map(({ credentials: _given, notification: _id, ...batch }) => ({ ...batch, keys: [] })),
  }
}
