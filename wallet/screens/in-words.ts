import { language } from '@fujie/shared/ui/language.svelte.ts'
import type { Words } from '../engine/contract.ts'

/** What somebody published, in the page's language. */
export function inWords(words: Words): string {
  return language.current === 'en' ? words.en : words.zh
}

/** Several names in a row: `姓名、证件号码`, `name, number`. */
export function inRow(words: readonly Words[]): string {
  return words.map(inWords).join(language.current === 'en' ? ', ' : '、')
}
