import * as z from 'zod/mini'
import { utf8, utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault, isFaultCode, type FaultCode } from '@fujie/shared/core/fault.ts'
import { isFindingCode, type FindingCode } from '@fujie/shared/core/verdict.ts'
import { receiveStep } from './contract/receive-step.ts'
import type { StoreName } from './vault-record.ts'
import type { Vault, VaultChange } from './vault.ts'

/** Where records are read from: a vault, or a backup of one. */
export type Records = Pick<Vault, 'get' | 'all'>

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
  /** Whom it is about: a renewal takes the place of the document with the same. */
  subject: z.string(),
  receivedAt: instant,
  state: z.enum(['valid', 'suspended', 'revoked', 'unknown']),
  stateAt: z.optional(instant),
  /** The first instant at which it no longer holds: of its edition or of what it says itself, whichever is earlier. */
  ends: z.optional(instant),
  /** The right to come again for it. */
  grant: z.optional(z.string()),
  /** By these its issuer knows what was delivered (OpenID4VCI 1.0, 11). */
  notifications: z.optional(z.array(z.string())),
  /** When more copies are to be fetched: drawn at random, so that no showing can be read from it. */
  refillAt: z.optional(instant),
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

const storedAuthorization = z.object({
  /** Gone once an answer came: there is no second one. */
  state: z.optional(z.string()),
  verifier: z.string(),
  /** Key that the code is bound to. */
  key: z.string(),
  server: z.string(),
  namesItself: z.boolean(),
  url: z.optional(z.string()),
  expires: z.optional(instant),
  code: z.optional(z.string()),
})

/**
 * Store `settings`, records `receipt/<id>`: an offer under way. Whatever the issuer gave once is written down before
 * anything else is done with it, so that closing the wallet at any moment loses nothing.
 */
export const storedReceipt = z.object({
  id: z.string(),
  openedAt: instant,
  issuer: z.string(),
  did: z.optional(z.string()),
  names: z.optional(words),
  proof: z.optional(z.object({ size: z.int(), age: z.int() })),
  accredited: z.boolean(),
  /** Absent: by the code of the offer. `code`: the person agrees on the agency's page. */
  flow: z.optional(z.literal('code')),
  issuerState: z.optional(z.string()),
  /** What was asked of the agency's page, and what came back from it. */
  authorization: z.optional(storedAuthorization),
  /** What the offer was redeemed for. */
  grant: z.optional(z.string()),
  /** The document it takes the place of, or whose stock it fills up. */
  renews: z.optional(z.string()),
  refill: z.optional(z.boolean()),
  /** The code of the offer; gone once it was redeemed. */
  code: z.optional(z.string()),
  server: z.optional(z.string()),
  txCode: z.optional(z.object({ length: z.int(), tried: z.int() })),
  /** One a credential configuration. */
  batches: z.array(
    z.object({
      configuration: z.string(),
      type: z.string(),
      edition: z.enum(['full', 'counter']),
      copies: z.int(),
      /** Ids of the keys made for it. */
      keys: z.array(z.string()),
      credentials: z.optional(z.array(z.string())),
      /** By which the token names it (OpenID4VCI 1.0, 6.2). */
      identifier: z.optional(z.string()),
      /** The agency is looking at it: under this name it is asked for again, not before `interval` seconds. */
      transaction: z.optional(z.object({ id: z.string(), interval: z.number() })),
      notification: z.optional(z.string()),
    }),
  ),
  /** As it was kept before there were grants. */
  token: z.optional(z.object({ text: z.string(), expires: instant, key: z.string() })),
  step: receiveStep,
  fault: z.optional(z.custom<FaultCode>(isFaultCode)),
  findings: z.array(z.custom<FindingCode>(isFindingCode)),
  kept: z.array(z.string()),
})
export type StoredReceipt = z.output<typeof storedReceipt>

/** Reads one record of a store; undefined if it is not there. @throws Fault `vault.tampered` */
export function readRecord<T>(
  records: Pick<Records, 'get'>,
  store: StoreName,
  id: string,
  schema: z.ZodMiniType<T>,
): T | undefined {
  const bytes = records.get(store, id)
  return bytes && decodeValue(bytes, schema)
}

/** Reads every record of a store whose id begins with `prefix`, in order of ids. @throws Fault `vault.tampered` */
export function readRecords<T>(records: Records, store: StoreName, schema: z.ZodMiniType<T>, prefix = ''): T[] {
  const found = [...records.all(store)].filter(([id]) => id.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1))
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
