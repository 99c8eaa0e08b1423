import type { Instant, Seconds } from '../core/instant.ts'
import { say, type Language } from './messages.ts'

const day: Readonly<Record<Language, Intl.DateTimeFormatOptions>> = {
  'zh-CN': { year: 'numeric', month: 'long', day: 'numeric' },
  en: { year: 'numeric', month: 'short', day: 'numeric' },
}

/** British order in English: 23 Nov 2026. */
const locale: Readonly<Record<Language, string>> = { 'zh-CN': 'zh-CN', en: 'en-GB' }

const join: Readonly<Record<Language, string>> = { 'zh-CN': ' ', en: ', ' }

/** `2026年11月23日`, `23 Nov 2026`. Without a zone, that of the reader. */
export function sayDate(language: Language, at: Instant, timeZone?: string): string {
  return new Intl.DateTimeFormat(locale[language], { ...day[language], ...zone(timeZone) }).format(at * 1000)
}

/** `16:05` */
export function sayTime(language: Language, at: Instant, timeZone?: string): string {
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...zone(timeZone) } as const
  return new Intl.DateTimeFormat(locale[language], clock).format(at * 1000)
}

/** `2026年11月23日 16:05`, `23 Nov 2026, 16:05` */
export function sayDateTime(language: Language, at: Instant, timeZone?: string): string {
  return sayDate(language, at, timeZone) + join[language] + sayTime(language, at, timeZone)
}

/** A calendar date as documents carry it, `1990-03-07`; anything else is given back as it came. */
export function sayCalendarDate(language: Language, text: string): string {
  if (text === 'long_term') return say(language, 'longTerm')
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN
  return Number.isNaN(at) ? text : sayDate(language, at / 1000, 'UTC')
}

/** `3 分钟前`, `3 min ago`: how old something is, in the largest whole unit. */
export function sayAge(language: Language, seconds: Seconds): string {
  if (seconds < 10) return say(language, 'age.now')
  if (seconds < 60) return say(language, 'age.seconds', { n: Math.floor(seconds) })
  if (seconds < 3600) return say(language, 'age.minutes', { n: Math.floor(seconds / 60) })
  if (seconds < 48 * 3600) return say(language, 'age.hours', { n: Math.floor(seconds / 3600) })
  return say(language, 'age.days', { n: Math.floor(seconds / 86_400) })
}

function zone(timeZone: string | undefined): { timeZone?: string } {
  return timeZone === undefined ? {} : { timeZone }
}
