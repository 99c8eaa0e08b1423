import type { PlainKey } from '@fujie/shared/ui/messages.ts'
import type { RecordView } from '../contract.ts'

/** The words for what a record is, by its namespace. */
export const kindWords = {
  did: 'kind.op',
  acc: 'kind.acc',
  ver: 'kind.ver',
  qry: 'kind.qry',
  typ: 'kind.typ',
  sl: 'kind.sl',
  log: 'kind.log',
  pol: 'kind.pol',
} as const satisfies Record<RecordView['ns'], PlainKey>

/** What a version did, by the kind of its record and the status it gave. */
export function deedWords(kind: RecordView['kind'], seq: number, status: string | undefined): PlainKey {
  if (kind === 'recover') return 'explorer.recovered'
  if (kind === 'deactivate') return 'explorer.deactivated'
  if (status === 'suspended') return 'explorer.suspended'
  if (status === 'withdrawn') return 'explorer.withdrawn'
  return seq === 0 ? 'explorer.created' : 'explorer.updated'
}
