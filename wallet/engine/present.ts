import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { Fault, faultCode } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import { parseRequest, type UnverifiedRequest } from '@fujie/shared/core/presentation/request.ts'
import type { ResponseReceipt } from '@fujie/shared/core/presentation/response.ts'
import {
  counterRequestText,
  offlineAudience,
  offlineNonce,
  parseCounterRequest,
} from '@fujie/shared/core/qr/request.ts'
import type { Access } from './access.ts'
import { askingOf } from './asking.ts'
import { bindAnswer, carriersOf } from './bind-answer.ts'
import { keep, readRecord, storedCopy } from './contents.ts'
import type { Answers, AnswerView, ConsentMethods, HistoryEntry, RequestView, Source } from './contract.ts'
import { addHistory, type NewEntry } from './history.ts'
import { mintLogin } from './login.ts'
import type { News } from './news.ts'
import type { Pending } from './pending-request.ts'
import type { WalletPorts } from './ports.ts'
import { fetchRequest, postAnswer, postRefusal, sealAnswer } from './post-answer.ts'
import { chooseFrom } from './request-choice.ts'
import { digestOfVerifier, planRequest, type Plan, type PlannedChoice } from './request-plan.ts'
import { allowedOf, isAccredited, retentionOf, viewRequest } from './request-view.ts'
import { occasionOf } from './showing-receipt.ts'
import type { Showings } from './showings.ts'
import type { Trust, VerifierStanding } from './trust.ts'

/** A request as a link or an engagement names it. */
export interface OpenedLink {
  readonly clientId: string
  readonly requestUri: string
  /** `get` only where a link says so; then no wallet nonce binds it. */
  readonly method: 'get' | 'post'
}

type Approval = Parameters<Answers<ConsentMethods>['request.approve']>[0]

export interface PresentParts {
  readonly ports: Pick<WalletPorts, 'clock' | 'random' | 'http' | 'encrypter' | 'keys'>
  readonly access: Access
  readonly news: News
  readonly trust: Trust
  readonly showings: Showings
}

/** Opens requests for information and answers them, never without an approval. */
export class Present {
  readonly #parts: PresentParts
  readonly #pending = new Map<string, Pending>()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(parts: PresentParts) {
    this.#parts = parts
    parts.access.onLock(() => this.#pending.clear())
  }

  /**
   * Fetches a request and learns who asks.
   *
   * @throws Fault `request.*`, `query.invalid`, `session.*`, `fetch.*`, `vault.locked`
   */
  async open(link: OpenedLink, source: Source): Promise<{ readonly id: string }> {
    const { access, ports, trust } = this.#parts
    void access.vault
    const walletNonce = link.method === 'post' ? encodeBase64url(ports.random.bytes(16)) : undefined
    const request = parseRequest(await fetchRequest(ports, link.requestUri, walletNonce))
    const now = ports.clock.now()
    const { clientId, requestUri } = link
    const standing = await trust.judgeRequest(request, {
      clientId,
      requestUri,
      now,
      ...(walletNonce === undefined ? {} : { walletNonce }),
    })
    return this.#add({
      asking: askingOf(request, standing),
      way: { kind: 'post', request },
      ...{ standing, source, host: new URL(requestUri).host, expires: request.expires ?? now + lifetimes.session },
    })
  }

  /**
   * Reads a counter's request by QR. No network is needed; what is asked is what the counter registered.
   *
   * @throws Fault `request.malformed`, `vault.locked`
   */
  async openCounter(text: string, source: Source): Promise<{ readonly id: string }> {
    const { access, trust } = this.#parts
    void access.vault
    const request = parseCounterRequest(text)
    const { query = { credentials: [], credentialSets: [], json: {} }, ...standing } = await trust.judgeCounter(request)
    const { plaque, counter: number, label, issuedAt, life } = request
    return this.#add({
      asking: {
        query,
        audience: offlineAudience(request),
        nonce: offlineNonce(request),
        transactionData: [],
        byLight: true,
      },
      way: { kind: 'light', request },
      counter: { number, label, plaque },
      ...{ standing, source, host: label, expires: issuedAt + life + lifetimes.clockSlack },
    })
  }

  #add(opened: Omit<Pending, 'id' | 'state'>): { readonly id: string } {
    const { news, ports } = this.#parts
    const id = encodeBase64url(ports.random.bytes(12))
    this.#pending.set(id, { ...opened, id, state: 'waiting' })
    news.post({ kind: 'request', id, state: 'arrived' })
    return { id }
  }

  async view(id: string): Promise<RequestView> {
    const pending = this.#current(id)
    const view = viewRequest(pending, await this.#plan(pending))
    return { ...view, pin: this.#parts.access.pin !== undefined }
  }

  /** As it stands at this moment: time alone ends a request. */
  #current(id: string): Pending {
    void this.#parts.access.vault
    const pending = this.#pending.get(id)
    if (pending === undefined) throw new Fault('consent.unknown')
    if (pending.state === 'waiting' && this.#parts.ports.clock.now() >= pending.expires) this.#move(pending, 'expired')
    return pending
  }

  /** All that could be given, and of that what may be given to this party. */
  async #plan({ asking, standing }: Pending): Promise<Plan> {
    const { access, trust, ports } = this.#parts
    const minted = asking.site === undefined ? [] : [await mintLogin(asking.site, access, ports)]
    const plan = await planRequest(asking, standing.excess, access.vault, trust, ports.clock.now(), minted)
    return allowedOf(plan, standing)
  }

  /**
   * Shows what the view says, once.
   *
   * @throws Fault `consent.unknown`, `consent.declined`, `pin.*`, `verifier.unreachable`, `limit.exceeded`
   */
  approve(approval: Approval): Promise<AnswerView> {
    // One after the other: two requests at once must not find the same copy unused.
    const done = this.#turn.then(() => this.#approve(approval))
    this.#turn = done.catch(() => undefined)
    return done
  }

  async #approve(approval: Approval): Promise<AnswerView> {
    const pending = this.#current(approval.id)
    const plan = await this.#plan(pending)
    const view = viewRequest(pending, plan)
    if (view.state !== 'waiting') throw new Fault('consent.unknown')
    if (view.blocked !== undefined) throw new Fault('consent.declined', { blocked: view.blocked })
    if (view.needs !== 'nothing' && approval.acknowledged !== view.needs)
      throw new Fault('consent.declined', { needs: view.needs })
    const chosen = chooseFrom(plan, approval)
    if (chosen === undefined) throw new Fault('consent.declined', { choice: false })
    if (carriersOf(pending.asking, chosen) === undefined) throw new Fault('consent.declined', { confirmation: false })
    await this.#parts.access.checkPin(approval.pin)
    const { way } = pending
    if (way.kind === 'light') return this.#show(pending, way.request, chosen)
    this.#move(pending, 'sending')
    return this.#send(pending, way.request, chosen)
  }

  async #send(pending: Pending, request: UnverifiedRequest, chosen: readonly PlannedChoice[]): Promise<AnswerView> {
    const { access, ports } = this.#parts
    let body: string | undefined
    try {
      // First: a copy that may have been seen is never taken for unused again, whatever happens below.
      await this.#markUsed(pending, chosen)
      body = await sealAnswer(ports, request, await bindAnswer(pending.asking, chosen, access, ports))
      const { accepted, receipt, code } = await postAnswer(ports, request, body)
      this.#move(pending, accepted ? 'sent' : 'refused')
      await this.#note(pending, chosen, accepted ? doneBy(pending) : 'refused', code, body)
      return { outcome: accepted ? 'sent' : 'refused', ...goingOn(pending, request, receipt) }
    } catch (thrown) {
      this.#move(pending, 'refused')
      await this.#note(pending, chosen, 'failed', faultCode(thrown), body)
      throw thrown
    }
  }

  /** Nothing is in sight before the copies are marked and the entry is written. */
  async #show(
    pending: Pending,
    request: Extract<Pending['way'], { kind: 'light' }>['request'],
    chosen: readonly PlannedChoice[],
  ): Promise<AnswerView> {
    const { showings } = this.#parts
    const { asking, counter, standing } = pending
    if (counter === undefined || standing.names === undefined) throw new Fault('consent.declined', { party: false })
    const approved = { request, asking, chosen, counter, party: standing.names }
    const text = await showings.seal(approved)
    await this.#markUsed(pending, chosen)
    await this.#note(pending, chosen, 'shown', undefined, text)
    this.#move(pending, 'shown')
    return { outcome: 'shown', showing: showings.begin(approved, text) }
  }

  async #markUsed({ asking }: Pending, chosen: readonly PlannedChoice[]): Promise<void> {
    const verifier = digestOfVerifier(asking.audience)
    const { vault } = this.#parts.access
    await vault.commit(() =>
      chosen.flatMap(({ showable }) => {
        if (showable.minted !== undefined) return []
        const copy = readRecord(vault, 'copies', showable.copy.id, storedCopy)
        if (copy === undefined) throw new Fault('document.not_found')
        const shownTo = copy.shownTo.includes(verifier) ? copy.shownTo : [...copy.shownTo, verifier]
        return keep('copies', copy.id, { ...copy, used: copy.used + 1, shownTo })
      }),
    )
    this.#parts.news.post({ kind: 'documents' })
  }

  /** A no, and nothing else. */
  async decline(id: string): Promise<void> {
    const pending = this.#current(id)
    if (pending.state !== 'waiting') throw new Fault('consent.unknown')
    this.#move(pending, 'declined')
    const { way, standing } = pending
    if (way.kind === 'post' && mayBeTold(standing)) await postRefusal(this.#parts.ports, way.request)
    await this.#note(pending, [], 'declined', undefined)
  }

  #move(pending: Pending, state: RequestView['state']): void {
    pending.state = state
    this.#parts.news.post({ kind: 'request', id: pending.id, state })
  }

  async #note(
    { asking, way, standing, host }: Pending,
    chosen: readonly PlannedChoice[],
    kind: HistoryEntry['kind'],
    code: HistoryEntry['code'],
    body?: string,
  ): Promise<void> {
    const { access, news, ports } = this.#parts
    const now = ports.clock.now()
    const entry: NewEntry = {
      at: now,
      kind,
      host: asking.site?.host ?? host,
      accredited: isAccredited(standing),
      documents: chosen.filter(({ showable }) => showable.minted === undefined).map(({ typeName }) => typeName),
      items: chosen.flatMap(({ items }) => items.map(({ label }) => label)),
      ...(standing.names === undefined ? {} : { party: standing.names }),
      ...(standing.purpose === undefined ? {} : { purpose: standing.purpose }),
      ...deletionOf(standing, kind, now),
      ...(code === undefined ? {} : { code }),
      ...occasionOf({ client: asking.audience, text: textOf(way) }, standing, chosen, body),
    }
    const { vault } = access
    await vault.commit(() => [addHistory(vault, entry)])
    news.post({ kind: 'history' })
  }
}

/** The request as it came. */
function textOf(way: Pending['way']): string {
  return way.kind === 'post' ? way.request.jws.text : counterRequestText(way.request.bytes)
}

/** What an accepted answer was. */
function doneBy({ asking }: Pending): HistoryEntry['kind'] {
  return asking.site === undefined ? 'shared' : 'signed_in'
}

/** 应于 … 删除: of what was given to one that keeps it for days. */
function deletionOf(
  { retention }: VerifierStanding,
  kind: HistoryEntry['kind'],
  now: Instant,
): Pick<HistoryEntry, 'deleteBy'> {
  const kept = kind === 'shared' || kind === 'shown' || kind === 'signed_in' ? retentionOf(retention) : undefined
  return kept?.kind === 'days' ? { deleteBy: now + kept.days * 86_400 } : {}
}

/**
 * Where to go on is of use only on the device where it began, and only a web address is gone to; the code to type is of
 * use only where the page stands on another.
 */
function goingOn(
  { source }: Pending,
  { responseUri }: UnverifiedRequest,
  { redirectUri, matchCode }: ResponseReceipt,
): Pick<AnswerView, 'returnTo' | 'matchCode'> {
  if (source !== 'link') return matchCode === undefined ? {} : { matchCode }
  if (redirectUri === undefined) return {}
  const { protocol, origin } = new URL(redirectUri)
  const isWeb = protocol === 'https:' || origin === new URL(responseUri).origin
  return isWeb ? { returnTo: redirectUri } : {}
}

/** Who is not who the request says gets no word at all. */
function mayBeTold({ findings }: VerifierStanding): boolean {
  const hollow = [
    'verifier.unsigned',
    'verifier.signature_invalid',
    'verifier.client_mismatch',
    'verifier.origin_mismatch',
  ]
  return !findings.some(
    ({ code }) => hollow.includes(code) || code.startsWith('jws.') || code.startsWith('certificate.'),
  )
}
