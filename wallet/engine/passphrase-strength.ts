import { isListWord } from './recovery-words.ts'

/** Fewer bits than this are refused: at the cost of a guess, 40 bits are some 40 years of a graphics processor. */
export const leastBits = 40

/** What everybody tries first; each counts as one easy pick. */
const common = [
  'password',
  'passwort',
  'passw0rd',
  'qwertyuiop',
  'qwerty',
  'asdfghjkl',
  'asdfgh',
  'zxcvbnm',
  'zxcvbn',
  '1qaz2wsx',
  'iloveyou',
  'letmein',
  'welcome',
  'admin',
  'woaini',
  'aini',
  '5201314',
  '1314520',
  '147258369',
  '123456789',
  '123456',
  '666666',
  '888888',
  'fujie',
  '符节',
  'dragon',
  'monkey',
  'abc123',
]

/**
 * A low guess at the bits of a passphrase. Words of the list count 11 bits, the first time; other characters by their
 * class, repeats and runs 1 bit, what everybody tries 6, years 7.
 */
export function passphraseBits(passphrase: string): number {
  const text = passphrase.normalize('NFKC').trim().toLowerCase()
  const words = text.split(/[\s\-_.,]+/u).filter((word) => word !== '')
  const seen = new Set<string>()
  let bits = 0
  for (const word of words) {
    if (seen.has(word)) continue
    seen.add(word)
    bits += isListWord(word) ? 11 : characterBits(word)
  }
  return Math.floor(bits)
}

function characterBits(word: string): number {
  let rest = word
  let bits = 0
  for (const easy of common) {
    if (!rest.includes(easy)) continue
    rest = rest.replaceAll(easy, '\0')
    bits += 6
  }
  for (const year of rest.match(/(?:19|20)\d\d(?:[01]\d(?:[0-3]\d)?)?/gu) ?? []) {
    rest = rest.replace(year, '\0')
    bits += year.length === 4 ? 7 : 14
  }
  const letters = [...rest]
  return letters.reduce((sum, letter, i) => sum + letterBits(letter, letters[i - 1]), bits)
}

function letterBits(letter: string, before: string | undefined): number {
  if (letter === '\0') return 0
  const step = before === undefined ? undefined : (letter.codePointAt(0) as number) - (before.codePointAt(0) as number)
  if (step !== undefined && Math.abs(step) <= 1) return 1
  if (/\d/u.test(letter)) return 3.3
  if (/[a-z]/u.test(letter)) return 3.5
  return /\p{Script=Han}/u.test(letter) ? 7 : 5
}
