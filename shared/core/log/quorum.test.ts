import { describe, expect, it } from 'vitest'
import { testSigner } from '../../../tests/fixtures/party.ts'
import { formatVerifierKey, noteTypes, verifierKey, type VerifiedSignature } from './note.ts'
import { isUnmet, timeOfQuorum, type Quorum } from './quorum.ts'

const keyOf = (name: string) => verifierKey(name, noteTypes.cosignature, testSigner(name, 'Ed25519').publicJwk)
const member = (name: string): Quorum => ({ vkey: formatVerifierKey(keyOf(name)) })
const signed = (name: string, time?: number): VerifiedSignature => {
  return time === undefined ? { key: keyOf(name) } : { key: keyOf(name), time }
}

describe('a quorum of one', () => {
  it('is met by that witness alone, at the newest time it stated', () => {
    expect(timeOfQuorum(member('a'), [signed('b', 9), signed('a', 5), signed('a', 7), signed('a', 6)])).toBe(7)
    expect(timeOfQuorum(member('a'), [signed('b', 9)])).toBeUndefined()
    expect(timeOfQuorum(member('a'), [])).toBeUndefined()
  })

  it('is not met by a signature that states no time', () => {
    expect(timeOfQuorum(member('a'), [signed('a')])).toBeUndefined()
    expect(timeOfQuorum(member('a'), [signed('a'), signed('a', 5)])).toBe(5)
  })
})

describe('a quorum of a group', () => {
  const twoOfThree: Quorum = { threshold: 2, members: [member('a'), member('b'), member('c')] }

  it('is met at the newest time at which so many stood for it', () => {
    expect(timeOfQuorum(twoOfThree, [signed('a', 5), signed('c', 9)])).toBe(5)
    expect(timeOfQuorum(twoOfThree, [signed('a', 5), signed('b', 12), signed('c', 9)])).toBe(9)
  })

  it('is not met by one, however often it signed', () => {
    expect(timeOfQuorum(twoOfThree, [signed('a', 5), signed('a', 6)])).toBeUndefined()
    expect(isUnmet(twoOfThree, [signed('a', 5), signed('a', 6)])).toBe(true)
    expect(isUnmet(twoOfThree, [signed('a', 5), signed('b', 6)])).toBe(false)
  })

  it('may be made of groups, each of which counts once', () => {
    const both: Quorum = { threshold: 2, members: [twoOfThree, { threshold: 1, members: [member('d'), member('e')] }] }
    expect(timeOfQuorum(both, [signed('a', 5), signed('b', 6), signed('e', 7)])).toBe(5)
    expect(timeOfQuorum(both, [signed('a', 5), signed('b', 6), signed('c', 7)])).toBeUndefined()
    expect(timeOfQuorum(both, [signed('d', 5), signed('e', 6), signed('a', 7)])).toBeUndefined()
  })
})

describe('no quorum', () => {
  it('is always met', () => {
    expect(isUnmet(undefined, [])).toBe(false)
  })
})
