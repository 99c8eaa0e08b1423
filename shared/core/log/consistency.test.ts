import { describe, expect, it } from 'vitest'
import { utf8 } from '../encoding/bytes.ts'
import { makeConsistency, verifyConsistency } from './consistency.ts'
import { hashLeaf, hashNode, LogTree } from './tree.ts'

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((text) => hashLeaf(utf8(text))) as [
  ...[Uint8Array, Uint8Array, Uint8Array, Uint8Array],
]
const tree = new LogTree()
for (const leaf of [a, b, c, d]) tree.append(leaf)

describe('a proof of consistency', () => {
  it('is none for sizes that no tree has, though its hashes fit', () => {
    const fits = hashNode(a, b)
    expect(verifyConsistency({ oldSize: 1, newSize: 2, path: [b] }, a, fits)).toBe(true)
    expect(verifyConsistency({ oldSize: 1, newSize: 1.5, path: [b] }, a, fits)).toBe(false)
    expect(verifyConsistency({ oldSize: 1.5, newSize: 2, path: [a, b] }, a, fits)).toBe(false)
    expect(verifyConsistency({ oldSize: 1.5, newSize: 1.5, path: [] }, a, a)).toBe(false)
    expect(verifyConsistency({ oldSize: 0, newSize: 0, path: [] }, a, a)).toBe(false)
    expect(verifyConsistency({ oldSize: -1, newSize: -1, path: [] }, a, a)).toBe(false)
  })

  it('is none beyond the largest size that is told apart from its neighbours', () => {
    const [most, path] = [Number.MAX_SAFE_INTEGER, Array<Uint8Array>(53).fill(b)]
    const root = path.reduce((node, sibling) => hashNode(node, sibling), a)
    expect(verifyConsistency({ oldSize: 1, newSize: most, path }, a, root)).toBe(true)
    expect(verifyConsistency({ oldSize: 1, newSize: most + 1, path }, a, root)).toBe(false)
  })

  it('is none with a hash too many, though both roots were made for it', () => {
    const [old, grown] = [tree.root(3), tree.root(4)]
    const proof = makeConsistency(tree, 3, 4)
    expect(verifyConsistency(proof, old, grown)).toBe(true)
    const longer = { ...proof, path: [...proof.path, d] }
    expect(verifyConsistency(longer, hashNode(d, old), hashNode(d, grown))).toBe(false)
  })

  it('is none without its first hash', () => {
    expect(verifyConsistency({ oldSize: 3, newSize: 4, path: [] }, tree.root(3), tree.root(4))).toBe(false)
  })

  it('wants no hashes between equal sizes', () => {
    expect(verifyConsistency({ oldSize: 4, newSize: 4, path: [] }, tree.root(4), tree.root(4))).toBe(true)
    expect(verifyConsistency({ oldSize: 4, newSize: 4, path: [a] }, tree.root(4), tree.root(4))).toBe(false)
    expect(verifyConsistency({ oldSize: 4, newSize: 4, path: [] }, tree.root(4), tree.root(3))).toBe(false)
  })

  it('is made from a smaller tree to a larger one and in no other way', () => {
    expect(() => makeConsistency(tree, 0, 4)).toThrow('no way from 0 to 4')
    expect(() => makeConsistency(tree, 4, 3)).toThrow('no way from 4 to 3')
    expect(makeConsistency(tree, 4, 4).path).toEqual([])
  })
})
