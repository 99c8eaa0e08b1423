import type { Json } from './encoding/json.ts'
import { isInstant, type Instant } from './instant.ts'

const form = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?(?:Z|([+-])(\d{2}):(\d{2}))$/

/**
 * The instant of an `xsd:dateTimeStamp` (XML Schema 1.1 Part 2, 3.4.28): date, time and zone, all of them there.
 *
 * A fraction of a second is rounded `up` or `down`. Undefined for days and hours no calendar has, for a leap second,
 * and for anything before 1970.
 */
export function instantOfDateTime(value: Json | undefined, round: 'up' | 'down'): Instant | undefined {
  const found = typeof value === 'string' ? form.exec(value) : null
  if (found === null) return undefined
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number) as Six
  const time = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  if (year < 1970 || !isSpelled(time, month, day) || hour > 23 || minute > 59 || second > 59) return undefined
  const offset = offsetOf(found[8], Number(found[9] ?? 0), Number(found[10] ?? 0))
  if (offset === undefined) return undefined
  const hasFraction = round === 'up' && Number(found[7] ?? 0) > 0
  const instant = time.getTime() / 1000 - offset + (hasFraction ? 1 : 0)
  return isInstant(instant) ? instant : undefined
}

type Six = [number, number, number, number, number, number]

/** The 30th of February is another day by the calendar. */
function isSpelled(time: Date, month: number, day: number): boolean {
  return time.getUTCMonth() === month - 1 && time.getUTCDate() === day
}

/** Seconds ahead of UTC, at most 14 hours either way. */
function offsetOf(sign: string | undefined, hours: number, minutes: number): number | undefined {
  const seconds = hours * 3_600 + minutes * 60
  if (minutes > 59 || seconds > 14 * 3_600) return undefined
  return sign === '-' ? -seconds : seconds
}

/** An instant as `xsd:dateTimeStamp` in UTC. */
export function formatDateTime(at: Instant): string {
  return new Date(at * 1000).toISOString().replace('.000Z', 'Z')
}
