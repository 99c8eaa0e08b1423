import { equalJwk, type PublicJwk } from '@fujie/shared/core/crypto/key.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import type { DocumentKey, OperationDocument } from '@fujie/shared/core/record/operation.ts'
import type { SignedRecord } from '@fujie/shared/core/record/record.ts'

/*
 * The document of an identity from one change to the next. A key is never struck out while something it signed may
 * still be judged: it stays with the time it ended, or marked as good for nothing.
 */

const uses = ['authentication', 'assertionMethod'] as const

/** How a key ends: at leisure, beside its successor for a while; now; now and for whatever it ever signed. */
export type KeyEnd = 'routine' | 'lost' | 'exposed'

export function firstDocument(key: PublicJwk, controller: readonly string[] = []): OperationDocument {
  return { keys: [{ id: 'k1', jwk: key, for: uses }], ...(controller.length === 0 ? {} : { controller }) }
}

/** What a record says the document is; none for one that closes the DID. */
export function documentIn(record: SignedRecord): OperationDocument | undefined {
  return 'doc' in record.payload ? record.payload.doc : undefined
}

/** Adds a key and ends those of `ending`; others stay as they are. */
export function rotated(
  doc: OperationDocument,
  ending: (key: DocumentKey) => boolean,
  how: KeyEnd,
  next: PublicJwk,
  now: Instant,
): { doc: OperationDocument; id: string } {
  const kept = doc.keys.map((key) => (isInUse(key, now) && ending(key) ? endKey(key, how, now) : settled(key, now)))
  const id = freeId(doc.keys)
  return { id, doc: { ...doc, keys: withRoom([...kept, { id, jwk: next, for: uses, from: now }]) } }
}

/**
 * The document after a DID was won back: as it was in an earlier version, or with all keys ended. Keys that came in
 * between are good for nothing, whatever they signed.
 */
export function wonBack(
  doc: OperationDocument,
  earlier: OperationDocument | undefined,
  next: PublicJwk,
  now: Instant,
): { doc: OperationDocument; id: string } {
  if (earlier === undefined) return rotated(doc, () => true, 'lost', next, now)
  const foreign = doc.keys.filter((key) => !earlier.keys.some(({ jwk }) => equalJwk(jwk, key.jwk)))
  const id = freeId([...earlier.keys, ...doc.keys])
  const taken = new Set(earlier.keys.map((key) => key.id))
  const marked = foreign
    .filter((key) => !taken.has(key.id))
    .map((key): DocumentKey => ({ ...key, for: [], retired: key.retired ?? now, compromised: true }))
  return {
    id,
    doc: { ...earlier, keys: withRoom([...earlier.keys, ...marked, { id, jwk: next, for: uses, from: now }]) },
  }
}

export function isInUse({ for: purposes, retired, compromised }: DocumentKey, now: Instant): boolean {
  return purposes.length > 0 && compromised !== true && (retired === undefined || retired > now)
}

function endKey(key: DocumentKey, how: KeyEnd, now: Instant): DocumentKey {
  if (how === 'routine') return { ...key, retired: key.retired ?? now + lifetimes.keyOverlap }
  const ended: DocumentKey = { ...key, for: [], retired: now }
  return how === 'lost' ? ended : { ...ended, compromised: true }
}

/** A key whose time beside its successor is over has no use left. */
function settled(key: DocumentKey, now: Instant): DocumentKey {
  return key.retired !== undefined && key.retired <= now ? { ...key, for: [] } : key
}

function freeId(keys: readonly DocumentKey[]): string {
  const numbers = keys.map(({ id }) => Number(/^k([0-9]{1,9})$/.exec(id)?.[1] ?? 0))
  return `k${Math.max(0, ...numbers) + 1}`
}

/**
 * A document holds sixteen keys. Those good for nothing go first: without them they are just as little believed.
 *
 * @throws Fault `limit.exceeded`: only keys remain that something may still be judged by
 */
function withRoom(keys: readonly DocumentKey[]): readonly DocumentKey[] {
  const over = keys.length - limits.documentKeys
  if (over <= 0) return keys
  const spent = keys.filter(({ compromised }) => compromised === true).slice(0, over)
  if (spent.length < over) throw new Fault('limit.exceeded', { limit: 'documentKeys' })
  return keys.filter((key) => !spent.includes(key))
}
