import { describe, expect, it } from 'vitest'
import { utf8 } from '../encoding/bytes.ts'
import type { Climb } from './climb.ts'
import { makeInclusion, rootOfInclusion, verifyInclusion } from './inclusion.ts'
import { hashLeaf, hashNode, LogTree } from './tree.ts'

const leaves = Array.from({ length: 7 }, (_, i) => hashLeaf(utf8(`entry ${i}`)))
const tree = new LogTree()
for (const leaf of leaves) tree.append(leaf)
const [a, b] = leaves as [Uint8Array, Uint8Array]

describe('a proof of inclusion', () => {
  it.each([
    [0, 1.5],
    [0.5, 2],
    [-1, 2],
    [2, 2],
    [0, 0],
    [0, 2 ** 53],
  ])('leads nowhere from place %d of %d', (index, size) => {
    for (let length = 0; length < 3; length++)
      expect(rootOfInclusion(a, { index, size, path: Array<Uint8Array>(length).fill(b) })).toBeUndefined()
    const path = Array<Uint8Array>(53).fill(b)
    expect(rootOfInclusion(a, { index, size, path })).toBeUndefined()
    expect(() => makeInclusion(tree, index, size)).toThrow(RangeError)
  })

  it('leads up 53 hashes in the largest tree there can be', () => {
    const path = Array<Uint8Array>(53).fill(b)
    const proof = { index: 0, size: Number.MAX_SAFE_INTEGER, path }
    expect(rootOfInclusion(a, proof)).toEqual(path.reduce((node, sibling) => hashNode(node, sibling), a))
  })

  it('leads nowhere if it is too long or too short by one', () => {
    for (let size = 1; size <= leaves.length; size++) {
      for (let index = 0; index < size; index++) {
        const proof = makeInclusion(tree, index, size)
        const leaf = leaves[index] as Uint8Array
        expect(rootOfInclusion(leaf, proof)).toEqual(tree.root(size))
        expect(rootOfInclusion(leaf, { ...proof, path: [...proof.path, a] })).toBeUndefined()
        if (size > 1) expect(rootOfInclusion(leaf, { ...proof, path: proof.path.slice(1) })).toBeUndefined()
      }
    }
  })

  it('tells of each pair on its way, on which side it came and what it made', () => {
    for (let index = 0; index < leaves.length; index++) {
      const proof = makeInclusion(tree, index, leaves.length)
      const told: Climb[] = []
      const root = rootOfInclusion(leaves[index] as Uint8Array, proof, (climb) => told.push(climb))
      expect(told.map(({ sibling }) => sibling)).toEqual(proof.path)
      expect([leaves[index], ...told.map(({ parent }) => parent)]).toEqual([...told.map(({ node }) => node), root])
      for (const { node, sibling, side, parent } of told)
        expect([side, parent]).toEqual(
          side === 'left' ? ['left', hashNode(node, sibling)] : ['right', hashNode(sibling, node)],
        )
    }
  })

  it('that leads nowhere verifies nothing', () => {
    expect(verifyInclusion(a, { index: 0, size: 1, path: [] }, a)).toBe(true)
    expect(verifyInclusion(a, { index: 0, size: 1, path: [b] }, a)).toBe(false)
    expect(verifyInclusion(a, { index: 0, size: 1, path: [] }, b)).toBe(false)
  })
})
