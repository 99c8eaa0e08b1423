import { language, t } from '@fujie/shared/ui/language.svelte.ts'
import type { DateView } from '../engine/contract.ts'
import { inWords } from './in-words.ts'

const noYear: Readonly<Record<'zh-CN' | 'en', Intl.DateTimeFormat>> = {
  'zh-CN': new Intl.DateTimeFormat('zh-CN', { month: 'long', day: 'numeric', timeZone: 'UTC' }),
  en: new Intl.DateTimeFormat('en-GB', { month: 'short', day: 'numeric', timeZone: 'UTC' }),
}

/** `「机动车驾驶证」将于 12月23日到期`: the day of a date that is near, without its year. */
export function sayEnd({ typeName, ends, days }: DateView): string {
  const type = inWords(typeName)
  if (days === 0) return t('dates.today', { type })
  const date = noYear[language.current].format(Date.parse(`${ends}T00:00:00Z`))
  return t(days < 0 ? 'dates.ended' : 'dates.on', { type, date: language.current === 'en' ? date : spaced(date) })
}

/** Chinese puts a blank between a number and what stands around it. */
function spaced(date: string): string {
  return date.replace(/\d+/g, ' $& ').replace(/ +/g, ' ').trim()
}
