import { Fault } from '@fujie/shared/core/fault.ts'
import type { App } from '@fujie/shared/server/app.ts'
import type { Reading } from '../log/registry.ts'

const place = /(<script type="application\/json" id="trust">)\s*null\s*(<\/script>)/

/**
 * Hands out the offline checker: one HTML file that judges proof bundles of this log. Whom it trusts is written into
 * it, so that its reader can compare the log's id with what was published elsewhere.
 *
 * @param page the built page, with `null` where the trust is to stand
 */
export function addChecker(app: App, { sequencer }: Reading, page: string): void {
  if (!place.test(page)) throw new Fault('unexpected', { reason: 'checker has no place for its trust' })
  app.get('/checker.html', (_request, reply) => {
    const { log, origin } = sequencer.snapshot
    const { logKeys, trust } = sequencer.policy ?? {}
    if (logKeys === undefined || trust === undefined) throw new Fault('registry.read_only')
    // Nothing in the text may end the element it stands in.
    const written = JSON.stringify({ log, origin, logKeys, trust }).replaceAll('<', '\\u003c')
    return reply
      .type('text/html; charset=utf-8')
      .header('content-disposition', 'attachment; filename="fujie-checker.html"')
      .header('cache-control', 'no-cache')
      .send(page.replace(place, (_all, open: string, close: string) => `${open}${written}${close}`))
  })
}
