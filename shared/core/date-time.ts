import type { Json } from './encoding/json.ts'
import { isInstant, type Instant } from './instant.ts'

const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/

/**
 * The instant of an `xsd:dateTimeStamp` (XML Schema 1.1 Part 2, 3.4.28): date, time and zone, all of them there.
 *
 * A fraction of a second is rounded `up` or `down`. Undefined for days and hours no calendar has, for a leap second,
 * and for anything before 1970.
 */
export function instantOfDateTime(value: Json | undefined, round: 'up' | 'down'): Instant | undefined {
  if (typeof value !== 'string' || !form.test(value)) return undefined
  const year = 100 * pairAt(value, 0) + pairAt(value, 2)
  const [month, day] = [pairAt(value, 5), pairAt(value, 8)]
  const [hour, minute, second] = [pairAt(value, 11), pairAt(value, 14), pairAt(value, 17)]
  if (year < 1970 || day < 1 || day > daysIn(month, year) || hour > 23 || minute > 59 || second > 59) return undefined
  const zone = value.endsWith('Z') ? value.length - 1 : value.length - 6
  const offset = offsetAt(value, zone)
  if (offset === undefined) return undefined
  const hasFraction = round === 'up' && Number(`0${value.slice(19, zone)}`) > 0
  const instant = Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - offset + (hasFraction ? 1 : 0)
  return isInstant(instant) ? instant : undefined
}

/** Two digits as a number. */
function pairAt(text: string, at: number): number {
  return 10 * text.charCodeAt(at) + text.charCodeAt(at + 1) - 11 * 48
}

const days: readonly number[] = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** None in a month that there is not. */
function daysIn(month: number, year: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 && isLeap ? 29 : (days[month] ?? 0)
}

/** Seconds ahead of UTC, at most 14 hours either way. */
function offsetAt(text: string, zone: number): number | undefined {
  if (text.charAt(zone) === 'Z') return 0
  const [hours, minutes] = [pairAt(text, zone + 1), pairAt(text, zone + 4)]
  const seconds = hours * 3_600 + minutes * 60
  if (minutes > 59 || seconds > 14 * 3_600) return undefined
  return text.charAt(zone) === '-' ? -seconds : seconds
}

/** An instant as `xsd:dateTimeStamp` in UTC. */
export function formatDateTime(at: Instant): string {
  return new Date(at * 1000).toISOString().replace('.000Z', 'Z')
}
