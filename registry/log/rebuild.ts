import { replayLog, type Replayed } from '@fujie/shared/core/log/replay.ts'
import { appliedBatch } from './applied.ts'
import type { StateStore } from './ports.ts'

/**
 * Fills an empty store of states from the entries of the log, each record folded and each seal reckoned again.
 *
 * What it fills is of use only if the answer names no disagreement and reaches the head.
 */
export function rebuildStates(entries: AsyncIterable<Uint8Array>, states: StateStore): Promise<Replayed> {
  return replayLog(entries, ({ seal, folded, map }) => states.apply(appliedBatch(seal, folded, map)))
}
