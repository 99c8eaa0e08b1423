import { sayAge, sayCalendarDate, sayDate } from '@fujie/shared/ui/dates.ts'
import type { ClaimRow } from '@fujie/shared/ui/claim-row.ts'
import { say, type Language, type ReasonFacts } from '@fujie/shared/ui/messages.ts'
import type { CheckResult, FieldView, PurposeView } from '../contract.ts'

/** Items of a document as rows, values in the reader's language. */
export function rowsOf(language: Language, fields: readonly FieldView[]): readonly ClaimRow[] {
  return fields.map((field) => ({
    name: field.name,
    label: field.label[language],
    value: valueOf(language, field),
    ...(field.masked ? { masked: true } : {}),
  }))
}

function valueOf(language: Language, { kind, value }: FieldView): string {
  switch (kind) {
    case 'text':
      return value
    case 'date':
      return sayCalendarDate(language, value)
    case 'gender':
      return value === '1' || value === '2' || value === '9' ? say(language, `gender.${value}`) : value
    case 'yes_no':
      return say(language, value === 'true' ? 'yes' : 'no')
  }
}

/** What stands below the items, in one line: who issued it, how fresh its status is, that it was shown just now. */
export function lineOf(language: Language, { issuer, statusAge, outcome }: CheckResult): string | undefined {
  const parts = [
    ...(issuer === undefined ? [] : [say(language, 'verdict.issuer', { issuer })]),
    ...(outcome !== 'accepted' || statusAge === undefined
      ? []
      : [say(language, 'verdict.notRevoked', { age: sayAge(language, statusAge) })]),
    ...(outcome === 'accepted' ? [say(language, 'verdict.live')] : []),
  ]
  return parts.length === 0 ? undefined : parts.join(' · ')
}

/** When, where, how many: what a reason may name. */
export function factsOf(language: Language, result: CheckResult, purpose: PurposeView | undefined): ReasonFacts {
  const { missing, date, statusAge } = result
  return {
    ...(purpose === undefined ? {} : { needed: purpose.document[language] }),
    ...(missing === undefined || missing.length === 0
      ? {}
      : {
          missing: join(
            language,
            missing.map((each) => each[language]),
          ),
        }),
    ...(date === undefined ? {} : { date: sayDate(language, date) }),
    ...(statusAge === undefined ? {} : { hours: Math.floor(statusAge / 3600) }),
  }
}

/** `姓名、证件号`, `Name, ID number` */
export function join(language: Language, words: readonly string[]): string {
  return words.join(language === 'zh-CN' ? '、' : ', ')
}
