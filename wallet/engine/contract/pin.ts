import * as z from 'zod/mini'
import type { Instant } from '@fujie/shared/core/instant.ts'

/** How the show PIN stands: there is one, and it counts. */
export interface PinView {
  /** Wrong tries in a row. */
  readonly tried: number
  /** The last of these leaves only the passphrase. */
  readonly tries: number
  /** No try is taken before. */
  readonly until?: Instant | undefined
}
export const pinView: z.ZodMiniType<PinView> = z.object({
  tried: z.int(),
  tries: z.int(),
  until: z.optional(z.int()),
})

/** Six digits, as typed. */
export const pin = z.string().check(z.maxLength(16))
