import type { AccreditedType } from '@fujie/shared/core/record/accreditation.ts'
import type { ListQuery, Row } from './rows.ts'

/** Whether an accreditation is one that is asked for. */
export function isAccreditationWanted({ record }: Row<'acc'>, query: ListQuery): boolean {
  const { subject, types } = record.payload.body
  return (query.subject === undefined || query.subject === subject) && types.some((type) => isTypeWanted(type, query))
}

function isTypeWanted({ vct, regions, notBefore, notAfter }: AccreditedType, { type, region, at }: ListQuery): boolean {
  const typed = type === undefined || (vct.endsWith('*') ? type.startsWith(vct.slice(0, -1)) : type === vct)
  const placed = region === undefined || regions.some((each) => each === '*' || region.startsWith(each))
  return typed && placed && (at === undefined || (notBefore <= at && at < notAfter))
}
