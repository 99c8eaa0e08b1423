import type { ListQuery, Row } from './rows.ts'

/** Whether a credential type is one that is asked for. */
export function isTypeRecordWanted({ record }: Row<'typ'>, { type }: ListQuery): boolean {
  return type === undefined || record.payload.body.vct === type
}
