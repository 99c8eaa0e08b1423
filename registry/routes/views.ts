import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Seal } from '@fujie/shared/core/log/seal.ts'
import { sealIndex } from '@fujie/shared/core/log/seal.ts'
import { namespaces, type Namespace } from '@fujie/shared/core/record/record.ts'
import * as z from 'zod/mini'
import type { AnchorView, CheckpointView, OperationView, RecordView, Stage } from '../contract.ts'
import type { Anchor, RecordRow } from '../log/ports.ts'
import type { Reading } from '../log/registry.ts'

/** Whole numbers as they stand in addresses. */
export const wholeNumber = z.pipe(z.string().check(z.regex(/^(0|[1-9][0-9]{0,15})$/)), z.transform(Number))

/** `before` and `limit` of a list that goes backwards. */
export const pageQuery = z.object({
  before: z._default(wholeNumber, Number.MAX_SAFE_INTEGER),
  limit: z._default(wholeNumber.check(z.refine((limit) => limit >= 1 && limit <= 100)), 20),
})

/** @throws Fault `record.not_found` */
export function namespaceOf(text: string): Namespace {
  const found = namespaces.find((ns) => ns === text)
  if (found === undefined) throw new Fault('record.not_found')
  return found
}

export function recordView({ index, id, ns, name, seq, kind, batch, time }: RecordRow): RecordView {
  return { index, id, ns, name, seq, kind, batch, time }
}

export function anchorView({ ledger, tx, block, time, size, root, state }: Anchor): AnchorView {
  return { ledger, tx, block, time, size, root: encodeBase64url(root), state }
}

/** What is published has met the quorum; without witnesses that is all the trust there is to gain. */
export function stageOf({ anchorer, sequencer }: Reading, index: number): Stage {
  if (index >= sequencer.publishedSize) return 'sealed'
  return anchorer.of(index + 1) === undefined ? 'trusted' : 'anchored'
}

export function operationView(registry: Reading, row: RecordRow): OperationView {
  const anchor = registry.anchorer.of(row.index + 1)
  return { ...recordView(row), stage: stageOf(registry, row.index), ...(anchor && { anchor: anchorView(anchor) }) }
}

export function checkpointView({ anchorer, sequencer }: Reading, seal: Seal): CheckpointView {
  const size = sealIndex(seal) + 1
  const anchor = anchorer.of(size)
  return {
    size,
    root: encodeBase64url(sequencer.rootAt(size)),
    batch: seal.batch,
    first: seal.first,
    count: seal.count,
    time: seal.time,
    ...(anchor && { anchor: anchorView(anchor) }),
  }
}
