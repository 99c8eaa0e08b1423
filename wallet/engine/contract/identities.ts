import * as z from 'zod/mini'
import { isFaultCode, type FaultCode } from '@fujie/shared/core/fault.ts'
import type { Instant, Seconds } from '@fujie/shared/core/instant.ts'

/*
 * Identities of people, organisations and devices that this wallet holds the keys of: what a screen may ask about them.
 */

const fault = z.custom<FaultCode>(isFaultCode)
const instant = z.int().check(z.gte(0))
const id = z.string().check(z.minLength(1), z.maxLength(200))
const name = z.string().check(z.minLength(1), z.maxLength(80))
const phrase = z.string().check(z.minLength(1), z.maxLength(1024))
const nothing = z.strictObject({})

export type IdentityClass = 'person' | 'organisation' | 'device'
const identityClass = z.enum(['person', 'organisation', 'device'])

/**
 * How far an identity has come. `here` stays in the wallet and is registered nowhere · `submitted`: on its way ·
 * `registered`: proven to stand in the log · `anchored`: on a ledger too · `changed`: somebody else changed it last ·
 * `closed`: ended for ever.
 */
export type IdentityState = 'here' | 'submitted' | 'registered' | 'anchored' | 'changed' | 'closed'
const identityState = z.enum(['here', 'submitted', 'registered', 'anchored', 'changed', 'closed'])

/** Why a change was made. */
export type ChangeWhy = 'created' | 'routine' | 'lost' | 'exposed' | 'recovered' | 'deactivated' | 'owner'
const changeWhy = z.enum(['created', 'routine', 'lost', 'exposed', 'recovered', 'deactivated', 'owner'])

/** A change that is not in the log yet. It is kept and tried again until it is. */
export interface ChangeView {
  readonly why: ChangeWhy
  readonly step: 'written' | 'submitted'
  /** Why the last try did not get further. */
  readonly fault?: FaultCode | undefined
}
const change: z.ZodMiniType<ChangeView> = z.object({
  why: changeWhy,
  step: z.enum(['written', 'submitted']),
  fault: z.optional(fault),
})

export interface IdentityCardView {
  readonly id: string
  readonly name: string
  readonly class: IdentityClass
  readonly state: IdentityState
  readonly change?: ChangeView | undefined
  /** The last change the registry would not take, and why. */
  readonly refused?: { readonly why: ChangeWhy; readonly fault: FaultCode } | undefined
}
const cardShape = {
  id,
  name: z.string(),
  class: identityClass,
  state: identityState,
  change: z.optional(change),
  refused: z.optional(z.object({ why: changeWhy, fault })),
}
const card: z.ZodMiniType<IdentityCardView> = z.object(cardShape)

/** One key of the document. `until`: still good beside its successor. `void`: good for nothing it ever signed. */
export interface IdentityKeyView {
  readonly label: string
  readonly state: 'in_use' | 'until' | 'ended' | 'void'
  /** This wallet holds it; others are on other machines of the owner. */
  readonly here: boolean
  readonly from?: Instant | undefined
  readonly ends?: Instant | undefined
}
const key: z.ZodMiniType<IdentityKeyView> = z.object({
  label: z.string(),
  state: z.enum(['in_use', 'until', 'ended', 'void']),
  here: z.boolean(),
  from: z.optional(instant),
  ends: z.optional(instant),
})

/** One change in the past of an identity, newest first. */
export interface VersionView {
  readonly seq: number
  readonly kind: 'create' | 'update' | 'recover' | 'deactivate'
  readonly at: Instant
  readonly ours: boolean
  readonly keysAdded: number
  readonly keysEnded: number
}
const version: z.ZodMiniType<VersionView> = z.object({
  seq: z.int(),
  kind: z.enum(['create', 'update', 'recover', 'deactivate']),
  at: instant,
  ours: z.boolean(),
  keysAdded: z.int(),
  keysEnded: z.int(),
})

export interface IdentityDetailView extends IdentityCardView {
  readonly createdAt: Instant
  readonly keys: readonly IdentityKeyView[]
  /** Who can replace the keys: this wallet, or the words alone. */
  readonly changeable: boolean
  /** Whose words win it back: this wallet's own, others, or nobody's. */
  readonly words: 'own' | 'other' | 'none'
  readonly versions: readonly VersionView[]
  /** How old the newest proof is. */
  readonly proof?: { readonly size: number; readonly age: Seconds } | undefined
  /** Documents in this wallet, and how many of them are bound to one of these keys. */
  readonly documents: { readonly bound: number; readonly of: number }
  readonly technical: {
    readonly did: string
    readonly document: string
    readonly record?: string | undefined
    readonly seq?: number | undefined
    readonly ledger?: string | undefined
  }
}
const detail: z.ZodMiniType<IdentityDetailView> = z.object({
  ...cardShape,
  createdAt: instant,
  keys: z.array(key),
  changeable: z.boolean(),
  words: z.enum(['own', 'other', 'none']),
  versions: z.array(version),
  proof: z.optional(z.object({ size: z.int(), age: z.int() })),
  documents: z.object({ bound: z.int(), of: z.int() }),
  technical: z.object({
    did: z.string(),
    document: z.string(),
    record: z.optional(z.string()),
    seq: z.optional(z.int()),
    ledger: z.optional(z.string()),
  }),
})

/** An identity that words can win back, proven in the log. */
export interface FoundIdentityView {
  readonly id: string
  readonly class: IdentityClass
  /** The name a root knows it by, or the one this wallet gave it. */
  readonly name?: { readonly zh: string; readonly en: string } | undefined
  readonly keysInUse: number
  /** Newest first; the document can be taken back to any but the newest. */
  readonly versions: readonly VersionView[]
  readonly done: boolean
  readonly technical: { readonly did: string }
}
const found: z.ZodMiniType<FoundIdentityView> = z.object({
  id,
  class: identityClass,
  name: z.optional(z.object({ zh: z.string(), en: z.string() })),
  keysInUse: z.int(),
  versions: z.array(version),
  done: z.boolean(),
  technical: z.object({ did: z.string() }),
})

export interface SearchView {
  readonly search: string
  readonly found: readonly FoundIdentityView[]
}
const search: z.ZodMiniType<SearchView> = z.object({ search: id, found: z.array(found) })

export const identities = {
  'identities.list': { input: nothing, output: z.object({ identities: z.array(card) }) },

  /**
   * Makes one. It is written down before it is sent and sent until it stands in the log; resolves after the first try.
   * `words` are asked for only where the vault does not know its recovery keys (identity.words_needed).
   */
  'identities.create': {
    input: z.strictObject({ name, class: identityClass, words: z.optional(phrase) }),
    output: card,
  },
  /** From the vault, at once; the registry is asked meanwhile and `identities` news follow. */
  'identities.view': { input: z.strictObject({ id }), output: detail },
  'identities.rename': { input: z.strictObject({ id, name }), output: card },
  /** Asks the registry now, and sends what was not sent. */
  'identities.look': { input: z.strictObject({ id }), output: detail },

  /** New keys. Faults: identity.change_pending, operation.key_uncommitted (only the words can change it). */
  'identities.rotate': { input: z.strictObject({ id, why: z.enum(['routine', 'lost', 'exposed']) }), output: card },
  /** For ever. `typed` repeats its name. Faults: vault.wrong_passphrase, request.malformed. */
  'identities.deactivate': { input: z.strictObject({ id, typed: name, words: phrase }), output: card },

  /** Looks up whatever the words can win back. The wallet remembers the words until it locks or ten minutes are over. */
  'identities.find': { input: z.strictObject({ words: phrase }), output: search },
  /** Wins one back: the document of version `restore`, or all keys ended; new keys are this wallet's. */
  'identities.recover': {
    input: z.strictObject({ search: id, id, name, restore: z.optional(z.int().check(z.gte(0))) }),
    output: card,
  },
} as const
