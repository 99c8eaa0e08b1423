import { isJsonObject, type Json } from '@fujie/shared/core/encoding/json.ts'
import type { RecordView } from '../contract.ts'

/** What a record is about, for a line of a list. */
export interface Shown {
  /** DID of whoever signed it; none for the policy. */
  readonly by?: string
  readonly subject: string
}

/** Takes the name in the map apart again. */
export function shownName({ ns, name }: Pick<RecordView, 'ns' | 'name'>): Shown {
  if (ns === 'did' || ns === 'pol') return { subject: name }
  const [by = '', subject = '', purpose] = name.split(' ')
  return { by, subject: purpose === undefined ? subject : `${subject} ${purpose}` }
}

/** A long identifier by its first and last letters: enough to tell two apart in a list. */
export function shortened(text: string): string {
  return text
    .split(' ')
    .map((word) => (word.length > 30 ? `${word.slice(0, 14)}…${word.slice(-6)}` : word))
    .join(' ')
}

/** Whom a registration is of, and what people call it. */
export function registeredName(
  body: Json,
  language: 'zh-CN' | 'en',
): { readonly subject: string; readonly words: string } | undefined {
  if (!isJsonObject(body) || !isJsonObject(body.names)) return undefined
  const { subject } = body
  const words = body.names[language]
  return typeof subject === 'string' && typeof words === 'string' ? { subject, words } : undefined
}
