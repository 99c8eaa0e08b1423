import { describe, expect, it } from 'vitest'
import { readVectorText, vectorsFolder } from '../../../tests/house/vectors.ts'
import { sha256, type Hash } from '../crypto/hash.ts'
import { concatBytes, toHex, utf8 } from '../encoding/bytes.ts'
import {
  emptyMap,
  formatMapPath,
  insertAllIntoMap,
  insertIntoMap,
  lookUpInMap,
  mapRoot,
  mostBuckets,
  parseMapPath,
  restoreMap,
  rootOfLookup,
  verifyLookup,
} from './map.ts'
import type { Climb } from './climb.ts'
import type { MapLeaf } from './map-node.ts'
import { formatState, mapKey, stateHash, type NameState } from './state.ts'

const bit = (key: Hash, at: number) => ((key[at >> 3] as number) >> (7 - (at & 7))) & 1
const key = (i: number) => sha256(utf8(`key ${i}`))
const value = (i: number) => sha256(utf8(`value ${i}`))
const fill = (count: number) => Array.from({ length: count }, (_, i) => ({ key: key(i), value: value(i) }))
const mapOf = (leaves: readonly MapLeaf[]) =>
  leaves.reduce((map, leaf) => insertIntoMap(map, leaf.key, leaf.value), emptyMap)

/** The definition, word for word, over a list: the oracle. */
function bareRoot(leaves: readonly MapLeaf[]): Hash {
  const [only] = leaves
  if (only === undefined) return sha256(new Uint8Array())
  if (leaves.length === 1) return sha256(concatBytes(only.key, only.value))
  let r = 0
  while (leaves.every((leaf) => bit(leaf.key, r) === bit(only.key, r))) r++
  const side = (turn: number) => bareRoot(leaves.filter((leaf) => bit(leaf.key, r) === turn))
  return sha256(concatBytes(side(0), side(1), Uint8Array.of(r)))
}

describe('the map', () => {
  it('has the root of the bare definition, in whatever order it was filled', () => {
    for (let count = 0; count <= 40; count++) {
      const leaves = fill(count)
      const expected = toHex(bareRoot(leaves))
      expect(toHex(mapRoot(mapOf(leaves)))).toBe(expected)
      expect(toHex(mapRoot(mapOf([...leaves].reverse())))).toBe(expected)
    }
  })

  it('keeps the older map as it was', () => {
    const before = mapOf(fill(10))
    const root = toHex(mapRoot(before))
    const after = insertIntoMap(before, key(3), value(99))
    expect(after.leaves).toBe(10)
    expect(toHex(mapRoot(after))).not.toBe(root)
    expect(toHex(mapRoot(before))).toBe(root)
    const replaced = fill(10).map((leaf, i) => (i === 3 ? { key: leaf.key, value: value(99) } : leaf))
    expect(toHex(mapRoot(after))).toBe(toHex(bareRoot(replaced)))
  })

  it('proves each name present or absent, never both', () => {
    for (const count of [0, 1, 2, 3, 17, 64]) {
      const map = mapOf(fill(count))
      const root = mapRoot(map)
      for (let i = 0; i < 80; i++) {
        const proven = verifyLookup(root, key(i), lookUpInMap(map, key(i)))
        expect(proven).toEqual(i < count ? value(i) : 'absent')
      }
    }
  })

  it('notices every altered bit of a proof', () => {
    const map = mapOf(fill(40))
    const root = mapRoot(map)
    const lookup = lookUpInMap(map, key(5))
    const path = formatMapPath(lookup.path)
    for (let at = 0; at < path.length * 8; at++) {
      const altered = path.map((byte, i) => (i === at >> 3 ? byte ^ (128 >> (at & 7)) : byte))
      const read = parseMapPath(altered)
      expect(read && verifyLookup(root, key(5), { ...lookup, path: read })).toBeUndefined()
    }
    expect(verifyLookup(root, key(5), { leaf: { key: key(5), value: value(6) }, path: lookup.path })).toBeUndefined()
  })

  it('does not take the proof of one name for the absence of another', () => {
    const map = mapOf(fill(40))
    const foreign = lookUpInMap(map, key(7))
    for (let i = 0; i < 40; i++) {
      if (i !== 7) expect(verifyLookup(mapRoot(map), key(i), foreign)).toBeUndefined()
    }
  })

  it('refuses a path whose bits do not fall', () => {
    const map = mapOf(fill(40))
    const { leaf, path } = lookUpInMap(map, key(5))
    const [first, second, ...rest] = path
    expect(first && second && rootOfLookup(key(5), { leaf, path: [second, first, ...rest] })).toBeUndefined()
    expect(rootOfLookup(key(5), { leaf, path: [...path, ...path.slice(-1)] })).toBeUndefined()
    expect(rootOfLookup(key(5), { leaf: undefined, path })).toBeUndefined()
  })

  it('refuses a path of broken length', () => {
    expect(parseMapPath(new Uint8Array(34))).toBeUndefined()
    expect(parseMapPath(new Uint8Array(32))).toBeUndefined()
    expect(parseMapPath(new Uint8Array(33 * 257))).toBeUndefined()
    expect(parseMapPath(new Uint8Array(33 * 256))).toHaveLength(256)
    expect(parseMapPath(new Uint8Array())).toEqual([])
  })

  it('has a path for two keys that part in the last bit alone, and none deeper', () => {
    const leaf = { key: key(1), value: value(1) }
    const path = Array.from({ length: 256 }, (_, i) => ({ bit: 255 - i, sibling: value(i) }))
    const climbed = path.reduce(
      (node, { bit: at, sibling }) =>
        sha256(concatBytes(...(bit(leaf.key, at) === 0 ? [node, sibling] : [sibling, node]), Uint8Array.of(at))),
      sha256(concatBytes(leaf.key, leaf.value)),
    )
    expect(rootOfLookup(leaf.key, { leaf, path })).toEqual(climbed)
    expect(rootOfLookup(leaf.key, { leaf, path: [{ bit: 256, sibling: value(0) }, ...path] })).toBeUndefined()
    expect(rootOfLookup(leaf.key, { leaf, path: [path[0], ...path] as typeof path })).toBeUndefined()
  })

  it('tells of each pair on the way up, on which side it came and what it made', () => {
    const map = mapOf(fill(40))
    for (let i = 0; i < 10; i++) {
      const lookup = lookUpInMap(map, key(i))
      const told: Climb[] = []
      expect(rootOfLookup(key(i), lookup, (climb) => told.push(climb))).toEqual(mapRoot(map))
      expect(told.map(({ sibling }) => sibling)).toEqual(lookup.path.map(({ sibling }) => sibling))
      const nodes = [sha256(concatBytes(key(i), value(i))), ...told.map(({ parent }) => parent)]
      expect(nodes).toEqual([...told.map(({ node }) => node), mapRoot(map)])
      for (const [at, { node, sibling, side, parent }] of told.entries()) {
        expect(side).toBe(bit(key(i), lookup.path[at]?.bit as number) === 0 ? 'left' : 'right')
        const pair = side === 'left' ? [node, sibling] : [sibling, node]
        expect(parent).toEqual(sha256(concatBytes(...pair, Uint8Array.of(lookup.path[at]?.bit as number))))
      }
    }
  })

  it('has no leaves before any is put in, and 65,536 buckets at most', () => {
    expect(insertAllIntoMap(emptyMap, []).leaves).toBe(0)
    expect(restoreMap([], { leavesOf: () => [] }).leaves).toBe(0)
    expect(mostBuckets).toBe(65_536)
  })

  it('proves every name absent while it is empty, by an empty path alone', () => {
    const path = [{ bit: 0, sibling: value(0) }]
    expect(lookUpInMap(emptyMap, key(0))).toEqual({ leaf: undefined, path: [] })
    expect(verifyLookup(mapRoot(emptyMap), key(0), { leaf: undefined, path: [] })).toBe('absent')
    expect(verifyLookup(mapRoot(emptyMap), key(0), { leaf: undefined, path })).toBeUndefined()
    expect(verifyLookup(mapRoot(mapOf(fill(1))), key(0), { leaf: undefined, path: [] })).toBeUndefined()
  })

  it('gives hashes that may be written to without changing it', () => {
    const map = mapOf(fill(40))
    const root = toHex(mapRoot(map))
    mapRoot(map).fill(0)
    const { leaf, path } = lookUpInMap(map, key(5))
    for (const hash of [leaf?.key, leaf?.value, ...path.map(({ sibling }) => sibling)]) hash?.fill(0)
    expect(toHex(mapRoot(map))).toBe(root)
    expect(verifyLookup(mapRoot(map), key(5), lookUpInMap(map, key(5)))).toEqual(value(5))
    expect(toHex(mapRoot(insertIntoMap(map, key(99), value(99))))).toBe(
      toHex(bareRoot([...fill(40), { key: key(99), value: value(99) }])),
    )
  })
})

describe('the worked example of the design, 5', () => {
  const state: NameState = {
    ns: 'did',
    name: 'did:fujie:ciqjt3ehpvkhrmp2uespqgjqt5notg6iidlwbvudngisulmbnmiipka',
    seq: 0,
    id: 'meyHfVR4sfqhJPgZMJ9a6ZvIQNdg1oNpkSotgWsQh6g',
    index: 2,
    status: 'active',
    created: 1_795_392_000,
    updated: 1_795_392_000,
  }

  it('comes out exactly', () => {
    expect(formatState(state)).toHaveLength(198)
    const hashed = mapKey(state.ns, state.name)
    expect(toHex(hashed)).toBe('d84eb6d4191e6f84ab32c197f9b9a3525e75704791cbfcebc1a680f37ee1e897')
    expect(toHex(mapRoot(insertIntoMap(emptyMap, hashed, stateHash(state))))).toBe(
      '6e6681f723d4682a67d3ad387b6dfcf52084eb2dc5dbb44499d8fcbe17409196',
    )
  })
})

interface Vector {
  readonly label: string
  readonly root: string
  readonly leaves: readonly { readonly key: string; readonly value: string }[]
  readonly target_index?: number
  readonly proof?: string
}

const decoded = (text: string) => new Uint8Array(Buffer.from(text, 'base64'))
const lines = (file: string) =>
  (readVectorText('waict-mpt', file) ?? '')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Vector)
const leavesOf = (vector: Vector) =>
  vector.leaves.map((leaf) => ({ key: decoded(leaf.key), value: decoded(leaf.value) }))

describe.skipIf(vectorsFolder('waict-mpt') === undefined)('known answers of others', () => {
  it('agree on all 24 roots', () => {
    const vectors = lines('mpt_root_kats.jsonl')
    expect(vectors).toHaveLength(24)
    for (const vector of vectors) expect(mapRoot(mapOf(leavesOf(vector))), vector.label).toEqual(decoded(vector.root))
  })

  it('agree on all 36 inclusions', () => {
    const vectors = lines('mpt_inclusion_kats.jsonl')
    expect(vectors).toHaveLength(36)
    for (const vector of vectors) {
      const leaves = leavesOf(vector)
      const target = leaves[vector.target_index as number] as MapLeaf
      const lookup = lookUpInMap(mapOf(leaves), target.key)
      expect(verifyLookup(decoded(vector.root), target.key, lookup), vector.label).toEqual(target.value)
      // Theirs: "mptproof", version, value, then (bit, sibling) from the leaf upward.
      const theirs = decoded(vector.proof as string)
      expect(theirs.slice(9, 41)).toEqual(target.value)
      expect(formatMapPath(lookup.path)).toEqual(theirs.slice(41))
    }
  })
})
