import { decodeBase45 } from '../core/encoding/base45.ts'
import { Fountain } from '../core/qr/fountain.ts'
import { qrModules, qrVersion, type Correction } from './qr-symbol.ts'

/** How an answer by QR is put on a screen (product design, 6.1). */
export type AnswerSymbol =
  { readonly kind: 'still'; readonly correction: Correction } | { readonly kind: 'moving'; readonly fountain: Fountain }

const prefix = 'FJP1:'

/** Symbols up to these versions are read at a counter: with the better correction up to 18, else up to 22. */
const largest = { M: 18, L: 22 } as const

/** One symbol where one that a counter reads holds the answer; else its bytes as a moving code. */
export function symbolOfAnswer(text: string): AnswerSymbol {
  const correction = (['M', 'L'] as const).find((each) => {
    const modules = qrModules(text, each)
    return modules !== undefined && qrVersion(modules) <= largest[each]
  })
  if (correction !== undefined) return { kind: 'still', correction }
  const bytes = decodeBase45(text.slice(prefix.length, -1))
  return { kind: 'moving', fountain: new Fountain('FJP1', bytes ?? new Uint8Array()) }
}
