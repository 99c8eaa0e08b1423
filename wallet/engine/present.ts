import { formatKeyBinding } from '@fujie/shared/core/credential/key-binding.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault, faultCode, isFaultCode, type FaultCode } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import {
  formatRequestFetch,
  parseRequest,
  requestMediaType,
  type UnverifiedRequest,
} from '@fujie/shared/core/presentation/request.ts'
import {
  formatEncryptedPost,
  formatErrorPost,
  formatPlainPost,
  formatResponse,
  parseResponseReceipt,
  type AuthorizationResponse,
  type ResponseReceipt,
} from '@fujie/shared/core/presentation/response.ts'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import type { Access } from './access.ts'
import { keep, readRecord, storedCopy, storedKey } from './contents.ts'
import type { Answers, AnswerView, ConsentMethods, HistoryEntry, RequestView, Source } from './contract.ts'
import { addHistory, type NewEntry } from './history.ts'
import type { News } from './news.ts'
import type { WalletPorts } from './ports.ts'
import { chooseFrom, digestOfVerifier, planRequest, type Plan, type PlannedChoice } from './request-plan.ts'
import { isAccredited, retentionOf, viewRequest } from './request-view.ts'
import { occasionOf } from './showing-receipt.ts'
import type { Trust, VerifierStanding } from './trust.ts'

/** A request as a link or an engagement names it. */
export interface OpenedLink {
  readonly clientId: string
  readonly requestUri: string
  /** `get` only where a link says so; then no wallet nonce binds it. */
  readonly method: 'get' | 'post'
}

interface Pending {
  readonly id: string
  readonly request: UnverifiedRequest
  readonly standing: VerifierStanding
  readonly source: Source
  readonly host: string
  readonly expires: Instant
  readonly unreadable: boolean
  state: RequestView['state']
}

type Approval = Parameters<Answers<ConsentMethods>['request.approve']>[0]

export interface PresentParts {
  readonly ports: Pick<WalletPorts, 'clock' | 'random' | 'http' | 'encrypter' | 'keys'>
  readonly access: Access
  readonly news: News
  readonly trust: Trust
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
    const { access, news, ports, trust } = this.#parts
    void access.vault
    const walletNonce = link.method === 'post' ? encodeBase64url(ports.random.bytes(16)) : undefined
    const request = parseRequest(await this.#fetch(link.requestUri, walletNonce))
    const now = ports.clock.now()
    const { clientId, requestUri } = link
    const standing = await trust.judgeRequest(request, {
      clientId,
      requestUri,
      now,
      ...(walletNonce === undefined ? {} : { walletNonce }),
    })
    const id = encodeBase64url(ports.random.bytes(12))
    const expires = request.expires ?? now + lifetimes.session
    this.#pending.set(id, {
      ...{ id, request, standing, source, expires, state: 'waiting' },
      host: new URL(requestUri).host,
      unreadable: request.transactionData.length > 0,
    })
    news.post({ kind: 'request', id, state: 'arrived' })
    return { id }
  }

  async #fetch(url: string, walletNonce: string | undefined): Promise<string> {
    const response = await this.#parts.ports.http.send({
      method: walletNonce === undefined ? 'GET' : 'POST',
      url,
      headers: { accept: requestMediaType, ...(walletNonce === undefined ? {} : { 'content-type': formType }) },
      ...(walletNonce === undefined ? {} : { body: formatRequestFetch({ walletNonce }) }),
      limit: limits.request,
    })
    if (response.status !== 200) throw new Fault(codeIn(response.body) ?? codeOfStatus(response.status))
    const type = response.headers['content-type']?.split(';')[0]?.trim()
    const text = utf8Text(response.body)
    if (type !== requestMediaType || text === undefined) throw new Fault('request.malformed', { at: 'media type' })
    return text
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

  #plan({ request, standing }: Pending): Promise<Plan> {
    const { access, trust, ports } = this.#parts
    return planRequest(request, standing.excess, access.vault, trust, ports.clock.now())
  }

  /**
   * Shows what the view says, once.
   *
   * @throws Fault `consent.unknown`, `consent.declined`, `pin.*`, `verifier.unreachable`
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
    await this.#parts.access.checkPin(approval.pin)
    this.#move(pending, 'sending')
    return this.#send(pending, chosen)
  }

  async #send(pending: Pending, chosen: readonly PlannedChoice[]): Promise<AnswerView> {
    const { ports } = this.#parts
    let body: string | undefined
    try {
      // First: a copy that may have been seen is never taken for unused again, whatever happens below.
      await this.#markUsed(pending, chosen)
      body = await this.#seal(pending.request, await this.#answer(pending.request, chosen))
      const response = await ports.http.send(postTo(pending.request.responseUri, body))
      const accepted = response.status === 200
      this.#move(pending, accepted ? 'sent' : 'refused')
      await this.#note(
        pending,
        chosen,
        accepted ? 'shared' : 'refused',
        accepted ? undefined : codeIn(response.body),
        body,
      )
      return { outcome: accepted ? 'sent' : 'refused', ...(accepted ? returnOf(pending, response.body) : {}) }
    } catch (thrown) {
      this.#move(pending, 'refused')
      await this.#note(pending, chosen, 'failed', faultCode(thrown), body)
      throw thrown
    }
  }

  async #markUsed({ request }: Pending, chosen: readonly PlannedChoice[]): Promise<void> {
    const verifier = digestOfVerifier(request.clientId.text)
    const { vault } = this.#parts.access
    await vault.commit(() =>
      chosen.map(({ showable }) => {
        const copy = readRecord(vault, 'copies', showable.copy.id, storedCopy)
        if (copy === undefined) throw new Fault('document.not_found')
        const shownTo = copy.shownTo.includes(verifier) ? copy.shownTo : [...copy.shownTo, verifier]
        return keep('copies', copy.id, { ...copy, used: copy.used + 1, shownTo })
      }),
    )
    this.#parts.news.post({ kind: 'documents' })
  }

  async #answer(request: UnverifiedRequest, chosen: readonly PlannedChoice[]): Promise<AuthorizationResponse> {
    const presented = await Promise.all(
      chosen.map(async (each) => [each.query, await this.#bind(request, each)] as const),
    )
    const vpToken = new Map(presented.map(([query, text]) => [query, [text]]))
    return { vpToken, ...(request.state === undefined ? {} : { state: request.state }) }
  }

  async #bind({ clientId, nonce }: UnverifiedRequest, { showable, presented }: PlannedChoice): Promise<string> {
    const { access, ports } = this.#parts
    const key = readRecord(access.vault, 'keys', showable.copy.key, storedKey)
    if (key === undefined) throw new Fault('vault.tampered', { part: 'key' })
    const binding = formatKeyBinding(presented, { audience: clientId.text, nonce }, ports.clock.now())
    const signer = await ports.keys.signer(key)
    return presented + (await signJws(signer, binding.header, binding.payload))
  }

  async #seal({ encryption }: UnverifiedRequest, answer: AuthorizationResponse): Promise<string> {
    if (encryption === undefined) return formatPlainPost(answer)
    const { key, kid, enc } = encryption
    const options = kid === undefined ? { enc } : { enc, kid }
    return formatEncryptedPost(await this.#parts.ports.encrypter.sealJwe(formatResponse(answer), key, options))
  }

  /** A no, and nothing else: having no such document looks the same from outside. */
  async decline(id: string): Promise<void> {
    const pending = this.#current(id)
    if (pending.state !== 'waiting') throw new Fault('consent.unknown')
    this.#move(pending, 'declined')
    if (mayBeTold(pending.standing)) {
      const { responseUri, state } = pending.request
      // Whether it arrives changes nothing here; the session of the other side ends by itself.
      await this.#parts.ports.http
        .send(postTo(responseUri, formatErrorPost('access_denied', state)))
        .catch(() => undefined)
    }
    await this.#note(pending, [], 'declined', undefined)
  }

  #move(pending: Pending, state: RequestView['state']): void {
    pending.state = state
    this.#parts.news.post({ kind: 'request', id: pending.id, state })
  }

  async #note(
    { standing, host, request }: Pending,
    chosen: readonly PlannedChoice[],
    kind: HistoryEntry['kind'],
    code: HistoryEntry['code'],
    body?: string,
  ): Promise<void> {
    const { access, news, ports } = this.#parts
    const now = ports.clock.now()
    const retention = kind === 'shared' ? retentionOf(standing.retention) : undefined
    const entry: NewEntry = {
      at: now,
      kind,
      host,
      accredited: isAccredited(standing),
      documents: chosen.map(({ typeName }) => typeName),
      items: chosen.flatMap(({ items }) => items.map(({ label }) => label)),
      ...(standing.names === undefined ? {} : { party: standing.names }),
      ...(standing.purpose === undefined ? {} : { purpose: standing.purpose }),
      ...(retention?.kind === 'days' ? { deleteBy: now + retention.days * 86_400 } : {}),
      ...(code === undefined ? {} : { code }),
      ...occasionOf(request, standing, chosen, body),
    }
    const { vault } = access
    await vault.commit(() => [addHistory(vault, entry)])
    news.post({ kind: 'history' })
  }
}

/** Where to go on is of use only on the device where it began, and only a web address is gone to. */
function returnOf({ source, request }: Pending, body: Uint8Array): Pick<AnswerView, 'returnTo'> {
  const { redirectUri } = readReceipt(body)
  if (source !== 'link' || redirectUri === undefined) return {}
  const { protocol, origin } = new URL(redirectUri)
  const isWeb = protocol === 'https:' || origin === new URL(request.responseUri).origin
  return isWeb ? { returnTo: redirectUri } : {}
}

/** The answer was taken, whatever is said beside that. */
function readReceipt(body: Uint8Array): ResponseReceipt {
  try {
    return parseResponseReceipt(body)
  } catch {
    return {}
  }
}

const formType = 'application/x-www-form-urlencoded'

function postTo(url: string, body: string) {
  return {
    method: 'POST' as const,
    url,
    headers: { 'content-type': formType, accept: 'application/json' },
    body,
    limit: limits.httpBody,
  }
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

function codeOfStatus(status: number): FaultCode {
  if (status === 404) return 'session.not_found'
  if (status === 410) return 'request.already_fetched'
  return status >= 500 ? 'verifier.unreachable' : 'verifier.refused'
}

/** Our own verifiers name the code: `{error: code}` or `{error_description: code}`. */
function codeIn(body: Uint8Array): FaultCode | undefined {
  try {
    const { error, error_description: described } = JSON.parse(utf8Text(body) ?? '') as Record<string, unknown>
    return [described, error].find(isFaultCode)
  } catch {
    return undefined
  }
}
