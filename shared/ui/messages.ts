import type { FaultCode } from '../core/fault.ts'
import type { FindingCode } from '../core/verdict.ts'
import { agency } from './messages/agency.ts'
import { counter } from './messages/counter.ts'
import { everywhere } from './messages/everywhere.ts'
import { faultWords, nextSteps } from './messages/fault-words.ts'
import { findingWords } from './messages/finding-words.ts'
import { reasonWords } from './messages/reason-words.ts'
import type { Holes, Row } from './messages/row.ts'
import { scan } from './messages/scan.ts'
import { walletDevices } from './messages/wallet-devices.ts'
import { walletHistory } from './messages/wallet-history.ts'
import { walletHosts } from './messages/wallet-hosts.ts'
import { walletIdentities } from './messages/wallet-identities.ts'
import { walletPapers } from './messages/wallet-papers.ts'
import { walletPresenting } from './messages/wallet-presenting.ts'
import { walletReceive } from './messages/wallet-receive.ts'
import { walletUpdate } from './messages/wallet-update.ts'
import { walletVault } from './messages/wallet-vault.ts'
import { wallet } from './messages/wallet.ts'
import { workbench } from './messages/workbench.ts'
import type { ReasonCode } from './reasons.ts'

export type Language = 'zh-CN' | 'en'

export const languages: readonly Language[] = ['zh-CN', 'en']

/** Every message, both languages side by side. */
export const catalogue = {
  ...everywhere,
  ...scan,
  ...wallet,
  ...walletHosts,
  ...walletVault,
  ...counter,
  ...agency,
  ...workbench,
  ...walletHistory,
  ...walletIdentities,
  ...walletPapers,
  ...walletPresenting,
  ...walletUpdate,
  ...walletDevices,
  ...walletReceive,
}

export type MessageKey = keyof typeof catalogue

type HolesOf<Key extends MessageKey> = Holes<(typeof catalogue)[Key]['zh']>

/** What a message asks for: nothing, or one object with a value for each hole. */
export type Params<Key extends MessageKey> = [HolesOf<Key>] extends [never]
  ? []
  : [params: Readonly<Record<HolesOf<Key>, string | number>>]

/** Messages that need no parameters, for places where the key itself is data. */
export type PlainKey = { [Key in MessageKey]: [HolesOf<Key>] extends [never] ? Key : never }[MessageKey]

type Values = Readonly<Record<string, string | number>>

/** The text of a message. Numbers are written as the language writes them. */
export function say<Key extends MessageKey>(language: Language, key: Key, ...params: Params<Key>): string {
  return fill(language, catalogue[key], params[0] ?? {})
}

export interface SaidFault {
  readonly words: string
  readonly next: string
}

/** What happened and what to do, for a fault. */
export function sayFault(language: Language, code: FaultCode): SaidFault {
  const row = faultWords[code]
  return { words: fill(language, row, {}), next: fill(language, nextSteps[row.next], {}) }
}

export function sayFinding(language: Language, code: FindingCode): string {
  return fill(language, findingWords[code], {})
}

/** Facts a reason may name: when, where, how many. */
export type ReasonFacts = Readonly<
  Partial<
    Record<
      'number' | 'solved' | 'total' | 'kind' | 'minutes' | 'time' | 'desk' | 'needed' | 'missing' | 'date' | 'hours',
      string | number
    >
  >
>

/** Headline and next step of a reason; facts in brackets only where all of them are known. */
export function sayReason(language: Language, code: ReasonCode, facts: ReasonFacts = {}): SaidFault {
  const { words, withFacts, next } = reasonWords[code][language === 'en' ? 'en' : 'zh']
  const known = withFacts !== undefined && holes(withFacts).every((name) => Object.hasOwn(facts, name))
  return { words: known ? write(language, withFacts, facts as Values) : words, next }
}

/** The names of the holes in a text. */
export function holes(text: string): readonly string[] {
  return Array.from(text.matchAll(/\{(\w+)\}/g), (match) => match[1] ?? '')
}

function fill(language: Language, row: Row, values: Values): string {
  if (language === 'zh-CN') return write(language, row.zh, values)
  if (typeof row.en === 'string') return write(language, row.en, values)
  const form = new Intl.PluralRules('en').select(Number(values.n))
  return write(language, form === 'one' ? row.en.one : row.en.other, values)
}

function write(language: Language, text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => {
    const value = values[name]
    if (value === undefined) return hole
    return typeof value === 'number' ? new Intl.NumberFormat(language).format(value) : value
  })
}
