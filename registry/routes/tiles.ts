import { Fault } from '@fujie/shared/core/fault.ts'
import { parseTilePath } from '@fujie/shared/core/log/tile.ts'
import type { App } from '@fujie/shared/server/app.ts'
import type { Reading } from '../log/registry.ts'

/** The log as C2SP tlog-tiles serves it. */
export function addTiles(app: App, { tiles }: Reading): void {
  app.get('/checkpoint', async (_request, reply) => {
    const note = await tiles.published()
    if (note === undefined) throw new Fault('record.not_found')
    return reply.type('text/plain; charset=utf-8').header('cache-control', 'max-age=1').send(note)
  })

  app.get<{ Params: { '*': string } }>('/tile/*', async (request, reply) => {
    const path = `tile/${request.params['*']}`
    const name = parseTilePath(path)
    // Only names of tiles reach the disk.
    const packed = name?.level === 'entries' && request.headers['accept-encoding']?.includes('gzip') === true
    const bytes = name && (await (packed ? tiles.readPacked(path) : tiles.read(path)))
    if (bytes === undefined) throw new Fault('record.not_found')
    if (packed) void reply.header('content-encoding', 'gzip')
    void reply.header('cache-control', 'public, max-age=31536000, immutable').header('vary', 'accept-encoding')
    return reply.type('application/octet-stream').send(Buffer.from(bytes))
  })
}
