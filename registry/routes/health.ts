import type { App } from '@fujie/shared/server/app.ts'
import type { Registry } from '../log/registry.ts'

/** An idle log is stamped each two minutes; somewhat more is still well. */
const idleSeconds = 130
const batchesToWait = 3

/**
 * What whoever watches over this process may ask, on a port of its own.
 *
 * Green means that a checkpoint was signed, cosigned, published and read back: within three batches where somebody
 * waits for one, else within the beat of an idle log (registry, 6).
 */
export function addHealth(app: App, { clock, sequencer, anchorer, forced }: Registry, batchInterval: number): void {
  const limit = Math.max((batchesToWait * batchInterval) / 1000, batchesToWait)

  app.get('/healthz', (_request, reply) => {
    const { publishedAt, awaitedSince, alarm, troubles } = sequencer.progress
    const now = clock.now()
    const isIdleWell = publishedAt !== undefined && now - publishedAt <= idleSeconds
    const ok = alarm === undefined && isIdleWell && now - (awaitedSince ?? now) <= limit
    // The log goes on without its ledger, so that this makes nothing red.
    const ledger = anchorer.alarm ?? anchorer.trouble ?? forced?.trouble
    const view = {
      ok,
      ...(publishedAt !== undefined && { publishedAt }),
      ...(alarm && { alarm }),
      ...(ledger && { ledger }),
    }
    return reply.code(ok ? 200 : 503).send({ ...view, witnesses: Object.fromEntries(troubles) })
  })

  app.get('/readyz', (_request, reply) => {
    const ok = !sequencer.readOnly
    return reply.code(ok ? 200 : 503).send({ ok })
  })
}
