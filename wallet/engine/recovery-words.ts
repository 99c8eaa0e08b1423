import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39'
import { wordlist as english } from '@scure/bip39/wordlists/english.js'
import { wordlist as chinese } from '@scure/bip39/wordlists/simplified-chinese.js'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Random } from '@fujie/shared/ports/random.ts'

export type WordLanguage = 'zh-CN' | 'en'
const lists = { 'zh-CN': chinese, en: english }

/** The 24 words (BIP-39) of 32 bytes of entropy. */
export function wordsOf(entropy: Uint8Array, language: WordLanguage): string[] {
  return entropyToMnemonic(entropy, lists[language]).split(' ')
}

/**
 * The entropy behind words typed in either language. Chinese may be written without blanks.
 *
 * @throws Fault `vault.wrong_passphrase`
 */
export function entropyOfWords(text: string): Uint8Array {
  const folded = text.normalize('NFKD').trim().toLowerCase()
  const chineseWords = folded.replace(/\s+/gu, '')
  const attempts: readonly (readonly [string, readonly string[]])[] = [
    [folded.split(/\s+/u).join(' '), english],
    [[...chineseWords].join(' '), chinese],
  ]
  for (const [phrase, list] of attempts) {
    const entropy = entropyOf(phrase, list)
    if (entropy !== undefined) return entropy
  }
  throw new Fault('vault.wrong_passphrase', { words: true })
}

/** Places in the list of the 24 words behind some entropy, the same in either language. */
export function wordPlaces(entropy: Uint8Array): number[] {
  return wordsOf(entropy, 'en').map((word) => english.indexOf(word))
}

/** The place of a typed word in the list of either language; undefined if it stands in neither. */
export function wordPlace(word: string): number | undefined {
  const folded = word.normalize('NFKD').trim().toLowerCase()
  const found = [english, chinese].map((list) => list.indexOf(folded)).find((place) => place >= 0)
  return found
}

function entropyOf(phrase: string, list: readonly string[]): Uint8Array | undefined {
  try {
    const entropy = mnemonicToEntropy(phrase, [...list])
    return entropy.length === 32 ? entropy : undefined
  } catch {
    return undefined
  }
}

/** A passphrase of six words: 66 bits. */
export function proposePassphrase(random: Random, language: WordLanguage): string {
  const bytes = random.bytes(12)
  const pick = (i: number) => (((bytes[2 * i] as number) << 8) | (bytes[2 * i + 1] as number)) % 2_048
  const words = Array.from({ length: 6 }, (_, i) => lists[language][pick(i)] as string)
  return words.join(' ')
}

const known: ReadonlySet<string> = new Set([...english, ...chinese])

export function isListWord(word: string): boolean {
  return known.has(word)
}
