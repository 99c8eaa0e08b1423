import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { jwkMembers, thumbprint } from '../../crypto/key.ts'
import { pq } from './pq.ts'

describe('a key of a suite that is no point', () => {
  it('has members of its own on the wire, and the thumbprint of these', () => {
    const key = { kty: pq.kty, crv: pq.crv, x: 'AA' } as const
    const spelled = JSON.stringify(pq.keyMembers(key))
    expect(JSON.stringify(jwkMembers(key))).toBe(spelled)
    expect(thumbprint(key)).toBe(createHash('sha256').update(spelled).digest('base64url'))
  })
})
