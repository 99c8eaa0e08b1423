import type { Seconds } from '@fujie/shared/core/instant.ts'
import type { NewsItem, NewsView } from './contract.ts'
import type { Timer } from './ports.ts'

/** How long a question waits for news; shorter than any proxy gives up. */
const patience: Seconds = 25
const mostKept = 200

/** Where the parts of the engine say what changed, and screens wait to hear it. */
export interface News {
  post(item: NewsItem): void
  /** What came after `seen`, at once if there is any, else the first that comes, or nothing after a while. */
  after(seen: number): Promise<NewsView>
}

export function createNews(timer: Timer): News {
  const kept: { readonly at: number; readonly item: NewsItem }[] = []
  const waiting = new Set<() => void>()
  let last = 0

  // A number from before a restart says nothing here: such a listener hears everything kept.
  const later = (seen: number): NewsView => {
    const from = seen > last ? 0 : seen
    return { seen: last, news: kept.filter(({ at }) => at > from).map(({ item }) => item) }
  }

  return {
    post(item) {
      kept.push({ at: ++last, item })
      if (kept.length > mostKept) kept.shift()
      for (const wake of waiting) wake()
      waiting.clear()
    },
    async after(seen) {
      const now = later(seen)
      if (now.news.length > 0) return now
      await Promise.race([new Promise<void>((wake) => waiting.add(wake)), timer.wait(patience)])
      return later(seen)
    },
  }
}
