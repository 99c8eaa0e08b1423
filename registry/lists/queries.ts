import type { ListQuery, Row } from './rows.ts'

/** Whether a registered query is one that is asked for. */
export function isQueryWanted({ record }: Row<'qry'>, { subject }: ListQuery): boolean {
  return subject === undefined || record.payload.body.subject === subject
}
