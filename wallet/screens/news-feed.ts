import type { Consent, NewsItem, Wallet } from '../engine/contract.ts'

type Listener = (item: NewsItem) => void

/** Waits for news without end and tells whoever listens. One for a page. */
export class NewsFeed {
  readonly #wallet: () => Pick<Wallet | Consent, 'news'>
  readonly #listeners = new Set<Listener>()
  readonly #pause: () => Promise<void>
  #running = false

  /** `pause` is awaited after a question that failed, so that a dead engine is not asked in a tight loop. */
  constructor(wallet: () => Pick<Wallet | Consent, 'news'>, pause: () => Promise<void>) {
    this.#wallet = wallet
    this.#pause = pause
  }

  /** Starts waiting; the result ends it. */
  start(): () => void {
    this.#running = true
    void this.#follow()
    return () => (this.#running = false)
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async #follow(): Promise<void> {
    for (let seen = 0; this.#running;) {
      const answer = await this.#wallet()
        .news.after({ seen })
        .catch(() => undefined)
      if (answer === undefined) await this.#pause()
      else {
        seen = answer.seen
        if (this.#running) this.#tell(answer.news)
      }
    }
  }

  #tell(news: readonly NewsItem[]): void {
    for (const item of news) for (const listener of this.#listeners) listener(item)
  }
}
