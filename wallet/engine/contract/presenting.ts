import * as z from 'zod/mini'
import type { Instant, Seconds } from '@fujie/shared/core/instant.ts'

const id = z.string().check(z.minLength(1), z.maxLength(200))
const instant = z.int().check(z.gte(0))
const words = z.object({ zh: z.string(), en: z.string() })
type Words = z.output<typeof words>

/** Ways to answer a set of parts, of which one is taken: 换一种. */
export interface AlternativeView {
  /** Names the set in an approval. */
  readonly set: string
  readonly required: boolean
  /** The option that is shown first. */
  readonly first: number
  readonly options: readonly {
    readonly option: number
    readonly wanted: readonly Words[]
    /** Everything it takes is here. */
    readonly possible: boolean
  }[]
}
export const alternative: z.ZodMiniType<AlternativeView> = z.object({
  set: id,
  required: z.boolean(),
  first: z.int(),
  options: z.array(z.object({ option: z.int(), wanted: z.array(words), possible: z.boolean() })),
})

/** Something that is confirmed together with the answer, shown word by word as it came. */
export interface ConfirmationView {
  readonly action: string
  readonly lines: readonly { readonly label: string; readonly value: string }[]
}
export const confirmation: z.ZodMiniType<ConfirmationView> = z.object({
  action: z.string(),
  lines: z.array(z.object({ label: z.string(), value: z.string() })),
})

/** The counter behind a request by QR alone; the label is its own word. */
export interface CounterView {
  readonly number: number
  readonly label: string
  /** Printed once, for everybody: 柜台牌. */
  readonly plaque: boolean
}
export const counter: z.ZodMiniType<CounterView> = z.object({
  number: z.int(),
  label: z.string(),
  plaque: z.boolean(),
})

/**
 * An answer shown to a counter by light. `text` is FJP1; a page that cannot hold it in one symbol shows it as a moving
 * code. The same copy is signed and sealed anew as time goes on: ask again at `renews`.
 */
export interface ShowingView {
  readonly id: string
  readonly state: 'showing' | 'ended'
  /** Absent once it has ended. */
  readonly text?: string | undefined
  /** Registered name of who asked. */
  readonly party: Words
  readonly counter: CounterView
  readonly documents: readonly Words[]
  readonly items: readonly Words[]
  readonly expires: Instant
  /** Seconds it is shown in all. */
  readonly life: Seconds
  readonly renews: Instant
}
const showing: z.ZodMiniType<ShowingView> = z.object({
  id,
  state: z.enum(['showing', 'ended']),
  text: z.optional(z.string()),
  party: words,
  counter,
  documents: z.array(words),
  items: z.array(words),
  expires: instant,
  life: z.int(),
  renews: instant,
})

/** Faults: consent.unknown for a showing nobody began, or whose page was closed. */
export const showingMethods = {
  'request.showing': { input: z.strictObject({ id }), output: showing },
  'request.end': { input: z.strictObject({ id }), output: z.strictObject({}) },
} as const
