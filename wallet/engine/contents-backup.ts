import * as z from 'zod/mini'
import { storedDocument } from './contents.ts'
import { reapplyReasons } from './contract/backup.ts'

const words = z.object({ zh: z.string(), en: z.string() })
const instant = z.int().check(z.gte(0))

/** `reapply` of the design: what a backup does not bring back, and who gives it anew. */
export const storedReapply = z.object({
  /** `vct` of the full edition. */
  type: z.string(),
  typeName: z.optional(words),
  issuer: storedDocument.shape.issuer,
  subject: z.string(),
  reason: z.enum(reapplyReasons),
  /** Whether the document itself comes back, and only its one-time copies do not. */
  back: z.boolean(),
})
export type StoredReapply = z.output<typeof storedReapply>

/** Record `backup/made` of a backup's store `settings`: when, and what it does not hold. */
export const storedMade = z.object({ at: instant, reapply: z.array(storedReapply) })

/** Store `settings`, record `backup/last`: the newest backup that left this device, and the newest that was opened again. */
export const storedLast = z.object({
  firstAt: z.optional(instant),
  at: z.optional(instant),
  documents: z.optional(z.int()),
  size: z.optional(z.int()),
  checkedAt: z.optional(instant),
})

/** Store `settings`, record `backup/restored`: where this vault came from. */
export const storedRestored = z.object({
  at: instant,
  madeAt: instant,
  documents: z.int(),
  history: z.int(),
  reapply: z.array(storedReapply),
})

/** A key as far as a backup must know it: one without a private number lives in a device. */
export const storedAnyKey = z.looseObject({ d: z.optional(z.string()) })
