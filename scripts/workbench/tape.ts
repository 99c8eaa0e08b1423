import type { Exchange } from '@fujie/shared/server/app.ts'
import type { MessageKey } from '@fujie/shared/ui/messages.ts'

/** Words of the tape; none of them has a hole to fill. */
export type TapeWords = Extract<MessageKey, `tape.${string}`>
export type PartyWords = Extract<MessageKey, `workbench.party.${string}`>

export type Party = 'wallet' | 'issuer' | 'hotel' | 'shop' | 'registry' | 'anyone'

/** One thing that happened between two parties, as the page draws it. */
export interface TapeEvent {
  readonly id: string
  readonly time: number
  readonly from: PartyWords
  readonly to: PartyWords
  readonly words: TapeWords
  readonly status: number
  readonly sent: string
  readonly answered: string
  readonly line: string
}

interface Telling {
  readonly method: string
  readonly path: RegExp
  /** Who asks, where the path alone tells it. */
  readonly from: Party | ((to: Party) => Party)
  readonly words: TapeWords
}

const self = (to: Party): Party => to

/** What is told on the tape, first match. All else (pages, events, long polls) is not. */
const tellings: readonly Telling[] = [
  { method: 'POST', path: /^\/console\/offers$/, from: self, words: 'tape.offer.made' },
  { method: 'GET', path: /^\/offers\//, from: 'wallet', words: 'tape.offer.read' },
  { method: 'GET', path: /^\/\.well-known\/openid-credential-issuer/, from: 'wallet', words: 'tape.metadata' },
  { method: 'POST', path: /^\/oauth\/token$/, from: 'wallet', words: 'tape.token' },
  { method: 'POST', path: /^\/vci\/credential$/, from: 'wallet', words: 'tape.credential' },
  { method: 'POST', path: /^\/relay$/, from: 'wallet', words: 'tape.engagement' },
  { method: 'PUT', path: /^\/relay\//, from: self, words: 'tape.request' },
  { method: 'POST', path: /^\/vp\/requests\//, from: 'wallet', words: 'tape.requestRead' },
  { method: 'POST', path: /^\/vp\/responses\//, from: 'wallet', words: 'tape.response' },
  { method: 'GET', path: /^\/status\/\d/, from: 'anyone', words: 'tape.status' },
  { method: 'POST', path: /^\/ops$/, from: 'anyone', words: 'tape.record' },
  { method: 'GET', path: /^\/(proof|lists|blobs)\//, from: 'anyone', words: 'tape.evidence' },
]

const partyWords = {
  wallet: 'workbench.party.wallet',
  issuer: 'workbench.party.issuer',
  hotel: 'workbench.party.hotel',
  shop: 'workbench.party.shop',
  registry: 'workbench.party.registry',
  anyone: 'workbench.party.anyone',
} as const satisfies Record<Party, PartyWords>

/** The events of a demonstration, for those who listen. */
export class Tape {
  readonly #listeners = new Set<(event: TapeEvent) => void>()
  #count = 0

  /** Calls back with each event from now on; the answer ends it. */
  listen(listener: (event: TapeEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The observer of one role's server. */
  observer(to: Party): (exchange: Exchange) => void {
    return (exchange) => {
      const telling = tellings.find(({ method, path }) => method === exchange.method && path.test(exchange.path))
      if (telling) this.#tell(telling, to, exchange)
    }
  }

  #tell({ from, words }: Telling, to: Party, exchange: Exchange): void {
    const event: TapeEvent = {
      id: String(++this.#count),
      time: Date.now(),
      from: partyWords[typeof from === 'function' ? from(to) : from],
      to: partyWords[to],
      words,
      status: exchange.status,
      sent: exchange.requestBody,
      answered: exchange.responseBody,
      line: `${exchange.method} ${exchange.path}`,
    }
    for (const listener of this.#listeners) listener(event)
  }
}
