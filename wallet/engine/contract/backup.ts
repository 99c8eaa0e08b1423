import * as z from 'zod/mini'
import type { Instant } from '@fujie/shared/core/instant.ts'

/*
 * Backups (product design, 4.10). A file does not fit into one message: it leaves and comes in parts.
 */

interface Words {
  readonly zh: string
  readonly en: string
}
const words: z.ZodMiniType<Words> = z.object({ zh: z.string(), en: z.string() })
const instant = z.int().check(z.gte(0))
const id = z.string().check(z.minLength(1), z.maxLength(200))
const secret = z.string().check(z.minLength(1), z.maxLength(1024))
const nothing = z.strictObject({})
/** Base64url of at most 128 KiB. */
const data = z.string().check(z.maxLength(175_000))

/**
 * Why a document, or its one-time copies, must be got again after a restore: `one_time`, they are for one showing each ·
 * `device_key`, its key cannot leave the device.
 */
export const reapplyReasons = ['one_time', 'device_key'] as const
export type ReapplyReason = (typeof reapplyReasons)[number]

/** A document to get again, or only its one-time copies (`back`: the document itself is here). */
export interface ReapplyView {
  readonly type: string
  readonly typeName?: Words | undefined
  readonly issuer?: Words | undefined
  readonly host: string
  readonly reason: ReapplyReason
  readonly back: boolean
}
const reapply: z.ZodMiniType<ReapplyView> = z.object({
  type: z.string(),
  typeName: z.optional(words),
  issuer: z.optional(words),
  host: z.string(),
  reason: z.enum(reapplyReasons),
  back: z.boolean(),
})

/**
 * Whether it is time: `none` · `first`: there is no backup yet · `must`: none, and a third document would come ·
 * `old`: the newest is older than 30 days · `check`: none was opened again for 90 days.
 */
export type BackupDue = 'none' | 'first' | 'must' | 'old' | 'check'

/** What a backup was found to hold. */
export interface BackupCount {
  readonly madeAt: Instant
  readonly documents: number
  readonly dids: number
  readonly history: number
  /** Made by this very wallet. */
  readonly own: boolean
  readonly again: readonly ReapplyView[]
}
const backupCount: z.ZodMiniType<BackupCount> = z.object({
  madeAt: instant,
  documents: z.int(),
  dids: z.int(),
  history: z.int(),
  own: z.boolean(),
  again: z.array(reapply),
})

/** The backups of this wallet, for 安全 and the banner. */
export interface BackupView {
  readonly due: BackupDue
  /** The newest that left this device. */
  readonly last?: { readonly at: Instant; readonly documents: number; readonly size: number } | undefined
  readonly checkedAt?: Instant | undefined
  /** Places of three words to ask for, from 0; absent: this wallet knows none of its words, the passphrase is asked. */
  readonly places?: readonly number[] | undefined
  /** What this wallet was restored from, while something of it is still to be got again. */
  readonly restored?:
    { readonly at: Instant; readonly madeAt: Instant; readonly again: readonly ReapplyView[] } | undefined
}
const backupView: z.ZodMiniType<BackupView> = z.object({
  due: z.enum(['none', 'first', 'must', 'old', 'check']),
  last: z.optional(z.object({ at: instant, documents: z.int(), size: z.int() })),
  checkedAt: z.optional(instant),
  places: z.optional(z.array(z.int())),
  restored: z.optional(z.object({ at: instant, madeAt: instant, again: z.array(reapply) })),
})

export const backup = {
  'backup.view': { input: nothing, output: backupView },

  /**
   * Makes a backup, for three of the words or the passphrase. Faults: vault.wrong_passphrase, backup.words_needed (a
   * wallet of before: unlock it once by its words), store.full.
   */
  'backup.make': {
    input: z.strictObject({
      words: z.optional(z.array(z.string().check(z.maxLength(64)))),
      passphrase: z.optional(secret),
    }),
    output: z.object({ id, name: z.string(), size: z.int() }),
  },
  /** The n-th part, from 0. With the last one the backup counts as saved. Fault: backup.not_found. */
  'backup.part': {
    input: z.strictObject({ id, n: z.int().check(z.gte(0)) }),
    output: z.object({ data: z.string(), last: z.boolean() }),
  },

  /** Takes a backup in, part by part; the first without an id. Faults: limit.exceeded, backup.not_found. */
  'backup.feed': { input: z.strictObject({ id: z.optional(id), data }), output: z.object({ id, size: z.int() }) },

  /**
   * 检查备份: opens what was taken in and counts, changing nothing else. Faults: backup.malformed, backup.newer,
   * vault.wrong_passphrase, vault.parameters_refused.
   */
  'backup.check': {
    input: z.strictObject({ id, passphrase: z.optional(secret), words: z.optional(secret) }),
    output: backupCount,
  },

  /**
   * Makes the wallet of this device out of a backup, and opens it. By the words a new passphrase is set; by the
   * passphrase it stays. Faults: those of `backup.check`, vault.exists, vault.weak_passphrase, pin.weak.
   */
  'backup.restore': {
    input: z.strictObject({
      id,
      passphrase: z.optional(secret),
      words: z.optional(secret),
      newPassphrase: z.optional(secret),
      pin: z.optional(z.string().check(z.maxLength(16))),
    }),
    output: backupCount,
  },
} as const
