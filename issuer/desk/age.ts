import type { Instant } from '@fujie/shared/core/instant.ts'

const secondsADay = 86_400

/**
 * Whole years of age at an instant, in civil days of China (UTC+8), where a person comes of age on the birthday itself.
 *
 * @param birthdate YYYY-MM-DD
 */
export function ageAt(birthdate: string, at: Instant): number {
  const [year, month, day] = birthdate.split('-').map(Number) as [number, number, number]
  const today = civilDate(Math.floor((at + 8 * 3_600) / secondsADay))
  const reached = today.month > month || (today.month === month && today.day >= day)
  return today.year - year - (reached ? 0 : 1)
}

/** The proleptic Gregorian date of a day counted from 1970-01-01, by eras of 400 years. */
function civilDate(days: number): { readonly year: number; readonly month: number; readonly day: number } {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  }
}
