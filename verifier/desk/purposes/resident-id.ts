import type { JsonObject } from '@fujie/shared/core/encoding/json.ts'

/** The editions of a resident identity, under the ids their queries have: a one-time copy before the full one. */
export const editions = {
  counter: 'urn:fujie:cn:resident-id.counter:1',
  full: 'urn:fujie:cn:resident-id:1',
} as const
export type Edition = keyof typeof editions

interface AskedClaim {
  readonly path: readonly string[]
  readonly values?: readonly (string | number | boolean)[]
}

/** A query that one resident identity answers, in the first edition the wallet has left. */
export function askResidentId(claimsOf: (edition: Edition) => readonly AskedClaim[]): JsonObject {
  const credential = (id: Edition) => ({
    id,
    format: 'dc+sd-jwt',
    meta: { vct_values: [editions[id]] },
    claims: claimsOf(id).map(({ path, values }) => (values === undefined ? { path } : { path, values })),
  })
  return {
    credentials: [credential('counter'), credential('full')],
    credential_sets: [{ options: [['counter'], ['full']] }],
  }
}
