import { describe, expect, it } from 'vitest'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { vectorsFolder } from '../../../tests/house/vectors.ts'
import { sha256, type Hash } from '../crypto/hash.ts'
import { concatBytes, equalBytes, utf8 } from '../encoding/bytes.ts'
import { makeConsistency, verifyConsistency } from './consistency.ts'
import { makeInclusion, rootOfInclusion, verifyInclusion } from './inclusion.ts'
import { appendLeaves, emptyFrontier, emptyTreeRoot, hashLeaf, LogTree, treeRoot } from './tree.ts'

const most = 40
const entries = Array.from({ length: most }, (_, i) => utf8(`entry ${i}`))
const leaves = entries.map(hashLeaf)

/** RFC 6962, 2.1, word for word: the oracle. */
function bareRoot(list: readonly Uint8Array[]): Hash {
  if (list.length === 0) return sha256(new Uint8Array())
  if (list.length === 1) return sha256(concatBytes(Uint8Array.of(0), list[0] as Uint8Array))
  let k = 1
  while (2 * k < list.length) k *= 2
  return sha256(concatBytes(Uint8Array.of(1), bareRoot(list.slice(0, k)), bareRoot(list.slice(k))))
}

const tree = new LogTree()
for (const leaf of leaves) tree.append(leaf)
const roots = Array.from({ length: most + 1 }, (_, size) => bareRoot(entries.slice(0, size)))
const flipped = (hash: Hash) => hash.map((byte, i) => (i === 7 ? byte ^ 1 : byte))

describe('the tree', () => {
  it('has the root of the bare definition at every size, whole or from its frontier', () => {
    expect(tree.root(0)).toEqual(emptyTreeRoot)
    expect(treeRoot(emptyFrontier)).toEqual(emptyTreeRoot)
    expect(emptyTreeRoot).toEqual(bareRoot([]))
    for (let size = 1; size <= most; size++) {
      expect(tree.root(size)).toEqual(roots[size])
      expect(treeRoot(appendLeaves(emptyFrontier, leaves.slice(0, size)))).toEqual(roots[size])
      const half = appendLeaves(emptyFrontier, leaves.slice(0, size >> 1))
      expect(treeRoot(appendLeaves(half, leaves.slice(size >> 1, size)))).toEqual(roots[size])
    }
  })

  it('proves every entry of every size, and no other place, leaf, path or root', () => {
    for (let size = 1; size <= most; size++) {
      const root = roots[size] as Hash
      for (let index = 0; index < size; index++) {
        const leaf = leaves[index] as Hash
        const proof = makeInclusion(tree, index, size)
        const accepts = (changed: Partial<typeof proof>) => verifyInclusion(leaf, { ...proof, ...changed }, root)
        expect(accepts({})).toBe(true)
        expect(accepts({ index: index + 1 })).toBe(false)
        expect(accepts({ index: index - 1 })).toBe(false)
        expect(accepts({ path: [...proof.path, leaf] })).toBe(false)
        expect(accepts({ path: proof.path.slice(0, -1) }) && proof.path.length > 0).toBe(false)
        for (let i = 0; i < proof.path.length; i++) {
          expect(accepts({ path: proof.path.map((hash, at) => (at === i ? flipped(hash) : hash)) })).toBe(false)
        }
        expect(verifyInclusion(flipped(leaf), proof, root)).toBe(false)
        expect(verifyInclusion(leaf, proof, flipped(root))).toBe(false)
      }
    }
  })

  it('proves that every size begins with every smaller one', () => {
    for (let newSize = 1; newSize <= most; newSize++) {
      for (let oldSize = 1; oldSize <= newSize; oldSize++) {
        const proof = makeConsistency(tree, oldSize, newSize)
        const [oldRoot, newRoot] = [roots[oldSize] as Hash, roots[newSize] as Hash]
        const accepts = (changed: Partial<typeof proof>) =>
          verifyConsistency({ ...proof, ...changed }, oldRoot, newRoot)
        expect(accepts({})).toBe(true)
        expect(accepts({ path: [...proof.path, oldRoot] })).toBe(false)
        if (proof.path.length > 0) expect(accepts({ path: proof.path.slice(0, -1) })).toBe(false)
        expect(verifyConsistency(proof, flipped(oldRoot), newRoot)).toBe(false)
        expect(verifyConsistency(proof, oldRoot, flipped(newRoot))).toBe(false)
      }
    }
  })

  it('refuses numbers no tree has', () => {
    for (const index of [-1, 0.5, 3, Number.NaN]) {
      expect(verifyInclusion(leaves[0] as Hash, { index, size: 1, path: [] }, roots[1] as Hash)).toBe(false)
    }
    expect(verifyConsistency({ oldSize: 0, newSize: 1, path: [] }, emptyTreeRoot, roots[1] as Hash)).toBe(false)
  })
})

interface InclusionVector {
  readonly leafIdx: number
  readonly treeSize: number
  readonly root: string
  readonly leafHash: string
  readonly proof: readonly string[] | null
  readonly desc: string
  readonly wantErr: boolean
}

interface ConsistencyVector {
  readonly size1: number
  readonly size2: number
  readonly root1: string
  readonly root2: string
  readonly proof: readonly string[] | null
  readonly desc: string
  readonly wantErr: boolean
}

const folder = vectorsFolder('merkle-rfc6962')
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'))
const hashes = (list: readonly string[] | null) => (list ?? []).map(bytes)

function filesOf<T>(name: string): T[] {
  if (folder === undefined) return []
  return readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(folder, name, file), 'utf8')) as T)
}

describe.skipIf(folder === undefined)('RFC 6962 proofs of others', () => {
  it('agree on all 82 inclusion cases', () => {
    const vectors = filesOf<InclusionVector>('inclusion')
    expect(vectors).toHaveLength(82)
    for (const { leafIdx, treeSize, root, leafHash, proof, desc, wantErr } of vectors) {
      const good = verifyInclusion(
        bytes(leafHash),
        { index: leafIdx, size: treeSize, path: hashes(proof) },
        bytes(root),
      )
      expect(good, desc).toBe(!wantErr)
    }
  })

  it('agree on all 84 consistency cases', () => {
    const vectors = filesOf<ConsistencyVector>('consistency')
    expect(vectors).toHaveLength(84)
    for (const { size1, size2, root1, root2, proof, desc, wantErr } of vectors) {
      const good = verifyConsistency(
        { oldSize: size1, newSize: size2, path: hashes(proof) },
        bytes(root1),
        bytes(root2),
      )
      expect(good, `${desc} ${size1} ${size2}`).toBe(!wantErr)
    }
  })
})

describe('equality of hashes', () => {
  it('looks at every byte', () => {
    const hash = sha256(utf8('a'))
    for (let i = 0; i < 32; i++)
      expect(
        equalBytes(
          hash,
          hash.map((byte, at) => (at === i ? byte ^ 128 : byte)),
        ),
      ).toBe(false)
  })
})

describe('a tree opened by its full subtrees', () => {
  const count = 1_100
  const all = Array.from({ length: count }, (_, i) => hashLeaf(utf8(`slept ${i}`)))
  const whole = new LogTree()
  for (const leaf of all) whole.append(leaf)

  /** The tree of the first `size` leaves, which tells what it is asked for. */
  function open(size: number, leavesOf = (index: number) => all.slice(256 * index, 256 * index + 256)) {
    const woken: number[] = []
    const full = Math.floor(size / 256)
    const opened = new LogTree({
      subtrees: Array.from({ length: full }, (_, i) => whole.node(8, i)),
      rest: all.slice(256 * full, size),
      leavesOf(index) {
        woken.push(index)
        return leavesOf(index)
      },
    })
    return { opened, woken }
  }

  it('has every node of the one that was never closed, and grows as it does', () => {
    for (const size of [0, 1, 255, 256, 257, 511, 512, 700, 1_024, 1_100]) {
      const { opened, woken } = open(size)
      expect(opened.size).toBe(size)
      expect(opened.root()).toEqual(whole.root(size))
      expect(woken).toEqual([])
      for (const leaf of all.slice(size)) opened.append(leaf)
      for (let level = 0; 2 ** level <= count; level++) {
        for (let index = 0; (index + 1) * 2 ** level <= count; index++)
          expect(equalBytes(opened.node(level, index), whole.node(level, index))).toBe(true)
      }
      for (let old = 1; old < count; old += 37) expect(opened.root(old)).toEqual(whole.root(old))
      expect(woken).toEqual(Array.from({ length: Math.floor(size / 256) }, (_, i) => i))
      expect(() => opened.node(0, count)).toThrow(RangeError)
    }
  })

  it('refuses leaves that are not those it was opened by', () => {
    const other = (index: number) => all.slice(256 * index, 256 * index + 256).with(9, all[0] as Hash)
    const { opened } = open(600, other)
    expect(() => opened.node(0, 3)).toThrow('log.damaged')
    expect(() => opened.node(60, 0)).toThrow(RangeError)
    // Two nodes half way up have the root of the leaves below them.
    const halves = (index: number) => [whole.node(7, 2 * index), whole.node(7, 2 * index + 1)]
    expect(() => open(600, halves).opened.node(0, 3)).toThrow('log.damaged')
    expect(() => opened.root(300)).toThrow('log.damaged')
    expect(() => open(600, () => []).opened.node(7, 1)).toThrow('log.damaged')
    expect(opened.node(8, 1)).toEqual(whole.node(8, 1))
    expect(opened.node(0, 599)).toEqual(all[599])
  })
})

describe('a proof of the wrong length or the wrong way', () => {
  const hash = hashLeaf(new Uint8Array([1]))

  it('that is too long for its tree leads to no root at all', () => {
    expect(rootOfInclusion(hash, { index: 0, size: 1, path: [] })).toEqual(hash)
    expect(rootOfInclusion(hash, { index: 0, size: 1, path: [hash] })).toBeUndefined()
    expect(rootOfInclusion(hash, { index: 1, size: 2, path: [hash, hash] })).toBeUndefined()
  })

  it('never shows that a log went back, not even to its own root', () => {
    expect(verifyConsistency({ oldSize: 4, newSize: 4, path: [] }, hash, hash)).toBe(true)
    expect(verifyConsistency({ oldSize: 4, newSize: 3, path: [] }, hash, hash)).toBe(false)
  })
})
