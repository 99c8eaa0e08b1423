import * as z from 'zod/mini'
import { id, method, nothing, words, type Words } from './parts.ts'

/** When a document ends. */
export interface DateView {
  readonly document: string
  readonly typeName: Words
  /** The name on it. */
  readonly title: string
  /** YYYY-MM-DD, its last day by the clock of China. */
  readonly ends: string
  /** Whole days until then: 0 on the last day, negative after it. */
  readonly days: number
  /** A reminder that is due: of 30, 7, 1 or 0 days before, or after the end. Absent: none, or it was waved away. */
  readonly due?: 30 | 7 | 1 | 0 | 'ended' | undefined
}

/** Every document that ends, the next one first. */
export interface DatesView {
  readonly dates: readonly DateView[]
  /** What the registry signed shows that this device's clock is behind: days counted here are not to be relied on. */
  readonly clockBehind: boolean
}
const view: z.ZodMiniType<DatesView> = z.object({
  dates: z.array(
    z.object({
      document: id,
      typeName: words,
      title: z.string(),
      ends: z.string(),
      days: z.int(),
      due: z.optional(z.union([z.literal(30), z.literal(7), z.literal(1), z.literal(0), z.literal('ended')])),
    }),
  ),
  clockBehind: z.boolean(),
})

/** 日期: what ends when. */
export const dates = {
  'dates.list': method(nothing, view),
  /** Says nothing more of a document until its next stage. */
  'dates.dismiss': method(z.strictObject({ document: id }), nothing),
} as const
