import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { sealIndex } from '@fujie/shared/core/log/seal.ts'
import type { App } from '@fujie/shared/server/app.ts'
import { readInput } from '@fujie/shared/server/input.ts'
import type { Reading } from '../log/registry.ts'
import { anchorView, checkpointView, pageQuery, wholeNumber } from './views.ts'

/** Published heads and where they are anchored. */
export function addCheckpoints(app: App, registry: Reading): void {
  const { sequencer, states, anchorer } = registry
  const seals = (before: number, limit: number) =>
    states.batches(before, limit).filter((seal) => sealIndex(seal) < sequencer.snapshot.head.size)

  app.get('/checkpoints', (request) => {
    const { before, limit } = readInput(pageQuery, request.query)
    return seals(batchBefore(registry, before), limit).map((seal) => checkpointView(registry, seal))
  })

  app.get('/checkpoints/trusted', (_request, reply) => {
    const { head, note, seal } = sequencer.snapshot
    void reply.header('cache-control', 'no-cache')
    return { size: head.size, root: encodeBase64url(head.root), time: seal.time, note }
  })

  app.get<{ Params: { size: string } }>('/checkpoints/:size', (request) => {
    const size = readInput(wholeNumber, request.params.size)
    const [seal] = seals(batchBefore(registry, size + 1), 1)
    if (seal === undefined || sealIndex(seal) + 1 !== size) throw new Fault('record.not_found')
    return checkpointView(registry, seal)
  })

  app.get('/anchors', (request) => {
    const { before, limit } = readInput(pageQuery, request.query)
    return anchorer.list(before, limit).map(anchorView)
  })
}

/** The number behind the last batch that ends before a size. */
function batchBefore({ states, sequencer }: Reading, size: number): number {
  if (size > sequencer.snapshot.head.size) return Number.MAX_SAFE_INTEGER
  const [row] = states.newest(size - 1, 1)
  return row === undefined ? 0 : row.batch + 1
}
