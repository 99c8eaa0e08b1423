import { Fault } from '@fujie/shared/core/fault.ts'
import type { App } from '@fujie/shared/server/app.ts'
import type { BundleView } from '../contract.ts'
import type { TrustBundles } from '../lists/trust-bundle.ts'

/** Trust bundles for those who go offline: fetched on a timer with their ETag, never because of a presentation. */
export function addBundles(app: App, bundles: TrustBundles): void {
  app.get('/bundle', (_request, reply): readonly BundleView[] => {
    void reply.header('cache-control', 'no-cache')
    return bundles.list().map(({ id, scope, made, expires, bytes }) => ({
      id,
      scope,
      made,
      expires,
      size: bytes.length,
    }))
  })

  app.get<{ Params: { scope: string } }>('/bundle/:scope', (request, reply) => {
    const found = bundles.find(request.params.scope)
    if (found === undefined) throw new Fault('record.not_found')
    void reply.header('etag', found.etag).header('cache-control', 'no-cache')
    if (request.headers['if-none-match'] === found.etag) return reply.code(304).send()
    return reply
      .type('application/octet-stream')
      .header('content-disposition', `attachment; filename="${found.id}.fjb"`)
      .send(Buffer.from(found.bytes))
  })
}
