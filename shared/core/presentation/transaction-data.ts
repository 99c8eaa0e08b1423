import { sha256 } from '../crypto/hash.ts'
import { decodeBase64url, encodeBase64url } from '../encoding/base64url.ts'
import { utf8 } from '../encoding/bytes.ts'
import { isJsonArray, isJsonObject, parseJsonBytes, type Json, type JsonObject } from '../encoding/json.ts'
import { Fault, within } from '../fault.ts'
import { limits } from '../limits.ts'

/** The one type we know: an action a person confirms, shown word by word. */
export const confirmationType = 'urn:fujie:tx:confirm:1'

/** Something that is confirmed together with a presentation (OpenID4VP 1.0, 8.4). */
export interface TransactionData {
  /** The string as received: what is hashed. */
  readonly text: string
  /** Credential queries that may carry the confirmation. */
  readonly credentialIds: readonly string[]
  readonly action: string
  readonly lines: readonly { readonly label: string; readonly value: string }[]
}

const members = ['type', 'credential_ids', 'transaction_data_hashes_alg', 'action', 'lines']
const mostLines = 16

/**
 * Reads `transaction_data`; anything a person could not be shown in full is refused.
 *
 * @throws Fault `transaction_data.invalid`, `limit.exceeded`
 */
export function parseTransactionData(value: Json, queryIds: readonly string[]): readonly TransactionData[] {
  if (!isJsonArray(value) || value.length === 0) return invalid('array')
  if (value.length > limits.transactionData) throw new Fault('limit.exceeded', { limit: 'transaction data' })
  return value.map((text) => parseOne(text, queryIds))
}

function parseOne(text: Json, queryIds: readonly string[]): TransactionData {
  const bytes = typeof text === 'string' ? decodeBase64url(text) : undefined
  if (bytes === undefined) return invalid('base64url')
  const json = within('transaction_data.invalid', () => parseJsonBytes(bytes))
  if (!isJsonObject(json) || json.type !== confirmationType) return invalid('type')
  if (Object.keys(json).some((name) => !members.includes(name))) return invalid('member')
  const { credential_ids: ids, transaction_data_hashes_alg: hashes, action, lines } = json
  if (hashes !== undefined && !(isJsonArray(hashes) && hashes.includes('sha-256'))) return invalid('hash')
  if (!isJsonArray(ids) || ids.length === 0 || !ids.every((id) => queryIds.some((known) => known === id))) {
    return invalid('credential_ids')
  }
  if (typeof action !== 'string' || action === '') return invalid('action')
  if (!isJsonArray(lines) || lines.length > mostLines) return invalid('lines')
  return { text: text as string, credentialIds: ids as readonly string[], action, lines: lines.map(lineOf) }
}

function lineOf(line: Json): TransactionData['lines'][number] {
  if (!isJsonObject(line) || Object.keys(line).sort().join() !== 'label,value') return invalid('lines')
  const { label, value } = line
  return typeof label === 'string' && typeof value === 'string' ? { label, value } : invalid('lines')
}

function invalid(at: string): never {
  throw new Fault('transaction_data.invalid', { at })
}

/** The string that stands in the request. */
export function formatTransactionData({ credentialIds, action, lines }: Omit<TransactionData, 'text'>): string {
  const json: JsonObject = {
    type: confirmationType,
    credential_ids: credentialIds,
    action,
    lines: lines.map(({ label, value }) => ({ label, value })),
  }
  return encodeBase64url(utf8(JSON.stringify(json)))
}

/** What the key binding repeats: SHA-256 of the string as received, base64url. */
export function transactionDataHash({ text }: Pick<TransactionData, 'text'>): string {
  return encodeBase64url(sha256(utf8(text)))
}
