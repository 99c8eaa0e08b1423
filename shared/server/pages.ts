import { existsSync } from 'node:fs'
import staticFiles from '@fastify/static'
import { Fault } from '../core/fault.ts'
import type { App } from './app.ts'

/**
 * Serves a built page and its assets at the root of a role; assets are named by their content and kept for a year.
 *
 * @throws Fault `unexpected` if the page was not built
 */
export async function servePages(app: App, folder: string): Promise<void> {
  if (!existsSync(`${folder}/index.html`)) throw new Fault('unexpected', { reason: 'page not built', folder })
  await app.register(staticFiles, {
    root: folder,
    index: ['index.html'],
    dotfiles: 'ignore',
    cacheControl: false,
    setHeaders: (reply, path) => {
      void reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
}
