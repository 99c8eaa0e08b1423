import { describe, expect, it } from 'vitest'
import { sha256 } from '../crypto/hash.ts'
import { compareBytes, concatBytes, toHex, utf8 } from '../encoding/bytes.ts'
import { emptyMap, insertIntoMap, lookUpInMap, mapRoot } from './map.ts'
import { bitOf, type MapLeaf } from './map-node.ts'
import { joinPaths, openMultiproof } from './multiproof.ts'

const key = (i: number) => sha256(utf8(`key ${i}`))
const value = (i: number) => sha256(utf8(`value ${i}`))
const leaves = Array.from({ length: 60 }, (_, i) => ({ key: key(i), value: value(i) }))
const map = leaves.reduce((grown, leaf) => insertIntoMap(grown, leaf.key, leaf.value), emptyMap)
const sorted = (items: readonly MapLeaf[]) => [...items].sort((a, b) => compareBytes(a.key, b.key))
const prove = (items: readonly MapLeaf[]) =>
  joinPaths(items.map((leaf) => ({ key: leaf.key, path: lookUpInMap(map, leaf.key).path })))

const pruned = (count: number) => Array.from({ length: count }, () => [1, ...Array<number>(32).fill(7)]).flat()

const chosen = sorted([3, 9, 10, 41].map((i) => leaves[i] as MapLeaf))

describe('a multiproof', () => {
  it.each([[chosen], [sorted(leaves)], [[leaves[7] as MapLeaf]]])('leads all its items to the root', (items) => {
    expect(openMultiproof(items, prove(items))?.root).toEqual(mapRoot(map))
  })

  it('gives each item the path it has on its own', () => {
    const { paths } = openMultiproof(chosen, prove(chosen)) ?? { paths: [] }
    expect(paths).toEqual(chosen.map((leaf) => lookUpInMap(map, leaf.key).path))
  })

  it('is much shorter than the paths', () => {
    const all = sorted(leaves)
    const single = all.reduce((sum, leaf) => sum + 33 * lookUpInMap(map, leaf.key).path.length, 0)
    expect(prove(all).length).toBeLessThan(single / 10)
  })

  it('notices items altered, left out, added or out of order', () => {
    const proof = prove(chosen)
    const root = toHex(mapRoot(map))
    const reached = (items: readonly MapLeaf[], bytes = proof) => {
      const found = openMultiproof(items, bytes)
      return found === undefined ? 'none' : toHex(found.root)
    }
    expect(reached(chosen.slice(1))).not.toBe(root)
    expect(reached([...chosen, leaves[0] as MapLeaf])).toBe('none')
    expect(reached([...chosen].reverse())).toBe('none')
    expect(reached(chosen.map((leaf, i) => (i === 1 ? { ...leaf, value: value(99) } : leaf)))).not.toBe(root)
    expect(reached(chosen, proof.subarray(0, -1))).toBe('none')
    expect(reached(chosen, concatBytes(proof, Uint8Array.of(0)))).toBe('none')
    for (let at = 0; at < proof.length; at++) {
      const flipped = proof.map((byte, i) => (i === at ? byte ^ 1 : byte))
      expect(reached(chosen, flipped)).not.toBe(root)
    }
  })

  it('takes no item on a side that its key does not go, at any level', () => {
    const leaf = leaves[7] as MapLeaf
    const { path } = lookUpInMap(map, leaf.key)
    const down = path.toReversed()
    // From the root down, the item on its own side at each fork but the crossed one.
    const proofOf = (crossed: number, depth = 0): Uint8Array => {
      const segment = down[depth]
      if (segment === undefined) return Uint8Array.of(0)
      const other = concatBytes(Uint8Array.of(1), segment.sibling)
      const isLeft = (bitOf(leaf.key, segment.bit) === 0) !== (crossed === depth)
      const below = proofOf(crossed, depth + 1)
      return concatBytes(Uint8Array.of(2, segment.bit), ...(isLeft ? [below, other] : [other, below]))
    }
    expect(openMultiproof([leaf], proofOf(-1))?.root).toEqual(mapRoot(map))
    expect(down.length).toBeGreaterThan(2)
    for (let crossed = 0; crossed < down.length; crossed++)
      expect(openMultiproof([leaf], proofOf(crossed))).toBeUndefined()
  })

  it.each<[string, readonly number[]]>([
    ['empty', []],
    ['of a form nobody knows', [5]],
    ['of a form nobody knows, as long as a fork', [5, 0]],
    ['a fork without a bit', [2]],
    ['a fork without sides', [2, 0]],
    ['a fork with one side', [2, 0, 1, ...Array<number>(32).fill(0)]],
    ['a fork that asks its bit again', [2, 3, 2, 3, ...pruned(3)].flat()],
    ['a fork that asks an earlier bit', [2, 3, 2, 2, ...pruned(3)].flat()],
    ['a hash cut off', [1, ...Array<number>(31).fill(0)]],
    ['a hash cut off behind a fork', [2, 0, ...pruned(1), 1, ...Array<number>(31).fill(0)]],
  ])('is none if it is %s', (_what, bytes) => {
    expect(openMultiproof([], Uint8Array.from(bytes))).toBeUndefined()
  })

  it('may ask each bit once on its way down, and leave all out', () => {
    expect(openMultiproof([], Uint8Array.from([2, 3, 2, 4, ...pruned(3)]))?.paths).toEqual([])
    expect(openMultiproof([], Uint8Array.from([2, 0, ...pruned(2)]))?.paths).toEqual([])
  })

  it('is not made of the same key twice', () => {
    expect(() => prove([leaves[0] as MapLeaf, leaves[0] as MapLeaf])).toThrow(RangeError)
  })
})
