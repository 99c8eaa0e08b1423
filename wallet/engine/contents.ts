import * as z from 'zod/mini'
import { utf8, utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { StoreName } from './vault-record.ts'
import type { Vault, VaultChange } from './vault.ts'

/*
 * What the records of each store say. The vault proves them its own; the schemas only keep an engine from reading what
 * another version wrote differently.
 */

const words = z.object({ zh: z.string(), en: z.string() })
const instant = z.int().check(z.gte(0))

/** Store `documents`: one document of a person, whatever editions and copies it comes in. */
export const storedDocument = z.object({
  id: z.string(),
  /** `vct` of the full edition. */
  type: z.string(),
  counterType: z.optional(z.string()),
  /** `vct#integrity` of both editions' metadata: the description the holder received it under. */
  metadata: z.record(z.string(), z.string()),
  issuer: z.object({ id: z.string(), did: z.string(), host: z.string(), name: z.optional(words) }),
  receivedAt: instant,
  state: z.enum(['valid', 'suspended', 'revoked', 'unknown']),
  stateAt: z.optional(instant),
})
export type StoredDocument = z.output<typeof storedDocument>

/** Store `copies`: one credential with a key of its own. */
export const storedCopy = z.object({
  id: z.string(),
  document: z.string(),
  edition: z.enum(['full', 'counter']),
  /** Compact SD-JWT as issued, every disclosure included. */
  credential: z.string(),
  key: z.string(),
  /** Showings begun with it; written before each. */
  used: z.int(),
  /** Client ids it was shown to, as digests: an emptied stock serves each verifier the copy it knows already. */
  shownTo: z.array(z.string()),
  expires: z.optional(instant),
})
export type StoredCopy = z.output<typeof storedCopy>

/** Store `keys`. */
export const storedKey = z.object({
  publicJwk: z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string() }),
  d: z.string(),
})

/** Store `settings`, record `settings`. */
export const storedSettings = z.object({
  language: z.enum(['zh-CN', 'en']),
  theme: z.enum(['system', 'light', 'dark', 'contrast']),
  elder: z.boolean(),
  autoLock: z.union([z.literal(1), z.literal(5), z.literal(15), z.literal(30)]),
})

/** Store `settings`, record `wallet`. */
export const storedWallet = z.object({ createdAt: instant, wordsChecked: z.boolean() })

/** Reads one record of a store; undefined if it is not there. @throws Fault `vault.tampered` */
export function readRecord<T>(vault: Vault, store: StoreName, id: string, schema: z.ZodMiniType<T>): T | undefined {
  const bytes = vault.get(store, id)
  return bytes && decodeValue(bytes, schema)
}

/** Reads every record of a store whose id begins with `prefix`, in order of ids. @throws Fault `vault.tampered` */
export function readRecords<T>(vault: Vault, store: StoreName, schema: z.ZodMiniType<T>, prefix = ''): T[] {
  const found = [...vault.all(store)].filter(([id]) => id.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1))
  return found.map(([, bytes]) => decodeValue(bytes, schema))
}

export function keep(store: StoreName, id: string, value: unknown): VaultChange {
  return { store, id, value: utf8(JSON.stringify(value)) }
}

export function drop(store: StoreName, id: string): VaultChange {
  return { store, id, value: undefined }
}

function decodeValue<T>(bytes: Uint8Array, schema: z.ZodMiniType<T>): T {
  const read = schema.safeParse(parse(bytes))
  if (!read.success) throw new Fault('vault.tampered', { part: 'value' })
  return read.data
}

// Ours, sealed by the vault: the strict reader's bounds are for strangers.
function parse(bytes: Uint8Array): unknown {
  return JSON.parse(utf8Text(bytes) ?? 'null')
}
