import type { ListQuery, Row } from './rows.ts'

/** Whether a status list's digest is one that is asked for; its subject is the list's address. */
export function isStatusDigestWanted({ record }: Row<'sl'>, { subject }: ListQuery): boolean {
  return subject === undefined || record.payload.body.uri === subject
}
