import { describe, expect, it } from 'vitest'
import { createNews } from './news.ts'

const never = { wait: () => new Promise<void>(() => undefined) }

describe('news', () => {
  it('tells what came after at once, and waits where nothing did', async () => {
    const news = createNews(never)
    news.post({ kind: 'documents' })
    news.post({ kind: 'history' })
    expect(await news.after(1)).toEqual({ seen: 2, news: [{ kind: 'history' }] })
    const waiting = Promise.all([news.after(2), news.after(2)])
    news.post({ kind: 'vault' })
    expect(await waiting).toEqual([1, 2].map(() => ({ seen: 3, news: [{ kind: 'vault' }] })))
  })

  it('answers with nothing after a while', async () => {
    expect(await createNews({ wait: () => Promise.resolve() }).after(0)).toEqual({ seen: 0, news: [] })
  })

  it('tells everything to a listener from before a restart', async () => {
    const news = createNews(never)
    news.post({ kind: 'vault' })
    expect((await news.after(40)).news).toHaveLength(1)
  })
})
