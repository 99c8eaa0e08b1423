import { faultCode, type FaultCode } from '@fujie/shared/core/fault.ts'
import type { ReasonCode } from '@fujie/shared/ui/reasons.ts'
import type { CheckNews, CheckResult, ScanAnswer } from '../contract.ts'
import type { DeskClient } from './desk-client.ts'

/** What the counter shows in full: a verdict, or a reason that rests on none. */
export type Ending =
  | {
      readonly kind: 'result'
      readonly result: CheckResult
      /** The clerk has compared the person. */
      readonly samePerson: boolean
      /** What was seen of the person is forgotten. */
      readonly purged: boolean
    }
  | { readonly kind: 'reason'; readonly code: ReasonCode; readonly text?: string }
  | { readonly kind: 'fault'; readonly code: FaultCode }

/** Where the counter is with this guest. */
export type Phase = 'opening' | 'waiting' | 'sent' | 'opened' | 'judging' | 'ended' | 'broken'

const reopenAfter = 3_000
/** The network, not the guest: there is nothing to judge, and the same code can be tried again. */
const passing: readonly FaultCode[] = ['fetch.unreachable', 'fetch.timeout']

/** One check after the other at one counter. */
export class Occasion {
  phase = $state<Phase>('opening')
  /** The code to show while waiting. */
  code = $state<Extract<CheckNews, { state: 'waiting' }>>()
  ending = $state<Ending>()
  /** Why no check can be begun, or a code that was read led nowhere. */
  fault = $state<FaultCode>()
  readonly #desk: DeskClient
  #purpose = ''
  #id: string | undefined
  #deafen: (() => void) | undefined
  #sending = false
  /** The code that led nowhere for want of a network. */
  #failed: string | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  /** Goes up with every new check: what an older one still says is not heard. */
  #turn = 0

  constructor(desk: DeskClient) {
    this.#desk = desk
  }

  /** Begins a check, after giving up the one before. */
  async begin(purpose: string = this.#purpose): Promise<void> {
    this.leave()
    const turn = ++this.#turn
    this.#purpose = purpose
    this.phase = 'opening'
    this.ending = undefined
    this.code = undefined
    this.#sending = false
    try {
      const id = await this.#desk.open(purpose)
      if (turn !== this.#turn) return void this.#desk.cancel(id).catch(() => undefined)
      this.fault = undefined
      this.#id = id
      this.#deafen = this.#desk.listen(
        id,
        (news) => turn === this.#turn && this.#hear(news),
        () => turn === this.#turn && this.#beginAgain(),
      )
    } catch (thrown) {
      if (turn !== this.#turn) return
      this.fault = faultCode(thrown)
      this.phase = 'broken'
      this.#retry = setTimeout(() => void this.begin(), reopenAfter)
    }
  }

  /** Stops listening and gives the check up, as the page is left. */
  leave(): void {
    clearTimeout(this.#retry)
    this.#deafen?.()
    this.#deafen = undefined
    this.#turn++
    if (this.#id !== undefined) void this.#desk.cancel(this.#id).catch(() => undefined)
    this.#id = undefined
  }

  /** A text that the scanner read. */
  async scan(text: string): Promise<void> {
    await this.#send((id) => this.#desk.scanned(id, text), text)
  }

  /** Digits the guest said aloud. */
  async pickUp(code: string): Promise<void> {
    await this.#send((id) => this.#desk.pickUp(id, code))
  }

  /** Something failed before there was a check to judge. */
  showReason(code: ReasonCode, text?: string): void {
    this.#end(text === undefined ? { kind: 'reason', code } : { kind: 'reason', code, text })
  }

  /** The clerk has compared the person. */
  confirmPerson(): void {
    if (this.ending?.kind === 'result') this.ending = { ...this.ending, samePerson: true }
  }

  /** Forgets what was seen of a person; the verdict stays. */
  purge(): void {
    if (this.ending?.kind !== 'result') return
    const { person: _person, ...rest } = this.ending.result
    this.ending = { ...this.ending, result: { ...rest, fields: [] }, purged: true }
  }

  async #send(send: (id: string) => Promise<ScanAnswer>, text?: string): Promise<void> {
    const turn = this.#turn
    if (this.#id === undefined || this.phase !== 'waiting' || this.#sending) return
    // The code that failed still lies before the camera: it is tried again without turning the page.
    if (this.fault === undefined || text === undefined || text !== this.#failed) this.phase = 'sent'
    this.#sending = true
    try {
      const { outcome } = await send(this.#id)
      if (turn !== this.#turn) return
      this.fault = undefined
      if (outcome !== 'sent') this.showReason(outcome, text)
      else if (this.phase === 'waiting') this.phase = 'sent'
    } catch (thrown) {
      if (turn === this.#turn) this.#fail(faultCode(thrown), text)
    } finally {
      if (turn === this.#turn) this.#sending = false
    }
  }

  #fail(code: FaultCode, text: string | undefined): void {
    if (!passing.includes(code)) return this.#end({ kind: 'fault', code })
    this.#failed = text
    this.fault = code
    this.phase = 'waiting'
  }

  #hear(news: CheckNews): void {
    switch (news.state) {
      case 'waiting':
        this.code = news
        if (this.phase === 'opening') this.phase = 'waiting'
        return
      case 'opened':
      case 'judging':
        this.phase = news.state
        return
      case 'judged':
        return this.#end({ kind: 'result', result: news.result, samePerson: false, purged: false })
      case 'failed':
        return this.#end({ kind: 'fault', code: news.fault })
      case 'declined':
        return this.#end({ kind: 'reason', code: 'DECLINED' })
      case 'expired':
        if (this.phase === 'opening' || this.phase === 'waiting') return void this.begin()
        return this.#end({ kind: 'fault', code: 'session.expired' })
      case 'cancelled':
        return void this.begin()
    }
  }

  #end(ending: Ending): void {
    this.leave()
    this.fault = undefined
    this.ending = ending
    this.phase = 'ended'
  }

  #beginAgain(): void {
    this.leave()
    this.phase = 'opening'
    this.#retry = setTimeout(() => void this.begin(), reopenAfter)
  }
}
