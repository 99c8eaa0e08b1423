import type { RecordState } from '@fujie/shared/core/record/history.ts'
import type { TrustRecord } from '@fujie/shared/core/record/record.ts'
import type { TrustKind } from '@fujie/shared/core/record/trust.ts'
import { readRecord } from '../log/known-states.ts'
import type { Reading } from '../log/registry.ts'

/** What a list is asked for; absent members ask for all. */
export interface ListQuery {
  readonly type?: string
  readonly region?: string
  readonly by?: string
  readonly subject?: string
  /** Rows in force then; absent: the newest whatever their time. */
  readonly at?: number
}

/** One row: a state of the published checkpoint with its record. */
export type Row<K extends TrustKind> = RecordState & { readonly record: TrustRecord<K> }

const mostRows = 1_000

/** The latest records of a kind that a view wants, by name; at most a thousand. */
export async function rowsOf<K extends Exclude<TrustKind, 'pol'>>(
  { sequencer, states }: Pick<Reading, 'sequencer' | 'states'>,
  kind: K,
  query: ListQuery,
  wants: (row: Row<K>, query: ListQuery) => boolean,
): Promise<readonly Row<K>[]> {
  const { size } = sequencer.snapshot.head
  const rows: Row<K>[] = []
  for (const named of [...states.statesOf(kind)]) {
    const state = states.findAt(kind, named.name, size)
    if (state === undefined || (query.by !== undefined && !state.name.startsWith(`${query.by} `))) continue
    const row = { ...state, record: await readRecord(sequencer.entries, state.index) } as unknown as Row<K>
    if (wants(row, query)) rows.push(row)
    if (rows.length >= mostRows) break
  }
  return rows
}
