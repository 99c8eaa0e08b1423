import * as z from 'zod/mini'
import { isFaultCode, type FaultCode } from '@fujie/shared/core/fault.ts'
import type { Seconds } from '@fujie/shared/core/instant.ts'
import { isFindingCode, type FindingCode } from '@fujie/shared/core/verdict.ts'

/* What views of several groups are made of. */

export const finding = z.custom<FindingCode>(isFindingCode)
export const fault = z.custom<FaultCode>(isFaultCode)
export const instant = z.int().check(z.gte(0))
export const seconds = z.int().check(z.gte(0))
export const id = z.string().check(z.minLength(1), z.maxLength(200))
export const text = z.string().check(z.minLength(1), z.maxLength(32 * 1024))
export const nothing = z.strictObject({})

/** The same words in both languages; a publisher with one language has it twice. */
export interface Words {
  readonly zh: string
  readonly en: string
}
export const words: z.ZodMiniType<Words> = z.object({ zh: z.string(), en: z.string() })

/** How far the newest proof about somebody stands back. */
export interface ProofAge {
  /** Entries in the registry at the checkpoint the proof stands under: 登记簿 #18,204. */
  readonly size: number
  /** Seconds since that checkpoint was signed. */
  readonly age: Seconds
}
export const proofAge: z.ZodMiniType<ProofAge> = z.object({ size: z.int(), age: seconds })

/** An issuing agency as the registry names it; an offer's own words about its sender are never shown. */
export interface IssuerView {
  /** Absent: the registry knows nobody at this address. */
  readonly name?: Words | undefined
  /** The ASCII host that sent the offer or is named in the document. */
  readonly host: string
  /** Accredited now for every type at hand. */
  readonly accredited: boolean
  readonly proof?: ProofAge | undefined
}
export const issuer: z.ZodMiniType<IssuerView> = z.object({
  name: z.optional(words),
  host: z.string(),
  accredited: z.boolean(),
  proof: z.optional(proofAge),
})

/** How a text reached the wallet; shown as 来自. */
export type Source = 'camera' | 'screen' | 'paste' | 'image' | 'gun' | 'link' | 'engagement'
export const source = z.enum(['camera', 'screen', 'paste', 'image', 'gun', 'link', 'engagement'])

export function method<I, O>(input: z.ZodMiniType<I>, output: z.ZodMiniType<O>) {
  return { input, output }
}
