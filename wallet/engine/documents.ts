import { holderKey } from '@fujie/shared/core/credential/holder-key.ts'
import { parseSdJwt } from '@fujie/shared/core/credential/sd-jwt.ts'
import { statusReference } from '@fujie/shared/core/credential/credential.ts'
import { thumbprint } from '@fujie/shared/core/crypto/key.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { isInstant, type Instant } from '@fujie/shared/core/instant.ts'
import type { Access } from './access.ts'
import { viewClaims } from './claim-views.ts'
import { keep, type StoredCopy, type StoredDocument } from './contents.ts'
import type { CardView, DocumentView } from './contract.ts'
import { holdingsOf, stateOf, type Holding } from './copies.ts'
import { addHistory, type NewEntry } from './history.ts'
import { dropDocument } from './keep-document.ts'
import type { News } from './news.ts'
import { noticesOf, takeBack, type Notices } from './notices.ts'
import type { WalletPorts } from './ports.ts'
import { RemovedDocuments, undoTime } from './removed-documents.ts'
import type { Trust } from './trust.ts'
import { displayOfType } from './type-display.ts'

const beatSeconds = 900

export interface DocumentsParts {
  readonly ports: Pick<WalletPorts, 'clock' | 'random' | 'timer'>
  readonly access: Access
  readonly news: News
  readonly trust: Trust
  readonly notices: Notices
}

/** An annotated copy: for whom, what for, and the paths of what stands on it. */
interface CopyOf {
  readonly id: string
  readonly recipient: string
  readonly purpose: string
  readonly items: readonly string[]
}

/** The documents as cards, and what their issuers say of them by now. */
export class Documents {
  readonly #parts: DocumentsParts
  readonly #removed: RemovedDocuments

  constructor(parts: DocumentsParts) {
    this.#parts = parts
    this.#removed = new RemovedDocuments(parts.ports.clock)
    parts.access.onLock(() => this.#removed.forget())
    parts.access.onOpen(() => void this.#keepUpToDate())
  }

  /** On a beat of its own, give or take a tenth, and never because something is shown: nobody learns when that is. */
  async #keepUpToDate(): Promise<void> {
    const { access, ports } = this.#parts
    const jitter = () => (ports.random.bytes(1)[0] ?? 0) / 256
    const vault = access.vault
    await ports.timer.wait(5 + Math.round(20 * jitter()))
    while (access.isOpen(vault)) {
      await this.refresh().catch(() => undefined)
      await ports.timer.wait(Math.round(beatSeconds * (0.9 + 0.2 * jitter())))
    }
  }

  async list(): Promise<CardView[]> {
    const cards = holdingsOf(this.#parts.access.vault).map((holding) => this.#card(holding))
    return (await Promise.all(cards)).toSorted((a, b) => b.receivedAt - a.receivedAt)
  }

  /** @throws Fault `document.not_found` */
  async get(id: string): Promise<DocumentView> {
    const holding = this.#find(id)
    const { document } = holding
    const shown = parseSdJwt(mainCopy(holding).credential)
    const { claims } = shown
    const key = holderKey(claims)
    const status = statusReference(claims)
    return {
      ...(await this.#card(holding)),
      claims: viewClaims(claims, await this.#describe(document, String(claims.vct))),
      technical: {
        issuerId: document.issuer.did || document.issuer.id,
        issuedAt: isInstant(claims.iat) ? claims.iat : document.receivedAt,
        keyThumbprint: key === undefined ? '' : thumbprint(key),
        ...(isInstant(claims.exp) ? { expiresAt: claims.exp } : {}),
        ...(typeof status === 'object' ? { statusList: status.uri } : {}),
      },
    }
  }

  /** @throws Fault `document.not_found` */
  async remove(id: string): Promise<void> {
    const { access, news, ports } = this.#parts
    const holding = this.#find(id)
    const { typeName, issuer } = await this.#card(holding)
    const entry: NewEntry = {
      ...{
        at: ports.clock.now(),
        kind: 'removed',
        host: issuer.host,
        accredited: true,
        documents: [typeName],
        items: [],
      },
      ...(issuer.name === undefined ? {} : { party: issuer.name }),
    }
    const { vault } = access
    await vault.commit(() => {
      const dropped = dropDocument(id, vault)
      this.#removed.remember(id, dropped, entry, vault)
      // Its agency is told once it cannot be put back any more.
      const told = noticesOf(ports.random, holding.document, 'credential_deleted', {
        document: id,
        next: ports.clock.now() + undoTime + 1,
      })
      return [...dropped, addHistory(vault, entry), ...told]
    })
    news.post({ kind: 'documents' })
    news.post({ kind: 'history' })
  }

  /** Puts a removed document back as it was. @throws Fault `document.not_found` */
  async restore(id: string): Promise<void> {
    const { access, news } = this.#parts
    const { vault } = access
    await vault.commit(() => [...this.#removed.restore(id, vault), ...takeBack(vault, id)])
    news.post({ kind: 'documents' })
    news.post({ kind: 'history' })
  }

  /**
   * Notes that an annotated copy was made; what stands on it is the person's to choose.
   *
   * @throws Fault `document.not_found`
   */
  async noteCopy({ id, recipient, purpose, items }: CopyOf): Promise<{ readonly entry: string; readonly at: Instant }> {
    const { access, news, ports } = this.#parts
    const { claims, typeName } = await this.get(id)
    const at = ports.clock.now()
    const labels = claims.filter(({ path }) => items.includes(path)).map(({ label }) => label)
    const entry: NewEntry = {
      ...{ at, kind: 'copied', host: '', accredited: false, documents: [typeName], items: labels },
      ...{ party: { zh: recipient, en: recipient }, purpose: { zh: purpose, en: purpose } },
    }
    let written = ''
    await access.vault.commit(() => {
      const change = addHistory(access.vault, entry)
      written = change.id
      return [change]
    })
    news.post({ kind: 'history' })
    return { entry: written, at }
  }

  /** Learns how each document stands by now, from the same lists any verifier reads; what cannot be learned stays as it was. */
  async refresh(): Promise<void> {
    const { access, news, ports, trust } = this.#parts
    const holdings = holdingsOf(access.vault)
    if (holdings.length === 0) return
    const judged = await trust.judgeCredentials(holdings.map((holding) => mainCopy(holding).credential))
    const states = new Map(
      holdings.map(({ document }, i) => [document.id, stateIn((judged[i] ?? []).map(({ code }) => code))]),
    )
    const { vault } = access
    const stateAt = ports.clock.now()
    // Of the documents that are still there: one may have been removed or renewed while the lists were read.
    await vault.commit(() =>
      holdingsOf(vault).flatMap(({ document }) => {
        const state = states.get(document.id)
        return state === undefined ? [] : [keep('documents', document.id, { ...document, state, stateAt })]
      }),
    )
    news.post({ kind: 'documents' })
  }

  async #card(holding: Holding): Promise<CardView> {
    const { document, copies } = holding
    const now = this.#parts.ports.clock.now()
    const { claims } = parseSdJwt(mainCopy(holding).credential)
    const metadata = await this.#describe(document, String(claims.vct))
    const views = viewClaims(claims, metadata)
    const named = (name: string) => views.find(({ path }) => path === name || path.endsWith(`.${name}`))
    const number = views.find(({ masked }) => masked !== undefined)?.masked
    const validTo = named('valid_to')?.value.zh
    const counter = copies.filter(({ edition }) => edition === 'counter')
    return {
      ...{ id: document.id, type: document.type, receivedAt: document.receivedAt, state: stateOf(holding, now) },
      ...(await this.#look(document)),
      issuer: {
        name: document.issuer.name,
        host: document.issuer.host,
        accredited: true,
        proof: this.#parts.trust.checkpoint(),
      },
      title: (named('name') ?? named('device_id'))?.value.zh ?? '',
      sample: claims.sample === true,
      ...(number === undefined ? {} : { number }),
      ...(document.stateAt === undefined ? {} : { stateAt: document.stateAt }),
      ...(validTo === undefined ? {} : { validTo }),
      ...(counter.length === 0 ? {} : { copies: { left: unusedAt(counter, now), of: counter.length } }),
    }
  }

  async #look(document: StoredDocument): Promise<Pick<CardView, 'typeName' | 'colour' | 'textColour'>> {
    const { name, colour, textColour } = displayOfType(await this.#describe(document, document.type))
    return { typeName: name, colour, textColour }
  }

  async #describe({ metadata }: StoredDocument, vct: string) {
    return (await this.#parts.trust.metadataOf(vct, metadata[vct])) ?? { vct, display: [], claims: [] }
  }

  #find(id: string): Holding {
    const found = holdingsOf(this.#parts.access.vault).find(({ document }) => document.id === id)
    if (found === undefined) throw new Fault('document.not_found')
    return found
  }
}

/** The copy that says most: the full edition, else any. */
function mainCopy({ copies }: Holding): StoredCopy {
  const copy = copies.find(({ edition }) => edition === 'full') ?? copies[0]
  if (copy === undefined) throw new Fault('vault.tampered', { part: 'copies' })
  return copy
}

function unusedAt(copies: readonly StoredCopy[], now: Instant): number {
  return copies.filter(({ used, expires }) => used === 0 && (expires === undefined || expires > now)).length
}

function stateIn(codes: readonly string[]): StoredDocument['state'] | undefined {
  if (codes.includes('credential.revoked')) return 'revoked'
  if (codes.includes('credential.suspended')) return 'suspended'
  const unknown = codes.some(
    (code) => code.startsWith('status.') || code.startsWith('evidence.') || code === 'credential.status_unknown',
  )
  return unknown ? undefined : 'valid'
}
