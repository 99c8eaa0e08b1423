import { t } from '@fujie/shared/ui/language.svelte.ts'
import type { FollowUpView, HistoryEntry } from '../engine/contract.ts'
import { inRow, inWords } from './in-words.ts'

/** What a person writes to have something deleted, or to report it; below it what tells which showing is meant. */
export function letterOf(kind: FollowUpView['kind'], entry: HistoryEntry, time: string, statement: string): string {
  const facts = {
    time,
    party: entry.party === undefined ? entry.host : inWords(entry.party),
    purpose: entry.purpose === undefined ? t('ask.none') : inWords(entry.purpose),
    items: entry.items.length === 0 ? t('ask.none') : inRow(entry.items),
  }
  const standing = t(`entry.standing.${entry.header ?? (entry.accredited ? 'accredited' : 'unknown')}`)
  const words =
    kind === 'erase' ? t('ask.letterErase', facts) : t('ask.letterReport', { ...facts, host: entry.host, standing })
  return `${words}\n${statement}`
}

/** Longer addresses are cut by some mail programs. */
const longestAddress = 1_900

/** A mail to begin with. A letter too long for an address is left to be pasted. */
export function mailAddress(to: string, subject: string, letter: string): string {
  const whole = `mailto:${to}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(letter)}`
  return whole.length <= longestAddress ? whole : `mailto:${to}?subject=${encodeURIComponent(subject)}`
}
