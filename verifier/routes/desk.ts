import { Fault } from '@fujie/shared/core/fault.ts'
import type { Words } from '@fujie/shared/core/record/members.ts'
import type { App } from '@fujie/shared/server/app.ts'
import type { DeskView } from '../contract.ts'
import type { Desk } from '../desk/desk.ts'
import { countedToday, knowledgeOf } from '../desk/knowledge.ts'

export interface DeskRoutes {
  readonly names: Words
  /** The number on the desk. */
  readonly number: string
  /** The demonstration around the page, if any. */
  readonly workbench?: string
}

const returned = `<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>已提供 Shared</title>
<h1>已提供 Shared</h1>
<p>可以关闭此页，回到柜台。</p>
<p lang="en">You can close this page and go back to the counter.</p>
</html>
`

/** Who this desk is and how it stands; the page a wallet ends on; whether the process is well. */
export function addDeskRoutes(app: App, desk: Desk, { names, number, workbench }: DeskRoutes): void {
  app.get('/purposes', async (_request, reply) => {
    const view: DeskView = {
      names,
      desk: number,
      purposes: desk.settings.purposes.map(({ id, words, items, ageOnly, document }) => ({
        id,
        words,
        document,
        items: items.map(({ label }) => label),
        ageOnly,
      })),
      today: await countedToday(desk),
      now: desk.ports.clock.now(),
      ...(await knowledgeOf(desk)),
    }
    return reply.header('cache-control', 'no-store').send(view)
  })
  app.get('/config.json', (_request, reply) =>
    reply.header('cache-control', 'no-store').send(workbench === undefined ? {} : { workbench }),
  )
  app.get('/vp/return', (_request, reply) =>
    reply.header('cache-control', 'no-store').type('text/html; charset=utf-8').send(returned),
  )
  app.get('/healthz', async (_request, reply) => {
    // A store that cannot count can consume nothing either.
    await countedToday(desk).catch((cause: unknown) => {
      throw new Fault('unexpected', {}, { cause })
    })
    return reply.send({ ok: true })
  })
}
