import { say, sayFinding, type Language } from '@fujie/shared/ui/messages.ts'
import type { OfferView, RequestView, Words } from '../engine/contract.ts'
import { readSecretFile, type Terminal } from './terminal.ts'

/** A request for a person at a terminal: who, why, and every value that would leave. */
export function summaryOf(view: RequestView, language: Language): readonly string[] {
  const inWords = ({ zh, en }: Words) => (language === 'zh-CN' ? zh : en)
  const { verifier, host, purpose, parts, findings } = view
  const items = parts.flatMap(({ required, choices }) => (required ? (choices[0]?.items ?? []) : []))
  return [
    `${say(language, 'verifier.by')}: ${verifier === undefined ? host : `${inWords(verifier.name)} (${host})`}`,
    `${say(language, 'consent.why')}: ${purpose === undefined ? say(language, 'consent.why.unsaid') : inWords(purpose)}`,
    ...findings.map((code) => `! ${sayFinding(language, code)}`),
    `${say(language, 'consent.required')}:`,
    ...items.map(({ label, value, kind }) => `  ${inWords(label)}: ${kind === 'picture' ? '…' : inWords(value)}`),
  ].map(plain)
}

/** An offer for a person at a terminal: the agency as the registry names it, and what it would give. */
export function offerSummaryOf({ issuer, documents }: OfferView, language: Language): readonly string[] {
  const inWords = ({ zh, en }: Words) => (language === 'zh-CN' ? zh : en)
  const named = issuer.name === undefined ? issuer.host : `${inWords(issuer.name)} (${issuer.host})`
  return [`${say(language, 'issuer.by')}: ${named}`, ...documents.map(({ typeName }) => `  ${inWords(typeName)}`)].map(
    plain,
  )
}

/** Control characters of a value would draw on the terminal. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
}

/** Only the whole word counts. */
export async function isYes(language: Language, terminal: Terminal, word: 'share' | 'get' = 'share'): Promise<boolean> {
  const answer = await terminal.ask(`${say(language, `cli.wallet.${word}`)} `)
  const yes = `cli.wallet.${word}.yes` as const
  return [say('zh-CN', yes), say('en', yes)].includes(answer.trim().toLowerCase())
}

/** The show PIN, from the file the environment names, else typed. */
export async function askPin(language: Language, terminal: Terminal): Promise<string> {
  const file = process.env.FUJIE_WALLET_PIN_FILE
  if (file !== undefined) return readSecretFile(file)
  return terminal.askSecret(`${say(language, 'consent.pin')}: `)
}
