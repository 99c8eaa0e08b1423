import { holderKey } from '@fujie/shared/core/credential/holder-key.ts'
import { parseSdJwt } from '@fujie/shared/core/credential/sd-jwt.ts'
import { statusReference } from '@fujie/shared/core/credential/credential.ts'
import { thumbprint } from '@fujie/shared/core/crypto/key.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { isInstant, type Instant } from '@fujie/shared/core/instant.ts'
import type { Access } from './access.ts'
import { viewClaims } from './claim-views.ts'
import { keep, type StoredCopy, type StoredDocument } from './contents.ts'
import type { CardView, DocumentView, HistoryEntry } from './contract.ts'
import { holdingsOf, stateOf, type Holding } from './copies.ts'
import { addHistory } from './history.ts'
import { dropDocument } from './keep-document.ts'
import type { News } from './news.ts'
import type { WalletPorts } from './ports.ts'
import type { Trust } from './trust.ts'
import { displayOfType } from './type-display.ts'

export interface DocumentsParts {
  readonly ports: Pick<WalletPorts, 'clock' | 'random' | 'timer'>
  readonly access: Access
  readonly news: News
  readonly trust: Trust
}

/** The documents as cards, and what their issuers say of them by now. */
export class Documents {
  readonly #parts: DocumentsParts

  constructor(parts: DocumentsParts) {
    this.#parts = parts
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
    const entry: Omit<HistoryEntry, 'id'> = {
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
    await access.vault.commit([...dropDocument(id, access.vault), addHistory(access.vault, entry)])
    news.post({ kind: 'documents' })
    news.post({ kind: 'history' })
  }

  /** Learns how each document stands by now, from the same lists any verifier reads; what cannot be learned stays as it was. */
  async refresh(): Promise<void> {
    const { access, news, ports, trust } = this.#parts
    const holdings = holdingsOf(access.vault)
    const judged = await trust.judgeCredentials(holdings.map((holding) => mainCopy(holding).credential))
    const changes = holdings.flatMap(({ document }, i) => {
      const codes = (judged[i] ?? []).map(({ code }) => code)
      const state = stateIn(codes)
      return state === undefined
        ? []
        : [keep('documents', document.id, { ...document, state, stateAt: ports.clock.now() })]
    })
    if (changes.length === 0) return
    await access.vault.commit(changes)
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
