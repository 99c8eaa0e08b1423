import type { ListQuery, Row } from './rows.ts'

/** Whether a verifier's registration is one that is asked for. */
export function isRegistrationWanted({ record }: Row<'ver'>, { subject, at }: ListQuery): boolean {
  const { body } = record.payload
  return (
    (subject === undefined || body.subject === subject) &&
    (at === undefined || (body.notBefore <= at && at < body.notAfter))
  )
}
