import * as z from 'zod/mini'
import type { FaultCode } from '@fujie/shared/core/fault.ts'
import type { FindingCode } from '@fujie/shared/core/verdict.ts'
import {
  fault,
  finding,
  id,
  issuer,
  method,
  nothing,
  source,
  text,
  words,
  type IssuerView,
  type Words,
} from './parts.ts'
import { receiveStep, type ReceiveStep } from './receive-step.ts'

/** An offer to look at before anything is fetched with it, and what became of it. */
export interface OfferView {
  readonly id: string
  /** 不 accredited: only 不领取 may be offered, and no code field shown. */
  readonly issuer: IssuerView
  readonly documents: readonly {
    readonly type: string
    readonly typeName: Words
    readonly colour: string
    readonly textColour: string
    /** Labels of every field the type can hold. */
    readonly fields: readonly Words[]
    /** Counter copies that come with it; 0: none. */
    readonly copies: number
  }[]
  /** 领取码: absent, if none is needed. `tried` of `tries` are spent. */
  readonly txCode?: { readonly length: number; readonly tries: number; readonly tried: number } | undefined
  /** The person says yes on the agency's own page, not here. */
  readonly onPage: boolean
  /** While `authorising`: the page to open, and the word by which its answer will be known. */
  readonly authorise?: { readonly url: string; readonly state: string } | undefined
  /** A document that is there already is fetched anew. */
  readonly renews: boolean
  readonly step: ReceiveStep
  /** Why it failed: a fault, or what a check of the received documents found. */
  readonly fault?: FaultCode | undefined
  readonly findings: readonly FindingCode[]
  /** Ids of the cards kept, once `done`. */
  readonly kept: readonly string[]
}
export const offer: z.ZodMiniType<OfferView> = z.object({
  id,
  issuer,
  documents: z.array(
    z.object({
      type: z.string(),
      typeName: words,
      colour: z.string(),
      textColour: z.string(),
      fields: z.array(words),
      copies: z.int(),
    }),
  ),
  txCode: z.optional(z.object({ length: z.int(), tries: z.int(), tried: z.int() })),
  onPage: z.boolean(),
  authorise: z.optional(z.object({ url: z.string(), state: z.string() })),
  renews: z.boolean(),
  step: receiveStep,
  fault: z.optional(fault),
  findings: z.array(finding),
  kept: z.array(id),
})

/** Getting documents and getting them again. */
export const receive = {
  'receive.open': method(z.strictObject({ text, source: z.optional(source) }), offer),
  'receive.view': method(z.strictObject({ id }), offer),
  /** What waits for the person or the agency, and what failed and was not yet waved away, newest first. */
  'receive.list': method(nothing, z.object({ offers: z.array(offer) })),
  /**
   * Resolves once the cards are kept; steps come as `receive` news. It resolves earlier with step `authorising` (the
   * page in `authorise` is to be opened) and with `reviewing`. Faults: tx_code.wrong (view again for the tries),
   * tx_code.exhausted, offer.expired, issuer.refused, issuer.unreachable. What a check of the documents found wanting
   * resolves with step `failed` and its findings, and nothing is kept.
   */
  'receive.accept': method(z.strictObject({ id, txCode: z.optional(z.string().check(z.maxLength(16))) }), offer),
  'receive.decline': method(z.strictObject({ id }), nothing),
  /**
   * 续期: prepares to fetch a document anew, by the right that came with it or on the agency's page. Accepting it is the
   * next step. Faults: token.invalid (the agency has to make a new offer), issuer.*, fetch.*, document.not_found.
   */
  'receive.renew': method(z.strictObject({ document: id }), offer),
} as const
