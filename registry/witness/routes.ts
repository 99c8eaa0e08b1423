import { utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import type { App } from '@fujie/shared/server/app.ts'
import type { Witness } from './witness.ts'

/** The interface of C2SP tlog-witness; its bodies bear no media type that one could count on. */
export function addWitnessRoutes(app: App, witness: Witness): void {
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  app.post('/add-checkpoint', { bodyLimit: limits.httpBody }, async (request, reply) => {
    const body = request.body instanceof Uint8Array ? utf8Text(request.body) : request.body
    const answer = typeof body === 'string' ? await witness.add(body) : { status: 400 as const }
    void reply.code(answer.status).header('cache-control', 'no-store').type('text/plain; charset=utf-8')
    if (answer.status === 200) return reply.send(answer.body)
    if (answer.status === 409) return reply.type('text/x.tlog.size').send(`${answer.size}\n`)
    if (answer.status === 503) void reply.header('retry-after', String(answer.retryAfter))
    return reply.send('')
  })

  app.get<{ Params: { hash: string } }>('/:hash/checkpoint', async (request, reply) => {
    const note = await witness.checkpoint(request.params.hash)
    if (note === undefined) throw new Fault('record.not_found')
    return reply.type('text/plain; charset=utf-8').header('cache-control', 'no-cache').send(note)
  })
}
