import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8, utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { HistoryEntry, HistoryKind } from './contract.ts'
import { drop, keep, readRecords } from './contents.ts'
import { erasedEntry, followUpPrefix, storedEntry, storedFollowUp, type StoredEntry } from './contents-history.ts'
import type { Vault, VaultChange } from './vault.ts'

/** An entry as those write it who did what it tells. */
export type NewEntry = Omit<StoredEntry, 'id' | 'before'>

const pageLength = 50
const idDigits = 10
const entryId = /^\d{10}$/

/** The change that adds one entry on top of those there are: for a commit by function, whose turn it is. */
export function addHistory(vault: Vault, entry: NewEntry): VaultChange {
  const newest = chainOf(vault).at(-1)
  const id = String(newest === undefined ? 1 : Number(newest.id) + 1).padStart(idDigits, '0')
  const stored: StoredEntry = { ...entry, id, before: newest?.digest ?? hashOfNothing() }
  return { store: 'history', id, value: utf8(JSON.stringify(stored)) }
}

/**
 * The changes that delete what an entry tells. Its digest takes its place, so that the chain can still be checked; what
 * was set going about it goes too.
 *
 * @throws Fault `history.not_found`
 */
export function eraseHistory(vault: Vault, id: string): VaultChange[] {
  const link = chainOf(vault).find((each) => each.id === id)
  if (link?.entry === undefined) throw new Fault('history.not_found')
  const followUps = [...vault.all('history').keys()].filter((key) => key.startsWith(`${followUpPrefix}${id}/`))
  return [
    keep('history', id, { id, before: link.before, erased: link.digest }),
    ...followUps.map((key) => drop('history', key)),
  ]
}

/** Which entries are wanted. */
export interface HistoryQuery {
  /** Id of the last one seen. */
  readonly before?: string | undefined
  readonly party?: string | undefined
  readonly kind?: HistoryKind | undefined
}

export interface HistoryPage {
  readonly entries: HistoryEntry[]
  readonly more: boolean
  readonly intact: boolean
  readonly erased: number
}

/** One page, newest first, and whether every entry ever written still stands as it was. */
export function listHistory(vault: Vault, { before, party, kind }: HistoryQuery = {}): HistoryPage {
  const chain = chainOf(vault)
  const found = entriesOf(chain)
    .reverse()
    .filter((entry) => before === undefined || entry.id < before)
    .filter(
      (entry) => (party === undefined || partyKey(entry) === party) && (kind === undefined || entry.kind === kind),
    )
  return {
    entries: found.slice(0, pageLength).map((entry) => viewEntry(vault, entry)),
    more: found.length > pageLength,
    intact: isIntact(chain),
    erased: chain.filter(({ entry }) => entry === undefined).length,
  }
}

/** @throws Fault `history.not_found` */
export function getHistory(vault: Vault, id: string): HistoryEntry {
  return viewEntry(vault, findEntry(vault, id))
}

/** @throws Fault `history.not_found` */
export function findEntry(vault: Vault, id: string): StoredEntry {
  const found = entryId.test(id) ? readLink(vault, id)?.entry : undefined
  if (found === undefined) throw new Fault('history.not_found')
  return found
}

/** Everything there is, oldest first, with the digest that stands for the whole of it. */
export function wholeHistory(vault: Vault): {
  readonly entries: readonly HistoryEntry[]
  readonly links: readonly { readonly id: string; readonly digest: string }[]
  readonly intact: boolean
} {
  const chain = chainOf(vault)
  return {
    entries: entriesOf(chain).map((entry) => viewEntry(vault, entry)),
    links: chain.map(({ id, digest }) => ({ id, digest })),
    intact: isIntact(chain),
  }
}

/** Everybody named, latest first. */
export function partiesOf(vault: Vault): { key: string; name?: HistoryEntry['party']; host: string }[] {
  const found = new Map<string, StoredEntry>()
  for (const entry of entriesOf(chainOf(vault)).reverse()) {
    if (!found.has(partyKey(entry))) found.set(partyKey(entry), entry)
  }
  return [...found].map(([key, { party, host }]) => ({
    ...{ key, host },
    ...(party === undefined ? {} : { name: party }),
  }))
}

/** One party has one name in the registry; who has none is known by the host alone. */
function partyKey({ party, host }: StoredEntry): string {
  return party === undefined ? `host ${host}` : `name ${party.zh}`
}

function viewEntry(vault: Vault, { before: _before, receipt, ...entry }: StoredEntry): HistoryEntry {
  const followUps = readRecords(vault, 'history', storedFollowUp, `${followUpPrefix}${entry.id}/`)
  return {
    ...entry,
    ...(receipt === undefined ? {} : { receipt: withoutKeys(receipt) }),
    ...(followUps.length === 0 ? {} : { followUps }),
  }
}

function withoutKeys({ keys: _keys, ...receipt }: NonNullable<StoredEntry['receipt']>): HistoryEntry['receipt'] {
  return receipt
}

/** One record of the chain. Without `entry`: the person deleted it. */
interface Link {
  readonly id: string
  readonly before: string
  /** Hash of the entry as it was written. */
  readonly digest: string
  readonly entry?: StoredEntry
}

/** Oldest first. What cannot be read has a digest nothing continues. */
function chainOf(vault: Vault): Link[] {
  const ids = [...vault.all('history').keys()].filter((id) => entryId.test(id)).sort()
  return ids.map((id) => readLink(vault, id) ?? { id, before: '', digest: '' })
}

function readLink(vault: Vault, id: string): Link | undefined {
  const bytes = vault.get('history', id)
  const value = bytes && parse(bytes)
  const erased = erasedEntry.safeParse(value)
  if (erased.success) return { id, before: erased.data.before, digest: erased.data.erased }
  const read = storedEntry.safeParse(value)
  if (!read.success || bytes === undefined) return undefined
  return { id, before: read.data.before, digest: hashOf(bytes), entry: read.data }
}

function entriesOf(chain: readonly Link[]): StoredEntry[] {
  return chain.flatMap(({ entry }) => entry ?? [])
}

function isIntact(chain: readonly Link[]): boolean {
  return chain.every((link, i) => {
    const expected = i === 0 ? hashOfNothing() : chain[i - 1]?.digest
    return link.before === expected && Number(link.id) === i + 1 && (link.entry?.id ?? link.id) === link.id
  })
}

function parse(bytes: Uint8Array): unknown {
  return JSON.parse(utf8Text(bytes) ?? 'null')
}

function hashOfNothing(): string {
  return hashOf(new Uint8Array(0))
}

function hashOf(bytes: Uint8Array): string {
  return encodeBase64url(sha256(bytes))
}
