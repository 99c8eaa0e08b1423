import { describe, expect, it } from 'vitest'
import { parseDcqlQuery } from '@fujie/shared/core/presentation/dcql.ts'
import { parseRegisteredQuery } from '@fujie/shared/core/record/query.ts'
import type { Json } from '@fujie/shared/core/encoding/json.ts'
import { purposes } from './purposes.ts'

/** Claims every credential shows anyway: a purpose never asks for them. */
const clear = ['iss', 'nbf', 'exp', 'iat', 'cnf', 'vct', 'status', 'issuing_authority', 'sample']

describe.each(purposes)('purpose $id', (purpose) => {
  const query = parseDcqlQuery(purpose.dcql)

  it('is what a registration accepts', () => {
    const { id, words, legalBasis, retention, flows, dcql } = purpose
    const body = { subject: 'did:example:hotel', purpose: id, words, legalBasis, retention, flows, dcql }
    expect(parseRegisteredQuery(body as unknown as Json).purpose).toBe(purpose.id)
  })

  it('asks exactly for its items, in each edition, and for nothing that is clear', () => {
    for (const credential of query.credentials) {
      const asked = credential.claims?.map(({ path }) => path)
      expect(asked).toEqual(purpose.items.map(({ paths }) => paths[credential.id]))
      expect(asked?.some(([first]) => clear.includes(String(first)))).toBe(false)
    }
  })

  it('prefers a one-time copy to the full edition', () => {
    expect(query.credentialSets).toEqual([{ options: [['counter'], ['full']], required: true }])
  })

  it('names the person by one of its items, if at all', () => {
    const names = purpose.items.map(({ name }) => name)
    expect(purpose.person === undefined || names.includes(purpose.person)).toBe(true)
    expect(new Set(names).size).toBe(names.length)
  })
})
