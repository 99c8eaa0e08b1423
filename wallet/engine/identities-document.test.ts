import { describe, expect, it } from 'vitest'
import { generatePrivateJwk } from '@fujie/shared/adapters/signer-file.ts'
import { parsePublicJwk, type PublicJwk } from '@fujie/shared/core/crypto/key.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import type { OperationDocument } from '@fujie/shared/core/record/operation.ts'
import { firstDocument, isInUse, rotated, wonBack } from './identities-document.ts'

const now = 1_796_000_000

function newKey(): PublicJwk {
  const { d: _secret, ...jwk } = generatePrivateJwk('P-256')
  return parsePublicJwk({ ...jwk } as never)
}

const states = ({ keys }: OperationDocument, at = now) =>
  keys.map((key) => `${key.id} ${key.compromised === true ? 'void' : isInUse(key, at) ? 'in use' : 'ended'}`)

describe('the document of an identity', () => {
  it('keeps the old key beside the new one for a while, then ended, when replaced at leisure', () => {
    const first = firstDocument(newKey())
    const { doc, id } = rotated(first, () => true, 'routine', newKey(), now)
    expect([id, doc.keys[0]?.retired, doc.keys[1]?.from]).toEqual(['k2', now + lifetimes.keyOverlap, now])
    expect(states(doc)).toEqual(['k1 in use', 'k2 in use'])
    const later = now + lifetimes.keyOverlap
    expect(states(doc, later)).toEqual(['k1 ended', 'k2 in use'])
    const again = rotated(doc, ({ id: each }) => each === 'k2', 'routine', newKey(), later)
    expect(again.doc.keys[0]?.for).toEqual([])
  })

  it('leaves keys alone that other machines hold', () => {
    const first = { keys: [...firstDocument(newKey()).keys, { ...firstDocument(newKey()).keys[0]!, id: 'server' }] }
    const { doc } = rotated(first, ({ id }) => id === 'k1', 'exposed', newKey(), now)
    expect(states(doc)).toEqual(['k1 void', 'server in use', 'k2 in use'])
    expect(doc.keys[1]).toEqual(first.keys[1])
  })

  it('never gives a new key the name of an old one', () => {
    const doc = { keys: [{ ...firstDocument(newKey()).keys[0]!, id: 'k7' }] }
    expect(rotated(doc, () => true, 'lost', newKey(), now).id).toBe('k8')
  })

  it('goes back to an earlier version with whatever came since marked good for nothing', () => {
    const earlier = firstDocument(newKey(), ['did:x:owner'])
    const thief = { keys: [{ id: 'k9', jwk: newKey(), for: ['authentication'] as const }] }
    const { doc, id } = wonBack(thief, earlier, newKey(), now)
    expect(states(doc)).toEqual(['k1 in use', 'k9 void', 'k10 in use'])
    expect([id, doc.controller]).toEqual(['k10', ['did:x:owner']])
  })

  it('has no mark for a key that a thief put under the name of one of ours: ours is back in its place', () => {
    const earlier = firstDocument(newKey())
    const { doc } = wonBack(firstDocument(newKey()), earlier, newKey(), now)
    expect(states(doc)).toEqual(['k1 in use', 'k2 in use'])
    expect(doc.keys[0]).toEqual(earlier.keys[0])
  })

  it('ends all that stands there where nothing earlier is wanted', () => {
    const { doc } = wonBack({ keys: firstDocument(newKey()).keys }, undefined, newKey(), now)
    expect(states(doc)).toEqual(['k1 ended', 'k2 in use'])
  })

  it('keeps to sixteen keys by leaving out those good for nothing, and refuses to drop one that may still be judged', () => {
    let doc = firstDocument(newKey())
    for (let i = 0; i < 40; i++) doc = rotated(doc, () => true, 'exposed', newKey(), now).doc
    expect(doc.keys).toHaveLength(limits.documentKeys)
    expect(states(doc).at(-1)).toBe('k41 in use')
    let full = firstDocument(newKey())
    for (let i = 1; i < limits.documentKeys; i++) full = rotated(full, () => true, 'lost', newKey(), now).doc
    expect(() => rotated(full, () => true, 'lost', newKey(), now)).toThrow('limit.exceeded')
  })
})
