import { Fault } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { makeInclusion } from '@fujie/shared/core/log/inclusion.ts'
import { parseNote } from '@fujie/shared/core/log/note.ts'
import type { PlacedRecord, PointInTime } from '@fujie/shared/core/log/point-in-time.ts'
import { parseSeal, sealIndex } from '@fujie/shared/core/log/seal.ts'
import type { Namespace } from '@fujie/shared/core/record/record.ts'
import { readRecord } from './known-states.ts'
import type { RecordRow } from './ports.ts'
import { proveState } from './prove.ts'
import type { Reading } from './registry.ts'

/**
 * Proves which version of a name was in force at an instant (registry, 9.3).
 *
 * @throws Fault `record.not_found` before the first version
 */
export async function proveAt(
  registry: Pick<Reading, 'sequencer' | 'states'>,
  ns: Namespace,
  name: string,
  at: Instant,
): Promise<PointInTime> {
  const { sequencer, states } = registry
  const { snapshot, entries } = sequencer
  const { log, head, note } = snapshot
  const row = states.versionAt(ns, name, head.size, at)
  if (row === undefined) throw new Fault('record.not_found')
  const next = states.versionAfter(ns, name, row.index)
  const place = (each: RecordRow) => placed(registry, each)
  const replaced = next !== undefined && next.index < head.size
  return {
    log,
    ns,
    name,
    version: await place(row),
    later: replaced ? await place(next) : await proveState({ snapshot, states, entries }, ns, name),
    checkpoint: { size: head.size, signatures: parseNote(note).signatures },
  }
}

async function placed(
  { sequencer, states }: Pick<Reading, 'sequencer' | 'states'>,
  row: RecordRow,
): Promise<PlacedRecord> {
  const { snapshot, entries } = sequencer
  const { tree, head } = snapshot
  const [terms] = states.batches(row.batch + 1, 1)
  const sealAt = terms && sealIndex(terms)
  if (sealAt === undefined) throw new Fault('log.damaged', { at: 'batch', batch: row.batch })
  return {
    record: await readRecord(entries, row.index),
    index: row.index,
    path: makeInclusion(tree, row.index, head.size).path,
    seal: parseSeal(await entries.read(sealAt)),
    sealPath: makeInclusion(tree, sealAt, head.size).path,
  }
}
