import { say, sayFinding, type Language } from '@fujie/shared/ui/messages.ts'
import type { RequestView, Words } from '../engine/contract.ts'
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

/** Control characters of a value would draw on the terminal. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
}

/** Only the whole word counts. */
export async function isYes(language: Language, terminal: Terminal): Promise<boolean> {
  const answer = await terminal.ask(`${say(language, 'cli.wallet.share')} `)
  return [say('zh-CN', 'cli.wallet.yes'), say('en', 'cli.wallet.yes')].includes(answer.trim().toLowerCase())
}

/** The show PIN, from the file the environment names, else typed. */
export async function askPin(language: Language, terminal: Terminal): Promise<string> {
  const file = process.env.FUJIE_WALLET_PIN_FILE
  if (file !== undefined) return readSecretFile(file)
  return terminal.askSecret(`${say(language, 'consent.pin')}: `)
}
