import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import { answerHead, answerInfo, formatAnswer, packAnswer } from '@fujie/shared/core/qr/answer.ts'
import type { UnverifiedCounterRequest } from '@fujie/shared/core/qr/request.ts'
import type { Access } from './access.ts'
import type { Asking } from './asking.ts'
import { bindAnswer } from './bind-answer.ts'
import type { CounterView, ShowingView } from './contract/presenting.ts'
import type { Words } from './contract.ts'
import type { WalletPorts } from './ports.ts'
import type { PlannedChoice } from './request-plan.ts'

/** What was approved to be shown to a counter. */
export interface ApprovedShowing {
  readonly request: UnverifiedCounterRequest
  readonly asking: Asking
  readonly chosen: readonly PlannedChoice[]
  readonly party: Words
  readonly counter: CounterView
}

interface Showing extends ApprovedShowing {
  readonly id: string
  readonly begun: Instant
  readonly expires: Instant
  text: string
  sealedAt: Instant
}

export interface ShowingsParts {
  readonly ports: Pick<WalletPorts, 'clock' | 'random' | 'encrypter' | 'keys'>
  readonly access: Access
}

/**
 * Answers on show to counters without a network (product design, 6.4 and 6.5). They stand in memory alone: a page that
 * was closed in the middle shows nothing again, and its copy stays marked used.
 */
export class Showings {
  readonly #parts: ShowingsParts
  readonly #shown = new Map<string, Showing>()

  constructor(parts: ShowingsParts) {
    this.#parts = parts
    parts.access.onLock(() => this.#shown.clear())
  }

  /**
   * The text of an answer, made before anything is marked: one that is too large costs no copy.
   *
   * @throws Fault `limit.exceeded`, `vault.tampered`
   */
  async seal({ asking, chosen, request }: ApprovedShowing): Promise<string> {
    const { ports, access } = this.#parts
    const bound = await bindAnswer(asking, chosen, access, ports)
    const packed = packAnswer(
      bound.map(({ query, text }) => ({ queryId: query, token: text })),
      request,
    )
    const head = answerHead(request)
    return formatAnswer(head, await ports.encrypter.sealHpke(packed, request.key, answerInfo(request), head))
  }

  /** Begins to show a sealed answer. The copies in it are marked used by then. */
  begin(approved: ApprovedShowing, text: string): string {
    const { clock, random } = this.#parts.ports
    const now = clock.now()
    const id = encodeBase64url(random.bytes(12))
    this.#shown.set(id, { ...approved, id, text, begun: now, sealedAt: now, expires: endOf(approved.request, now) })
    return id
  }

  /**
   * What is on show now: the same copies, signed and sealed anew after a minute.
   *
   * @throws Fault `consent.unknown`, `vault.locked`
   */
  async view(id: string): Promise<ShowingView> {
    void this.#parts.access.vault
    const showing = this.#shown.get(id)
    if (showing === undefined) throw new Fault('consent.unknown')
    const now = this.#parts.ports.clock.now()
    if (now >= showing.expires) this.#shown.delete(id)
    else if (now >= showing.sealedAt + lifetimes.showingSealed) {
      showing.text = await this.seal(showing)
      showing.sealedAt = now
    }
    return viewShowing(showing, this.#shown.has(id))
  }

  end(id: string): void {
    this.#shown.delete(id)
  }
}

/** A counter closes its request; a plaque stays open. */
function endOf({ plaque, issuedAt, life }: UnverifiedCounterRequest, now: Instant): Instant {
  const end = now + lifetimes.offlineNonce
  return plaque ? end : Math.min(end, issuedAt + life + lifetimes.clockSlack)
}

function viewShowing(showing: Showing, isShown: boolean): ShowingView {
  const { id, begun, expires, sealedAt, text, party, counter, chosen } = showing
  return {
    id,
    state: isShown ? 'showing' : 'ended',
    ...(isShown ? { text } : {}),
    ...{ party, counter, expires, life: expires - begun, renews: sealedAt + lifetimes.showingSealed },
    documents: chosen.map(({ typeName }) => typeName),
    items: chosen.flatMap(({ items }) => items.map(({ label }) => label)),
  }
}
