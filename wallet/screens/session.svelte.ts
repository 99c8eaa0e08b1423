import type { FaultCode } from '@fujie/shared/core/fault.ts'
import type { ShowingView } from '../engine/contract/presenting.ts'
import type {
  AnswerView,
  CardView,
  Consent,
  ConsentMethods,
  DatesView,
  DocumentView,
  EngagementView,
  IdentityView,
  Input,
  NewsItem,
  OfferView,
  RequestView,
  ScanView,
  Settings,
  Source,
  Output,
  Wallet,
  WalletMethods,
} from '../engine/contract.ts'
import type { BackupView } from '../engine/contract/backup.ts'
import { t } from '@fujie/shared/ui/language.svelte.ts'
import { announce } from '@fujie/shared/ui/toasts.svelte.ts'
import { Asked } from './asked.svelte.ts'
import { faultCode } from './fault-code.ts'
import { inRow } from './in-words.ts'
import { Past } from './past.svelte.ts'
import { formatRoute, parseRoute, type PlainPage, type Route } from './route.ts'

/** What is in sight, with the answers it needs. */
export type Page =
  | { readonly page: PlainPage }
  | { readonly page: 'entry' | 'identity'; readonly id: string }
  | { readonly page: 'document' | 'annotate'; readonly id: string; readonly document: Asked<DocumentView> }
  | { readonly page: 'offer'; readonly id: string; readonly offer: Asked<OfferView> }
  | { readonly page: 'consent'; readonly id: string; readonly request: Asked<RequestView> }
  | { readonly page: 'showing'; readonly id: string; readonly answer: Asked<ShowingView> }

/** What the person decided on an information request. */
export type Approval = Omit<Input<ConsentMethods, 'request.approve'>, 'id'>

/** A code that is being shown, and what became of it. */
export interface Showing {
  readonly code: Asked<EngagementView>
  readonly state: 'waiting' | 'answered' | 'expired' | 'failed'
}

/** Number in the history, and time, of an annotated copy. */
export type CopyNoted = Output<WalletMethods, 'documents.copied'>

type Foreign = Extract<ScanView, { kind: 'foreign' }>['what']

/**
 * An unlocked wallet on screen: which page is open, the answers it stands on, and what a person can do there.
 * Made at unlocking and dropped at locking, so that a locked page holds nothing.
 */
export class Session {
  readonly documents: Asked<readonly CardView[]>
  readonly settings: Asked<Settings>
  readonly identity: Asked<IdentityView>
  readonly past: Past
  readonly backup: Asked<BackupView>
  readonly underWay: Asked<readonly OfferView[]>
  readonly dates: Asked<DatesView>

  page: Page = $state.raw({ page: 'home' })
  showing: Showing | undefined = $state.raw()
  /** The document the person chose to show; preselected when a request comes. */
  chosen: string | undefined = $state.raw()
  /** What the last decision led to; until then undefined. */
  result: AnswerView | 'declined' | undefined = $state.raw()
  /** An action is under way. */
  busy: boolean = $state(false)
  /** Why the last action failed. */
  fault: FaultCode | undefined = $state.raw()
  /** What was scanned last and not opened. */
  foreign: Foreign | undefined = $state.raw()

  readonly #wallet: Wallet
  readonly #consent: Consent | undefined

  constructor(wallet: Wallet, consent: Consent | undefined) {
    this.#wallet = wallet
    this.#consent = consent
    this.documents = new Asked(async () => (await wallet.documents.list({})).documents)
    this.settings = new Asked(() => wallet.settings.get({}))
    this.identity = new Asked(() => wallet.identity.view({}))
    this.past = new Past(wallet.history)
    this.backup = new Asked(() => wallet.backup.view({}))
    this.underWay = new Asked(async () => (await wallet.receive.list({})).offers)
    this.dates = new Asked(() => wallet.dates.list({}))
  }

  /** Opens the page the address names, unless it is open. Moving on drops what the former page left behind. */
  enter(route: Route): void {
    if ('id' in route && this.page.page === route.page && this.page.id === route.id) return
    if (route.page !== 'show' && route.page !== 'consent') this.#endShowing()
    ;[this.result, this.fault, this.foreign, this.busy] = [undefined, undefined, undefined, false]
    this.page = this.#open(route)
  }

  go(route: Route): void {
    const address = formatRoute(route)
    if (location.hash === address) this.enter(route)
    else location.hash = address
  }

  here(): Route {
    return parseRoute(location.hash)
  }

  /** Looks again at what the news is about. */
  hear(item: NewsItem): void {
    switch (item.kind) {
      case 'documents':
        void this.documents.ask()
        void this.identity.ask()
        void this.backup.ask()
        if ('document' in this.page) void this.page.document.ask()
        void this.dates.ask()
        return
      case 'history':
        this.past.hear()
        return
      case 'settings':
        void this.settings.ask()
        return
      case 'vault':
        void this.identity.ask()
        void this.backup.ask()
        return
      case 'identities':
        // Their screens listen for themselves.
        return
      case 'receive':
        void this.underWay.ask()
        if (this.page.page === 'offer' && this.page.id === item.id) void this.page.offer.ask()
        else if (item.step === 'done' || item.step === 'failed') void this.#announce(item.id)
        return
      case 'engagement':
        return this.#hearEngagement(item)
      case 'request':
        return this.#hearRequest(item)
    }
  }

  /** Hands a text that was scanned, pasted or linked to the wallet and opens what it is. */
  async scan(text: string, source: Source): Promise<void> {
    this.foreign = undefined
    await this.#act(
      () => this.#wallet.scan.open({ text, source }),
      (found) => {
        if (found.kind === 'foreign') this.foreign = found.what
        else this.go({ page: found.kind === 'offer' ? 'offer' : 'consent', id: found.id })
      },
    )
  }

  async receive(id: string, offer: Asked<OfferView>, txCode: string | undefined): Promise<void> {
    const input = txCode === undefined ? { id } : { id, txCode }
    await this.#act(
      () => this.#wallet.receive.accept(input),
      (view) => offer.put(view),
    )
    if (this.fault !== undefined) await offer.ask()
  }

  async refuse(id: string): Promise<void> {
    await this.#act(
      () => this.#wallet.receive.decline({ id }),
      () => this.go({ page: 'home' }),
    )
  }

  /** 续期: prepares it and opens its page. */
  async renew(document: string): Promise<void> {
    await this.#act(
      () => this.#wallet.receive.renew({ document }),
      ({ id }) => this.go({ page: 'offer', id }),
    )
  }

  /** Says nothing more of a date until it is nearer. */
  async wave(document: string): Promise<void> {
    await this.#act(
      () => this.#wallet.dates.dismiss({ document }),
      () => void this.dates.ask(),
    )
  }

  /** Takes an offer that failed out of sight. */
  async wipe(id: string): Promise<void> {
    await this.#act(
      () => this.#wallet.receive.decline({ id }),
      () => void this.underWay.ask(),
    )
  }

  /** Says what became of an offer that is not in sight. */
  async #announce(id: string): Promise<void> {
    const offer = await this.#wallet.receive.view({ id }).catch(() => undefined)
    if (offer === undefined) return
    const type = inRow(offer.documents.map(({ typeName }) => typeName))
    if (offer.step === 'done') announce(t(offer.renews ? 'renew.landed' : 'receive.landed', { type }), 'ok')
    if (offer.step === 'failed') announce(t('receive.notDone', { type }), 'warn')
  }

  async remove(id: string): Promise<void> {
    await this.#act(
      () => this.#wallet.documents.remove({ id }),
      () => {
        this.go({ page: 'home' })
        announce(t('document.removed'), 'plain', { words: t('document.undo'), run: () => void this.#putBack(id) })
      },
    )
  }

  async #putBack(id: string): Promise<void> {
    await this.#wallet.documents.restore({ id }).then(
      () => announce(t('document.restored'), 'ok'),
      () => announce(t('document.undoTooLate'), 'warn'),
    )
  }

  /** Notes an annotated copy. What it is for is known to the person alone. */
  async copied(copy: Input<WalletMethods, 'documents.copied'>): Promise<CopyNoted | undefined> {
    let noted: CopyNoted | undefined
    await this.#act(
      () => this.#wallet.documents.copied(copy),
      (answer) => (noted = answer),
    )
    return noted
  }

  /** 亮证: asks for a code and shows it. */
  async show(): Promise<void> {
    this.#endShowing()
    const code = new Asked(() => this.#wallet.engage.start({}))
    this.showing = { code, state: 'waiting' }
    await code.ask()
  }

  hide(): void {
    this.#endShowing()
  }

  async approve(id: string, approval: Approval): Promise<void> {
    const consent = this.#consent
    if (consent === undefined) return
    await this.#act(
      () => consent.request.approve({ id, ...approval }),
      (answer) => {
        this.result = answer
        if (answer.showing !== undefined) this.go({ page: 'showing', id: answer.showing })
      },
    )
  }

  async decline(id: string): Promise<void> {
    await this.#act(
      () => this.#requests.decline({ id }),
      () => (this.result = 'declined'),
    )
  }

  /** Takes an answer out of sight for good. */
  async endShowing(id: string): Promise<void> {
    await this.#act(
      () => this.#wallet.request.end({ id }),
      () => this.go({ page: 'home' }),
    )
  }

  async set(change: Partial<Settings>): Promise<void> {
    await this.#act(
      () => this.#wallet.settings.set(change),
      (settings) => this.settings.put(settings),
    )
  }

  /** To look at a request and to refuse it, either list will do. */
  get #requests() {
    return (this.#consent ?? this.#wallet).request
  }

  #open(route: Route): Page {
    switch (route.page) {
      case 'document':
      case 'annotate':
        return { page: route.page, id: route.id, document: asking(() => this.#wallet.documents.get({ id: route.id })) }
      case 'offer':
        return { page: 'offer', id: route.id, offer: asking(() => this.#wallet.receive.view({ id: route.id })) }
      case 'consent':
        return { page: 'consent', id: route.id, request: asking(() => this.#requests.view({ id: route.id })) }
      case 'showing':
        return { page: 'showing', id: route.id, answer: asking(() => this.#wallet.request.showing({ id: route.id })) }
      case 'history':
        this.past.look()
        return route
      case 'entry':
        this.past.open(route.id)
        return { page: 'entry', id: route.id }
      case 'paper':
        void this.past.file.ask()
        return route
      case 'security':
        void this.identity.ask()
        return route
      case 'dates':
        void this.dates.ask()
        return route
      case 'home':
      case 'settings':
      case 'scan':
      case 'show':
      case 'identities':
      case 'winback':
      case 'backup':
      case 'pin':
      case 'passphrase':
      case 'rekey':
      case 'devices':
      case 'lost':
      case 'second':
        return route
      case 'identity':
        return { page: 'identity', id: route.id }
    }
  }

  #hearEngagement({ id, state }: Extract<NewsItem, { kind: 'engagement' }>): void {
    if (this.showing?.code.value?.id !== id || state === 'cancelled') return
    this.showing = { ...this.showing, state }
  }

  #hearRequest({ id, state }: Extract<NewsItem, { kind: 'request' }>): void {
    if (this.page.page === 'consent' && this.page.id === id) void this.page.request.ask()
    else if (state === 'arrived') this.go({ page: 'consent', id })
  }

  /** Takes a code back that nobody has answered. */
  #endShowing(): void {
    const shown = this.showing?.state === 'waiting' ? this.showing.code.value : undefined
    this.showing = undefined
    if (shown !== undefined) this.#wallet.engage.cancel({ id: shown.id }).catch(() => undefined)
  }

  /** Does something for the page in sight. If another one is open by the time it ended, nothing more is made of it. */
  async #act<T>(work: () => Promise<T>, then: (value: T) => void): Promise<void> {
    const { page } = this
    ;[this.busy, this.fault] = [true, undefined]
    try {
      const value = await work()
      if (this.page !== page) return
      this.busy = false
      then(value)
    } catch (error) {
      if (this.page === page) [this.busy, this.fault] = [false, faultCode(error)]
    }
  }
}

function asking<T>(question: () => Promise<T>): Asked<T> {
  const asked = new Asked(question)
  void asked.ask()
  return asked
}
