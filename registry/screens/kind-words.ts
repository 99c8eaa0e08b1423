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
