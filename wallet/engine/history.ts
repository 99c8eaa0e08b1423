import * as z from 'zod/mini'
import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8, utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { isFaultCode } from '@fujie/shared/core/fault.ts'
import { isFindingCode } from '@fujie/shared/core/verdict.ts'
import type { HistoryEntry } from './contract.ts'
import { readRecords } from './contents.ts'
import type { Vault, VaultChange } from './vault.ts'

const words = z.object({ zh: z.string(), en: z.string() })

/** Item names, never values: what happened must be told without telling what was shown. */
const storedEntry = z.object({
  id: z.string(),
  at: z.int(),
  kind: z.enum(['received', 'shared', 'refused', 'declined', 'failed', 'removed', 'identity']),
  party: z.optional(words),
  host: z.string(),
  accredited: z.boolean(),
  purpose: z.optional(words),
  documents: z.readonly(z.array(words)),
  items: z.readonly(z.array(words)),
  deleteBy: z.optional(z.int()),
  code: z.optional(z.custom<HistoryEntry['code']>((code) => isFaultCode(code) || isFindingCode(code))),
  /** Hash of the entry before, as it was written; of nothing for the first. */
  before: z.string(),
})
type StoredEntry = z.output<typeof storedEntry>

const pageLength = 50
const idDigits = 10

/** The change that adds one entry on top of those there are: for a commit by function, whose turn it is. */
export function addHistory(vault: Vault, entry: Omit<HistoryEntry, 'id'>): VaultChange {
  const [newest] = [...vault.all('history')].sort(([a], [b]) => (a < b ? 1 : -1))
  const id = String(newest === undefined ? 1 : Number(newest[0]) + 1).padStart(idDigits, '0')
  const stored: StoredEntry = { ...entry, id, before: hashOf(newest?.[1] ?? new Uint8Array(0)) }
  return { store: 'history', id, value: utf8(JSON.stringify(stored)) }
}

/** One page, newest first, and whether every entry ever written still stands as it was. */
export function listHistory(
  vault: Vault,
  before: string | undefined,
): { readonly entries: HistoryEntry[]; readonly more: boolean; readonly intact: boolean } {
  const entries = readRecords(vault, 'history', storedEntry).reverse()
  const older = before === undefined ? entries : entries.filter(({ id }) => id < before)
  const page = older.slice(0, pageLength).map(({ before: _hash, ...entry }) => entry)
  return { entries: page, more: older.length > pageLength, intact: isIntact(vault) }
}

function isIntact(vault: Vault): boolean {
  const written = [...vault.all('history')].sort(([a], [b]) => (a < b ? -1 : 1))
  let before = hashOf(new Uint8Array(0))
  return written.every(([id, bytes], i) => {
    const entry = storedEntry.safeParse(JSON.parse(utf8Text(bytes) ?? 'null'))
    const follows = entry.success && entry.data.before === before && Number(id) === i + 1
    before = hashOf(bytes)
    return follows
  })
}

function hashOf(bytes: Uint8Array): string {
  return encodeBase64url(sha256(bytes))
}
