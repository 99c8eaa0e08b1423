import { faultCode } from '@fujie/shared/core/fault.ts'
import type { Answers, Consent, ConsentMethods, Wallet, WalletMethods } from '../engine/contract.ts'
import { consent, wallet } from '../engine/contract.ts'
import { connect, type Send } from './connect.ts'
import { dispatch, type Reply } from './dispatch.ts'

/** One end of a line of messages: a worker, its inside, or a port. */
export interface MessageEnd {
  postMessage(message: unknown): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
}

type Channel = 'wallet' | 'consent'
interface Question {
  readonly id: number
  readonly channel: Channel
  readonly method: unknown
  readonly input: unknown
}
interface Answer {
  readonly id: number
  readonly reply: Reply
}

interface Engine {
  readonly wallet: Answers<WalletMethods>
  readonly consent: Answers<ConsentMethods>
}

/**
 * Answers questions of both lists that arrive at this end, also those that come before the engine is ready.
 * What is no question stays unanswered.
 */
export function serveMessages(end: MessageEnd, engine: Engine | Promise<Engine>): void {
  // An engine that cannot start is told to whoever asks, and to nobody before.
  if (engine instanceof Promise) engine.catch(() => undefined)
  end.addEventListener('message', ({ data }) => {
    if (isQuestion(data))
      void answer(data, engine).then((reply) => end.postMessage({ id: data.id, reply } satisfies Answer))
  })
}

async function answer({ channel, method, input }: Question, engine: Engine | Promise<Engine>): Promise<Reply> {
  try {
    const ready = await engine
    return await (channel === 'wallet'
      ? dispatch(wallet, ready.wallet, method, input)
      : dispatch(consent, ready.consent, method, input))
  } catch (thrown) {
    return { ok: false, code: faultCode(thrown) }
  }
}

/** The clients of both lists over this end. */
export function connectMessages(end: MessageEnd): { readonly wallet: Wallet; readonly consent: Consent } {
  const waiting = new Map<number, (reply: Reply) => void>()
  let last = 0
  end.addEventListener('message', ({ data }) => {
    if (!isAnswer(data)) return
    waiting.get(data.id)?.(data.reply)
    waiting.delete(data.id)
  })
  const over =
    (channel: Channel): Send =>
    (method, input) =>
      new Promise((resolve) => {
        const id = ++last
        waiting.set(id, resolve)
        end.postMessage({ id, channel, method, input } satisfies Question)
      })
  return { wallet: connect(wallet, over('wallet')), consent: connect(consent, over('consent')) }
}

function isQuestion(data: unknown): data is Question {
  if (typeof data !== 'object' || data === null) return false
  const { id, channel } = data as Partial<Question>
  return Number.isSafeInteger(id) && (channel === 'wallet' || channel === 'consent')
}

function isAnswer(data: unknown): data is Answer {
  return (
    typeof data === 'object' && data !== null && Number.isSafeInteger((data as Partial<Answer>).id) && 'reply' in data
  )
}
