import * as z from 'zod/mini'

const words = z.object({ zh: z.string(), en: z.string() })

/** What the console's pages and its server say to each other. */
export const issuerContract = {
  /** Who this agency is, what it may issue, and to whom. */
  desk: {
    method: 'GET',
    path: '/console/desk',
    input: z.strictObject({}),
    output: z.object({
      agency: words,
      identifier: z.string(),
      did: z.string(),
      types: z.array(z.object({ id: z.string(), name: words, colour: z.string(), accredited: z.boolean() })),
      people: z.array(z.object({ id: z.string(), name: z.string(), number: z.string(), birthdate: z.string() })),
    }),
  },
  /** Makes an offer: a link for the code's picture, and the code that is told another way. */
  makeOffer: {
    method: 'POST',
    path: '/console/offers',
    /** `code`: the person agrees on the agency's page instead of typing a code. `review`: a clerk looks at it first. */
    input: z.strictObject({
      subject: z.string(),
      type: z.string(),
      flow: z.optional(z.enum(['pre_authorised', 'code'])),
      review: z.optional(z.boolean()),
    }),
    output: z.object({ id: z.string(), link: z.string(), txCode: z.string(), expires: z.int() }),
  },
  /** The newest offers and what became of them. */
  offers: {
    method: 'GET',
    path: '/console/offers',
    input: z.strictObject({}),
    output: z.object({
      offers: z.array(
        z.object({
          id: z.string(),
          person: z.string(),
          type: z.string(),
          state: z.enum(['open', 'opened', 'redeemed', 'delivered', 'burnt', 'expired']),
          wrong: z.int(),
          copies: z.int(),
          status: z.enum(['valid', 'suspended', 'revoked']),
          review: z.enum(['none', 'pending', 'approved', 'declined']),
        }),
      ),
    }),
  },
  /** Lets a wallet have what it waits for, or not. */
  review: {
    method: 'POST',
    path: '/console/review',
    input: z.strictObject({ offer: z.string(), decision: z.enum(['approved', 'declined']) }),
    output: z.object({ decided: z.boolean() }),
  },
  /** Holds, restores or withdraws every copy of what an offer gave out. */
  setStatus: {
    method: 'POST',
    path: '/console/status',
    input: z.strictObject({ offer: z.string(), status: z.enum(['valid', 'suspended', 'revoked']) }),
    output: z.object({ changed: z.int() }),
  },
} as const
