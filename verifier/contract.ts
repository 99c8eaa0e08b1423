import * as z from 'zod/mini'
import { isFaultCode, type FaultCode } from '@fujie/shared/core/fault.ts'
import type { Instant, Seconds } from '@fujie/shared/core/instant.ts'
import type { Words } from '@fujie/shared/core/record/members.ts'
import { isFindingCode, type Finding, type FindingCode, type Outcome } from '@fujie/shared/core/verdict.ts'

/*
 * Every question the counter's page may ask its own server (wire profile, 6). The browser proves itself by its cookie:
 * without it a check is not there at all. `GET /checks/{id}` is the event stream of `CheckNews`; once there is a
 * verdict and while the check is open, `GET /checks/{id}/evidence` is its redacted evidence bundle, a signed token.
 */

const instant = z.int().check(z.gte(0))
const seconds = z.int().check(z.gte(0))
const words: z.ZodMiniType<Words> = z.object({ 'zh-CN': z.string(), en: z.string() })

/** What one purpose asks and why, for the idle screen. */
export interface PurposeView {
  readonly id: string
  readonly words: Words
  readonly document: Words
  readonly items: readonly Words[]
  /** Nothing but an age is asked. */
  readonly ageOnly: boolean
}
const purpose: z.ZodMiniType<PurposeView> = z.object({
  id: z.string(),
  words,
  document: words,
  items: z.array(words),
  ageOnly: z.boolean(),
})

/** The desk as it stands: who it is, what it may check, how old its knowledge is. */
export interface DeskView {
  readonly names: Words
  readonly desk: string
  readonly purposes: readonly PurposeView[]
  readonly today: number
  /** Whether the registry answered when last asked. */
  readonly online: boolean
  /** Age of the newest proof of the list of issuers, and of the newest status list, where any was seen. */
  readonly listAge?: Seconds | undefined
  readonly statusAge?: Seconds | undefined
  /** The server's clock, to compare with the page's. */
  readonly now: Instant
}
const deskView: z.ZodMiniType<DeskView> = z.object({
  names: words,
  desk: z.string(),
  purposes: z.array(purpose),
  today: z.int(),
  online: z.boolean(),
  listAge: z.optional(seconds),
  statusAge: z.optional(seconds),
  now: instant,
})

/** One item of a document, as it stands in it; the page writes it in its language. */
export interface FieldView {
  readonly name: string
  readonly label: Words
  readonly value: string
  readonly kind: 'text' | 'date' | 'gender' | 'yes_no'
  readonly masked: boolean
}
const field: z.ZodMiniType<FieldView> = z.object({
  name: z.string(),
  label: words,
  value: z.string(),
  kind: z.enum(['text', 'date', 'gender', 'yes_no']),
  masked: z.boolean(),
})

const finding: z.ZodMiniType<Finding> = z.object({ code: z.custom<FindingCode>(isFindingCode), at: z.string() })

/** What a check came to. No more of a document than its findings allow to be seen. */
export interface CheckResult {
  readonly outcome: Outcome
  readonly findings: readonly Finding[]
  readonly at: Instant
  /** SHA-256 of what the wallet sent, base64url: the same for the same bytes. */
  readonly answerDigest: string
  readonly fields: readonly FieldView[]
  /** The name alone, where no more may be seen. */
  readonly person?: string | undefined
  /** The authority named in the document. */
  readonly issuer?: string | undefined
  readonly statusAge?: Seconds | undefined
  /** Labels of what was asked and did not come. */
  readonly missing?: readonly Words[] | undefined
  /** When the document ended or begins. */
  readonly date?: Instant | undefined
}
const result: z.ZodMiniType<CheckResult> = z.object({
  outcome: z.enum(['accepted', 'rejected', 'undecided']),
  findings: z.array(finding),
  at: instant,
  answerDigest: z.string(),
  fields: z.array(field),
  person: z.optional(z.string()),
  issuer: z.optional(z.string()),
  statusAge: z.optional(seconds),
  missing: z.optional(z.array(words)),
  date: z.optional(instant),
})

/** Where a check stands. `waiting` carries the code to show; `judged` its result, given out once. */
export type CheckNews =
  | { readonly state: 'waiting'; readonly link: string; readonly expires: Instant; readonly life: Seconds }
  | { readonly state: 'opened' }
  | { readonly state: 'judging' }
  | { readonly state: 'judged'; readonly result: CheckResult }
  | { readonly state: 'failed'; readonly fault: FaultCode }
  | { readonly state: 'declined' | 'expired' | 'cancelled' }

const fault = z.custom<FaultCode>(isFaultCode)
export const checkNews: z.ZodMiniType<CheckNews> = z.discriminatedUnion('state', [
  z.object({ state: z.literal('waiting'), link: z.string(), expires: instant, life: seconds }),
  z.object({ state: z.literal('opened') }),
  z.object({ state: z.literal('judging') }),
  z.object({ state: z.literal('judged'), result }),
  z.object({ state: z.literal('failed'), fault }),
  z.object({ state: z.enum(['declined', 'expired', 'cancelled']) }),
])

/** What a scanned text was; used, late and broken codes come as faults. */
const scanAnswer = z.object({ outcome: z.enum(['sent', 'NOT_ID_CODE', 'WRONG_COUNTER']) })
export type ScanAnswer = z.output<typeof scanAnswer>

const id = z.string().check(z.regex(/^[A-Za-z0-9_-]{22}$/))

export const verifierContract = {
  desk: { method: 'GET', path: '/purposes', input: z.strictObject({}), output: deskView },
  openCheck: {
    method: 'POST',
    path: '/checks',
    input: z.strictObject({ purpose: z.string().check(z.minLength(1), z.maxLength(64)) }),
    output: z.object({ id }),
  },
  cancelCheck: { method: 'DELETE', path: '/checks/{id}', input: z.strictObject({ id }), output: z.undefined() },
  scanned: {
    method: 'POST',
    path: '/checks/{id}/answers',
    input: z.strictObject({ id, text: z.string().check(z.minLength(1), z.maxLength(8_192)) }),
    output: scanAnswer,
  },
  pickUp: {
    method: 'POST',
    path: '/checks/{id}/pick-up',
    input: z.strictObject({ id, code: z.string().check(z.regex(/^[0-9]{6}$/)) }),
    output: scanAnswer,
  },
} as const

/** What surrounds the page: in a demonstration, the workbench that frames it. */
export const pageSettings = {
  method: 'GET',
  path: '/config.json',
  input: z.strictObject({}),
  output: z.object({ workbench: z.optional(z.string()) }),
} as const
