import * as z from 'zod/mini'
import { isFaultCode } from '@fujie/shared/core/fault.ts'
import { isFindingCode } from '@fujie/shared/core/verdict.ts'
import { historyKinds, type HistoryEntry } from './contract.ts'

/*
 * Store `history`. Records of ten digits are entries, each holding the hash of the one before; records `followup/<entry>/…`
 * are what a person set going about one. Members that came later are optional: an entry is never written again.
 */

const words = z.object({ zh: z.string(), en: z.string() })

/** Item names, never values: what happened must be told without telling what was shown. */
export const storedEntry = z.object({
  id: z.string(),
  at: z.int(),
  kind: z.enum(historyKinds),
  party: z.optional(words),
  host: z.string(),
  accredited: z.boolean(),
  header: z.optional(z.enum(['accredited', 'known', 'unknown', 'over_asking', 'flagged', 'issuer_disallows'])),
  purpose: z.optional(words),
  documents: z.readonly(z.array(words)),
  items: z.readonly(z.array(words)),
  deleteBy: z.optional(z.int()),
  code: z.optional(z.custom<HistoryEntry['code']>((code) => isFaultCode(code) || isFindingCode(code))),
  contact: z.optional(
    z.object({ web: z.optional(z.string()), mail: z.optional(z.string()), phone: z.optional(z.string()) }),
  ),
  receipt: z.optional(
    z.object({
      verifier: z.string(),
      request: z.string(),
      answer: z.optional(z.string()),
      checkpoint: z.optional(z.object({ size: z.int(), root: z.string(), time: z.int() })),
      /** Ids of the holder keys that were shown, as far as the vault still has them. */
      keys: z.optional(z.array(z.string())),
    }),
  ),
  /** Hash of the entry before, as it was written; of nothing for the first. */
  before: z.string(),
})
export type StoredEntry = z.output<typeof storedEntry>

/** What is left of an entry the person deleted: its place and its digest. */
export const erasedEntry = z.strictObject({ id: z.string(), before: z.string(), erased: z.string() })

export const storedFollowUp = z.object({
  kind: z.enum(['erase', 'report']),
  way: z.enum(['web', 'mail', 'phone', 'other']),
  at: z.int(),
  state: z.enum(['asked', 'answered', 'no_answer']),
  stateAt: z.int(),
})
export type StoredFollowUp = z.output<typeof storedFollowUp>

export const followUpPrefix = 'followup/'
