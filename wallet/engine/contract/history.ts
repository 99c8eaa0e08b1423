import * as z from 'zod/mini'

const id = z.string().check(z.minLength(1), z.maxLength(200))
const nothing = z.strictObject({})
const kind = z.enum(['erase', 'report'])
const words = z.object({ zh: z.string(), en: z.string() })

/** What a person can do about what happened, besides reading it. */
export const history = {
  /** Everybody the history names, latest first: for the filter. */
  'history.parties': {
    input: nothing,
    output: z.object({ parties: z.array(z.object({ key: z.string(), name: z.optional(words), host: z.string() })) }),
  },

  /**
   * What goes below a request to delete, or a report, to say which showing it is about. `signed`: a JWS by the key the
   * document was shown with, which the verifier has seen; otherwise the receipt alone, as JSON. Nothing is noted and
   * nothing leaves. Faults: history.not_found.
   */
  'history.statement': {
    input: z.strictObject({ id, kind }),
    output: z.object({ text: z.string(), signed: z.boolean() }),
  },

  /** The person sent it, and how. Asked again, the time counts anew. Faults: history.not_found. */
  'history.ask': {
    input: z.strictObject({ id, kind, way: z.enum(['web', 'mail', 'phone', 'other']) }),
    output: nothing,
  },

  /** What came of it, in the person's own judgement. Faults: history.not_found. */
  'history.mark': {
    input: z.strictObject({ id, kind, state: z.enum(['asked', 'answered', 'no_answer']) }),
    output: nothing,
  },

  /** 删除此条: its digest stays, so that the chain can still be checked. Faults: history.not_found. */
  'history.erase': { input: z.strictObject({ id }), output: nothing },

  /** Makes a signed file of the whole history, to be fetched part by part while the wallet is open. */
  'history.export': {
    input: nothing,
    output: z.object({ id, name: z.string(), parts: z.int() }),
  },
  /** Faults: history.not_found. */
  'history.part': {
    input: z.strictObject({ id, part: z.int().check(z.gte(0)) }),
    output: z.object({ text: z.string() }),
  },
} as const
