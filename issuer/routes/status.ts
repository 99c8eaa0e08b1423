import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import { statusTokenMedia } from '@fujie/shared/core/status/token.ts'
import type { App } from '@fujie/shared/server/app.ts'
import { listsOf, type Desk, type StatusBoard } from '../desk/desk.ts'

/** Status lists as signed static files (Token Status List, 8 and 9.3). Past times are asked elsewhere: 501. */
export function addStatusRoutes(app: App, desk: Desk, board: StatusBoard): void {
  const uris = Object.values(listsOf(desk.identity.identifier)).map(({ uri }) => uri)
  app.get('/status', () => ({ status_lists: uris }))
  app.get<{ Params: { number: string }; Querystring: { time?: string } }>('/status/:number', (request, reply) => {
    if (request.query.time !== undefined) return reply.code(501).send({ error: 'not_found' })
    const token = board.token(Number(request.params.number))
    if (token === undefined) throw new Fault('not_found')
    const etag = `"${encodeBase64url(sha256(utf8(token)))}"`
    void reply.header('etag', etag).header('cache-control', `public, max-age=${lifetimes.statusTtlLeast}`)
    if (request.headers['if-none-match'] === etag) return reply.code(304).send()
    return reply.type(statusTokenMedia).send(token)
  })
}
