import * as z from 'zod/mini'
import { createApp, type App } from '@fujie/shared/server/app.ts'
import { readInput } from '@fujie/shared/server/input.ts'
import { servePages } from '@fujie/shared/server/pages.ts'
import { cheats, type Cheat, type Pane } from './stories/story.ts'
import type { Tape } from './tape.ts'

export interface WorkbenchOptions {
  readonly panes: Readonly<Record<Pane, string>>
  /** Tells one log's wallets from another's: a browser keeps them longer than `--reset`. */
  readonly generation: string
  readonly tape: Tape
  readonly pagesFolder: string
  readonly setOnline: (online: boolean) => void
  /** What those do who are not on the stage; the answer is a code to be shown, or whom it was done to. */
  readonly cheats: Readonly<Record<Cheat, () => Promise<string>>>
}

const network = z.strictObject({ online: z.boolean() })

/** The page around the roles' pages, with the switch, the tape and the cheats of a demonstration. */
export async function createWorkbench(options: WorkbenchOptions): Promise<App> {
  const origins = Object.values(options.panes).map((url) => new URL(url).origin)
  const app = await createApp({ policy: { frames: [...new Set(origins)] } })
  app.get('/world.json', () => ({ panes: options.panes, generation: options.generation }))
  app.post('/network', (request) => {
    const { online } = readInput(network, request.body)
    options.setOnline(online)
    return { online }
  })
  for (const how of cheats) app.post(`/cheat/${how}`, async () => ({ text: await options.cheats[how]() }))
  app.get('/tape', (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    reply.raw.write(': open\n\n')
    const stop = options.tape.listen((event) => reply.raw.write(`data: ${JSON.stringify(event)}\n\n`))
    reply.raw.on('close', stop)
  })
  await servePages(app, options.pagesFolder)
  return app
}
