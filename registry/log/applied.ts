import { bucketsOf, type LogMap } from '@fujie/shared/core/log/map.ts'
import type { Seal } from '@fujie/shared/core/log/seal.ts'
import { mapKey, nameText } from '@fujie/shared/core/log/state.ts'
import type { RecordState } from '@fujie/shared/core/record/history.ts'
import { isOperation } from '@fujie/shared/core/record/record.ts'
import type { AppliedBatch } from './ports.ts'

/** What a batch of folded records changes in the stores, wherever it was folded; `map` is the one with it. */
export function appliedBatch(seal: Seal, folded: readonly RecordState[], map: LogMap): AppliedBatch {
  const changed = [...new Map(folded.map((state) => [nameText(state.ns, state.name), state])).values()]
  return {
    seal,
    records: folded.map(({ index, id, ns, name, seq, record }) => ({ index, id, ns, name, seq, kind: record.kind })),
    states: changed,
    buckets: bucketsOf(
      map,
      changed.map(({ ns, name }) => mapKey(ns, name)),
    ),
    recovery: changed.flatMap(({ ns, name, record }) => {
      if (ns !== 'did' || !isOperation(record)) return []
      return [{ name, thumbprints: 'next' in record.payload ? record.payload.next.recovery.thumbprints : [] }]
    }),
  }
}
