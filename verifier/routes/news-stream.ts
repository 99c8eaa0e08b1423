import { PassThrough } from 'node:stream'
import type { CheckNews } from '../contract.ts'
import { hasExpired, tellNews } from '../desk/check.ts'
import type { Desk } from '../desk/desk.ts'

/** Milliseconds after which a check that ended for want of time is told as ended, and a silent connection is kept. */
const tick = 5_000

/** The events of one check until it is over: at once, whenever the desk rings, and when a code has to be redrawn. */
export function streamNews(desk: Desk, hash: string): PassThrough {
  const stream = new PassThrough()
  let redraw: ReturnType<typeof setTimeout> | undefined
  let telling = Promise.resolve()

  /** One after the other: a ring during a telling tells again. */
  const tell = () => {
    telling = telling.then(tellOnce, () => undefined)
  }
  const tellOnce = async () => {
    if (stream.writableEnded || stream.destroyed) return
    clearTimeout(redraw)
    try {
      const news: CheckNews = await tellNews(desk, hash)
      stream.write(`data: ${JSON.stringify(news)}\n\n`)
      if (news.state === 'waiting') redraw = setTimeout(tell, (news.life * 1_000) / 2)
      else if (news.state !== 'opened' && news.state !== 'judging') stream.end()
    } catch {
      // Purged, or a store that fails: the page asks anew and hears why.
      stream.end()
    }
  }
  const beat = setInterval(() => {
    void hasExpired(desk, hash).then((over) => (over ? tell() : stream.write(':\n\n')), tell)
  }, tick)
  const deafen = desk.bell.listen(hash, tell)
  stream.on('close', () => {
    clearInterval(beat)
    clearTimeout(redraw)
    deafen()
  })
  tell()
  return stream
}
