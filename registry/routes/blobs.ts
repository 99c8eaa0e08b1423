import { Fault } from '@fujie/shared/core/fault.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import type { App } from '@fujie/shared/server/app.ts'
import { keepBlob } from '../log/blob.ts'
import type { Reading, Registry } from '../log/registry.ts'

const nameForm = /^[0-9a-f]{64}$/

interface Named {
  Params: { sha256: string }
}

/** What records name by digest is put once, by one who may sign such a record. */
export function addBlobUploads(app: App, { blobs, states, sequencer, clock }: Registry): void {
  app.put<Named>('/blobs/:sha256', { bodyLimit: limits.blob }, async (request, reply) => {
    const { body } = request
    const [, token] = /^Fujie ([\x21-\x7e]+)$/.exec(request.headers.authorization ?? '') ?? []
    if (token === undefined) throw new Fault('token.invalid')
    if (!(body instanceof Uint8Array) || !nameForm.test(request.params.sha256)) throw new Fault('request.malformed')
    await keepBlob({ blobs, states, entries: sequencer.entries, clock }, request.params.sha256, body, token)
    return reply.code(204).send()
  })
}

/** What records name by digest is read by all. */
export function addBlobs(app: App, { blobs }: Reading): void {
  app.get<Named>('/blobs/:sha256', async (request, reply) => {
    const { sha256 } = request.params
    const bytes = nameForm.test(sha256) ? await blobs.read(sha256) : undefined
    if (bytes === undefined) throw new Fault('blob.not_found')
    return reply
      .type('application/octet-stream')
      .header('cache-control', 'public, max-age=31536000, immutable')
      .send(Buffer.from(bytes))
  })
}
