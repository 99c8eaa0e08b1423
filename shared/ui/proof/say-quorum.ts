import { parseVerifierKey } from '../../core/log/note.ts'
import type { Quorum } from '../../core/log/quorum.ts'
import { say, type Language } from '../messages.ts'

/** A rule of who must sign, in words: “2 of w1, w2, w3; and a1”. */
export function sayQuorum(language: Language, quorum: Quorum): string {
  if ('vkey' in quorum) return parseVerifierKey(quorum.vkey).name
  const { threshold, members } = quorum
  const parts = members.map((member) => sayQuorum(language, member))
  if (threshold === members.length) return parts.join(say(language, 'proof.and'))
  return say(language, 'proof.someOf', { n: threshold, names: parts.join(language === 'en' ? ', ' : '、') })
}
