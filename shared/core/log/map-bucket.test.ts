import { describe, expect, it } from 'vitest'
import { sha256, type Hash } from '../crypto/hash.ts'
import { concatBytes, equalBytes, toHex, utf8 } from '../encoding/bytes.ts'
import {
  lookUpInBucket,
  packedOf,
  putIntoBucket,
  sleepingBucket,
  valueInBucket,
  type BucketSource,
} from './map-bucket.ts'
import { bitOf, type MapLeaf } from './map-node.ts'
import {
  allBucketsOf,
  bucketsOf,
  checkBucket,
  checkMap,
  emptyMap,
  insertAllIntoMap,
  insertIntoMap,
  lookUpInMap,
  mapRoot,
  restoreMap,
  valueInMap,
  verifyLookup,
  type LogMap,
} from './map.ts'

const prefixes = [0x0000, 0x0001, 0x8000, 0xfffe, 0xffff]
/** Many keys in few buckets, as they would stand in a log of millions. */
const key = (i: number) => {
  const bytes = sha256(utf8(`key ${i}`)).slice()
  const prefix = prefixes[i % prefixes.length] as number
  bytes.set([prefix >> 8, prefix & 0xff])
  return bytes
}
const leaf = (i: number, version = 0) => ({ key: key(i), value: sha256(utf8(`value ${i} ${version}`)) })
const leaves = (from: number, to: number, version = 0) =>
  Array.from({ length: to - from }, (_, i) => leaf(from + i, version))

/** The definition, word for word. */
function bareRoot(all: readonly MapLeaf[]): Hash {
  const [only] = all
  if (only === undefined) return sha256(new Uint8Array())
  if (all.length === 1) return sha256(concatBytes(only.key, only.value))
  let r = 0
  while (all.every((each) => bitOf(each.key, r) === bitOf(only.key, r))) r++
  const side = (turn: number) => bareRoot(all.filter((each) => bitOf(each.key, r) === turn))
  return sha256(concatBytes(side(0), side(1), Uint8Array.of(r)))
}

/** A store of leaves that counts how often it is asked. */
class Source implements BucketSource {
  asked = 0
  #leaves: readonly MapLeaf[]

  constructor(all: readonly MapLeaf[]) {
    this.#leaves = all
  }

  leavesOf(prefix: number): readonly MapLeaf[] {
    this.asked++
    return this.#leaves.filter(({ key }) => ((key[0] as number) << 8) + (key[1] as number) === prefix)
  }

  replace(changed: readonly MapLeaf[]): void {
    this.#leaves = [...this.#leaves.filter(({ key }) => !changed.some((each) => equalBytes(each.key, key))), ...changed]
  }
}

const expectProofs = (map: LogMap, all: readonly MapLeaf[], absent: readonly MapLeaf[]) => {
  const root = mapRoot(map)
  for (const { key, value } of all) expect(verifyLookup(root, key, lookUpInMap(map, key))).toEqual(value)
  for (const { key } of absent) expect(verifyLookup(root, key, lookUpInMap(map, key))).toBe('absent')
}

describe('full buckets', () => {
  it('names the value of every key it holds, awake or asleep, and of no other', () => {
    expect(valueInMap(emptyMap, key(0))).toBeUndefined()
    const all = leaves(0, 300)
    const awake = insertAllIntoMap(emptyMap, all)
    for (const map of [awake, restoreMap(allBucketsOf(awake), new Source(all))]) {
      for (const each of all) expect(valueInMap(map, each.key)).toEqual(each.value)
      for (let i = 300; i < 600; i++) expect(valueInMap(map, key(i))).toBeUndefined()
      expect(valueInMap(map, sha256(utf8('another prefix')))).toBeUndefined()
    }
  })

  it('have the root of the bare definition after every batch, new names and new values alike', () => {
    let map = emptyMap
    let all: readonly MapLeaf[] = []
    for (const size of [1, 2, 3, 5, 8, 13, 21, 34, 55]) {
      const changed = [...leaves(all.length, all.length + size), ...leaves(0, Math.floor(all.length / 3), size)]
      map = insertAllIntoMap(map, changed)
      all = [...new Map([...all, ...changed].map((each) => [toHex(each.key), each])).values()]
      expect(map.leaves).toBe(all.length)
      expect(toHex(mapRoot(map))).toBe(toHex(bareRoot(all)))
    }
    expectProofs(map, all, leaves(200, 260))
  })

  it('come out the same one by one as all at once, the later of two values staying', () => {
    const twice = [...leaves(0, 60), ...leaves(20, 40, 1)]
    const oneByOne = twice.reduce((map, { key, value }) => insertIntoMap(map, key, value), emptyMap)
    const atOnce = insertAllIntoMap(emptyMap, twice)
    expect(toHex(mapRoot(atOnce))).toBe(toHex(mapRoot(oneByOne)))
    expect(atOnce.leaves).toBe(60)
  })
})

describe('a map opened by its buckets', () => {
  const all = leaves(0, 100)
  const sealed = insertAllIntoMap(emptyMap, all)

  it('has root and proofs of the one that was kept, and reads what it is asked for once', () => {
    const source = new Source(all)
    const map = restoreMap(allBucketsOf(sealed), source)
    expect([map.leaves, toHex(mapRoot(map))]).toEqual([100, toHex(mapRoot(sealed))])
    expect(source.asked).toBe(0)
    lookUpInMap(map, key(0))
    lookUpInMap(map, key(5))
    expect(source.asked).toBe(1)
    expectProofs(map, all, leaves(200, 220))
    expect(source.asked).toBe(prefixes.length)
  })

  it('grows as the one in memory does, and the older stays as it was though its store moves on', () => {
    const source = new Source(all)
    const older = restoreMap(allBucketsOf(sealed), source)
    const changed = [...leaves(0, 10, 1), ...leaves(100, 120)]
    const newer = insertAllIntoMap(older, changed)
    source.replace(changed)
    expect(toHex(mapRoot(newer))).toBe(toHex(mapRoot(insertAllIntoMap(sealed, changed))))
    expectProofs(older, all, leaves(100, 120))
    expectProofs(newer, [...changed, ...leaves(10, 100)], [])
  })

  it('keeps of a change only the buckets that it touched', () => {
    const changed = [leaf(0, 1), leaf(5, 1)]
    const newer = insertAllIntoMap(sealed, changed)
    const touched = bucketsOf(
      newer,
      changed.map(({ key }) => key),
    )
    expect(touched.map(({ prefix, count }) => [prefix, count])).toEqual([[0, 20]])
    const kept = new Map(allBucketsOf(sealed).map((bucket) => [bucket.prefix, bucket]))
    for (const bucket of touched) kept.set(bucket.prefix, bucket)
    expect(toHex(mapRoot(restoreMap(kept.values(), new Source([]))))).toBe(toHex(mapRoot(newer)))
    expect(bucketsOf(sealed, [Uint8Array.of(7, 7, ...key(0).slice(2))])).toEqual([])
  })

  const damages: Record<string, readonly MapLeaf[]> = {
    'another value': [...all.slice(1), leaf(0, 1)],
    'a leaf less': all.slice(1),
    'a leaf more': [...all, leaf(100)],
    'no leaf': [],
  }
  for (const [damage, stored] of Object.entries(damages)) {
    it(`refuses ${damage} than was sealed`, () => {
      const map = restoreMap(allBucketsOf(sealed), new Source(stored))
      expect(() => lookUpInMap(map, key(0))).toThrow('log.damaged')
      expect(() => checkMap(map)).toThrow('log.damaged')
      expect(() => insertIntoMap(map, key(0), key(1))).toThrow('log.damaged')
    })
  }

  it('takes a leaf of another bucket for none of its own', () => {
    const astray = { leavesOf: () => all }
    expect(() => checkMap(restoreMap(allBucketsOf(sealed), astray))).toThrow('log.damaged')
    expect(() => checkMap(restoreMap(allBucketsOf(sealed), new Source(all)))).not.toThrow()
  })
})

describe('the buckets of a map', () => {
  const all = leaves(0, 100)
  const sealed = insertAllIntoMap(emptyMap, all)

  it('are none while it is empty', () => {
    expect(allBucketsOf(emptyMap)).toEqual([])
    expect(bucketsOf(emptyMap, [key(0)])).toEqual([])
    expect(() => checkMap(emptyMap)).not.toThrow()
    expect(() => checkBucket(emptyMap, 0)).not.toThrow()
  })

  it('are looked at one by one', () => {
    // Of one bucket a leaf is missing.
    for (const damaged of prefixes) {
      const source = new Source(
        all.filter(({ key }) => prefixOfKey(key) !== damaged || equalBytes(key, damagedKey(damaged))),
      )
      const map = restoreMap(allBucketsOf(sealed), source)
      for (const prefix of [...prefixes, 0x0002, 0x7fff, 0x8001]) {
        const check = () => checkBucket(map, prefix)
        if (prefix === damaged) expect(check).toThrow('log.damaged')
        else expect(check).not.toThrow()
      }
      expect(source.asked).toBe(prefixes.length)
    }
  })

  const prefixOfKey = (of: Hash) => ((of[0] as number) << 8) + (of[1] as number)
  const damagedKey = (prefix: number) => all.find(({ key: each }) => prefixOfKey(each) === prefix)?.key as Hash

  it('name each once, however often it is asked for', () => {
    const twice = all.slice(0, 10).map((each) => each.key)
    expect(bucketsOf(sealed, twice).map(({ prefix }) => prefix)).toEqual(prefixes)
  })
})

describe('a bucket', () => {
  const ofPrefix = (prefix: number, from: number, to: number) =>
    leaves(from, to).map(({ key: of, value }) => {
      const moved = of.slice()
      moved.set([prefix >> 8, prefix & 0xff])
      return { key: moved, value }
    })

  it.each([1, 2, 3, 17])(
    'of %i names takes 97 bytes for each, but for the last, which has no node behind it',
    (count) => {
      const { packed } = putIntoBucket(undefined, 5, ofPrefix(5, 0, count))
      expect(packed).toHaveLength(97 * count - 33)
    },
  )

  it('keeps the later of two values though they come one behind the other', () => {
    const twice = [leaf(0), leaf(0, 1)]
    const bucket = putIntoBucket(undefined, 0, twice)
    expect(bucket.count).toBe(1)
    expect(valueInBucket(bucket, key(0))).toEqual(leaf(0, 1).value)
  })

  it('has no value under a hash that stands in it but is no name', () => {
    const bucket = putIntoBucket(undefined, 0, ofPrefix(0, 0, 2))
    expect(valueInBucket(bucket, bucket.hash)).toBeUndefined()
    const lone = putIntoBucket(undefined, 0, ofPrefix(0, 0, 1))
    expect(valueInBucket(lone, key(1).fill(255))).toBeUndefined()
  })

  it('gives a value that may be written to without changing it', () => {
    const bucket = putIntoBucket(undefined, 0, ofPrefix(0, 0, 3))
    const [first] = ofPrefix(0, 0, 1) as [MapLeaf]
    valueInBucket(bucket, first.key)?.fill(0)
    const met = lookUpInBucket(bucket, first.key).leaf
    met?.key.fill(0)
    met?.value.fill(0)
    expect(valueInBucket(bucket, first.key)).toEqual(first.value)
  })

  it.each<[string, readonly MapLeaf[]]>([
    ['all of another', ofPrefix(6, 0, 3)],
    ['one of another', [...ofPrefix(5, 0, 2), ...ofPrefix(6, 2, 3)]],
  ])('takes no leaves that are %s, though their hash is the one that was sealed', (_what, stored) => {
    const { count, hash } = putIntoBucket(undefined, 5, stored)
    expect(() => packedOf(sleepingBucket({ prefix: 5, count, hash }, { leavesOf: () => stored }))).toThrow(
      'log.damaged',
    )
  })

  it('is damaged if it holds another number of leaves than was sealed, though their hash is the same', () => {
    const stored = ofPrefix(5, 0, 3)
    const { count, hash } = putIntoBucket(undefined, 5, stored)
    const asleep = (of: number) => sleepingBucket({ prefix: 5, count: of, hash }, { leavesOf: () => stored })
    expect(() => packedOf(asleep(count))).not.toThrow()
    for (const other of [0, count - 1, count + 1]) expect(() => packedOf(asleep(other))).toThrow('log.damaged')
    const empty = sleepingBucket({ prefix: 5, count: 0, hash: sha256(new Uint8Array()) }, { leavesOf: () => [] })
    expect(() => packedOf(empty)).toThrow('log.damaged')
  })
})
