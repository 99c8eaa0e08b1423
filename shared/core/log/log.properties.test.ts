import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { testSigner } from '../../../tests/fixtures/party.ts'
import { patience, runs } from '../../../tests/house/runs.ts'
import { signNote } from '../../ports/sign-note.ts'
import { sha256, type Hash } from '../crypto/hash.ts'
import { compareBytes, equalBytes, toHex, utf8 } from '../encoding/bytes.ts'
import { formatAddCheckpoint, parseAddCheckpoint } from './add-checkpoint.ts'
import { formatCheckpoint, parseCheckpoint } from './checkpoint.ts'
import { makeConsistency, verifyConsistency } from './consistency.ts'
import { formatFork, parseFork } from './fork.ts'
import { makeInclusion, verifyInclusion } from './inclusion.ts'
import {
  emptyMap,
  formatMapPath,
  insertAllIntoMap,
  insertIntoMap,
  lookUpInMap,
  mapRoot,
  parseMapPath,
  valueInMap,
  verifyLookup,
} from './map.ts'
import { joinPaths, openMultiproof } from './multiproof.ts'
import {
  formatNote,
  formatVerifierKey,
  noteTypes,
  parseNote,
  parseVerifierKey,
  verifiedSignatures,
  verifierKey,
} from './note.ts'
import { formatSeal, isPossible, parseSeal } from './seal.ts'
import { formatEntryBundle, formatTilePath, newTiles, parseEntryBundle, parseTilePath, tileWidth } from './tile.ts'
import { hashLeaf, hashNode, LogTree } from './tree.ts'

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 })

/** The bare definition (RFC 9162, 2.1.1). */
function bareRoot(leaves: readonly Hash[]): Hash {
  const [only] = leaves
  if (leaves.length === 1 && only !== undefined) return only
  let split = 1
  while (2 * split < leaves.length) split *= 2
  return hashNode(bareRoot(leaves.slice(0, split)), bareRoot(leaves.slice(split)))
}

const most = 600
const leaves = Array.from({ length: most }, (_, i) => hashLeaf(utf8(`entry ${i}`)))
const tree = new LogTree()
for (const leaf of leaves) tree.append(leaf)
const bareRoots = new Map<number, Hash>()
const rootOf = (size: number) => {
  const root = bareRoots.get(size) ?? bareRoot(leaves.slice(0, size))
  bareRoots.set(size, root)
  return root
}
const flip = (bytes: Uint8Array, at: number) =>
  bytes.map((byte, i) => (i === (at >> 3) % bytes.length ? byte ^ (1 << (at & 7)) : byte))
const size = fc.integer({ min: 1, max: most })

describe('a proof of inclusion', () => {
  const place = size.chain((length) => fc.tuple(fc.nat(length - 1), fc.constant(length)))

  it(
    'leads every entry of every tree to the root of the bare definition',
    () => {
      fc.assert(
        fc.property(place, ([index, length]) =>
          verifyInclusion(leaves[index] as Hash, makeInclusion(tree, index, length), rootOf(length)),
        ),
        runs.usual,
      )
    },
    patience,
  )

  it(
    'is refused for every other entry, size and root, and with any bit changed',
    () => {
      fc.assert(
        fc.property(place, fc.nat(), fc.nat(), ([index, length], other, bit) => {
          const proof = makeInclusion(tree, index, length)
          const leaf = leaves[index] as Hash
          const elsewhere = (index + 1 + (other % most)) % most
          if (elsewhere !== index) {
            expect(verifyInclusion(leaves[elsewhere] as Hash, proof, rootOf(length))).toBe(false)
            expect(verifyInclusion(leaf, { ...proof, index: elsewhere }, rootOf(length))).toBe(false)
          }
          expect(verifyInclusion(flip(leaf, bit), proof, rootOf(length))).toBe(false)
          expect(verifyInclusion(leaf, proof, flip(rootOf(length), bit))).toBe(false)
          const at = other % Math.max(proof.path.length, 1)
          if (proof.path.length === 0) return
          const path = proof.path.map((node, i) => (i === at ? flip(node, bit) : node))
          expect(verifyInclusion(leaf, { ...proof, path }, rootOf(length))).toBe(false)
          expect(verifyInclusion(leaf, { ...proof, path: proof.path.toSpliced(at, 1) }, rootOf(length))).toBe(false)
        }),
        runs.usual,
      )
    },
    patience,
  )
})

describe('a proof of consistency', () => {
  const sizes = size.chain((newer) => fc.tuple(fc.integer({ min: 1, max: newer }), fc.constant(newer)))

  it(
    'holds between every two sizes of the tree',
    () => {
      fc.assert(
        fc.property(sizes, ([older, newer]) =>
          verifyConsistency(makeConsistency(tree, older, newer), rootOf(older), rootOf(newer)),
        ),
        runs.usual,
      )
    },
    patience,
  )

  it(
    'is refused with any bit changed, any node left out, and for every other root',
    () => {
      fc.assert(
        fc.property(sizes, fc.nat(), fc.nat(), ([older, newer], which, bit) => {
          const proof = makeConsistency(tree, older, newer)
          const verify = (path: readonly Hash[], oldRoot = rootOf(older), newRoot = rootOf(newer)) =>
            verifyConsistency({ ...proof, path }, oldRoot, newRoot)
          expect(verify(proof.path, flip(rootOf(older), bit))).toBe(false)
          expect(verify(proof.path, rootOf(older), flip(rootOf(newer), bit))).toBe(false)
          expect(verify([...proof.path, rootOf(1)])).toBe(false)
          if (proof.path.length === 0) return
          const at = which % proof.path.length
          expect(verify(proof.path.map((node, i) => (i === at ? flip(node, bit) : node)))).toBe(false)
          expect(verify(proof.path.toSpliced(at, 1))).toBe(false)
        }),
        runs.usual,
      )
    },
    patience,
  )
})

describe('the map', () => {
  // Few first bytes, so that keys share buckets and bits.
  const key = fc
    .tuple(fc.constantFrom(0, 1, 128, 255), fc.constantFrom(0, 1, 7), hash)
    .map(([a, b, rest]) => Uint8Array.from([a, b, ...rest.subarray(2)]))
  const entries = fc.array(fc.record({ key, value: hash }), { maxLength: 24 })

  it(
    'holds what a plain map holds, and proves it',
    () => {
      fc.assert(
        fc.property(entries, key, (all, stranger) => {
          const plain = new Map(all.map((entry) => [toHex(entry.key), entry]))
          const map = insertAllIntoMap(emptyMap, all)
          const root = mapRoot(map)
          expect(map.leaves).toBe(plain.size)
          for (const entry of plain.values()) {
            expect(valueInMap(map, entry.key)).toEqual(entry.value)
            expect(verifyLookup(root, entry.key, lookUpInMap(map, entry.key))).toEqual(entry.value)
          }
          const wanted = plain.get(toHex(stranger))?.value ?? 'absent'
          expect(verifyLookup(root, stranger, lookUpInMap(map, stranger))).toEqual(wanted)
        }),
        runs.usual,
      )
    },
    patience,
  )

  it(
    'has one root, in whatever order and steps it grew',
    () => {
      fc.assert(
        fc.property(
          fc.uniqueArray(fc.record({ key, value: hash }), { selector: (entry) => toHex(entry.key), maxLength: 16 }),
          fc.nat(),
          (all, step) => {
            const root = mapRoot(insertAllIntoMap(emptyMap, all))
            const backward = all
              .toReversed()
              .reduce((map, entry) => insertIntoMap(map, entry.key, entry.value), emptyMap)
            const at = step % (all.length + 1)
            const inTwo = insertAllIntoMap(insertAllIntoMap(emptyMap, all.slice(at)), all.slice(0, at))
            return equalBytes(mapRoot(backward), root) && equalBytes(mapRoot(inTwo), root)
          },
        ),
        runs.usual,
      )
    },
    patience,
  )

  it(
    'proves nothing with any bit of a proof changed',
    () => {
      fc.assert(
        fc.property(entries, key, fc.nat(), fc.nat(), (all, asked, which, bit) => {
          fc.pre(all.length > 1)
          const map = insertAllIntoMap(emptyMap, all)
          const honest = lookUpInMap(map, asked)
          const truth = verifyLookup(mapRoot(map), asked, honest)
          const path = formatMapPath(honest.path)
          const changed = parseMapPath(flip(path.length === 0 ? new Uint8Array(33) : path, which * 8 + (bit & 7))) ?? []
          const lie = verifyLookup(mapRoot(map), asked, { ...honest, path: changed })
          expect(lie === undefined || lie === truth || equalPath(changed, honest.path)).toBe(true)
          if (honest.leaf === undefined) return
          const leaf = { ...honest.leaf, value: flip(honest.leaf.value, bit) }
          expect(verifyLookup(mapRoot(map), asked, { ...honest, leaf })).toBeUndefined()
        }),
        runs.usual,
      )
    },
    patience,
  )

  const equalPath = (a: Parameters<typeof formatMapPath>[0], b: Parameters<typeof formatMapPath>[0]) =>
    equalBytes(formatMapPath(a), formatMapPath(b))

  it('keeps paths through their bytes', () => {
    const path = fc.array(fc.record({ bit: fc.nat(255), sibling: hash }), { maxLength: 256 })
    fc.assert(
      fc.property(path, (each) => void expect(parseMapPath(formatMapPath(each))).toEqual(each)),
      runs.signing,
    )
  })

  it(
    'proves many keys at once as it proves each',
    () => {
      fc.assert(
        fc.property(entries, fc.nat(), (all, mask) => {
          const map = insertAllIntoMap(emptyMap, all)
          const latest = [...new Map(all.map((entry) => [toHex(entry.key), entry])).values()]
          const chosen = latest
            .filter((_, i) => ((mask >> (i % 30)) & 1) === 1)
            .toSorted((a, b) => compareBytes(a.key, b.key))
          fc.pre(chosen.length > 0)
          const opened = openMultiproof(
            chosen,
            joinPaths(chosen.map((entry) => ({ key: entry.key, path: lookUpInMap(map, entry.key).path }))),
          )
          expect(opened?.root).toEqual(mapRoot(map))
          expect(opened?.paths).toEqual(chosen.map((entry) => lookUpInMap(map, entry.key).path))
        }),
        runs.usual,
      )
    },
    patience,
  )
})

describe('the texts and files of a log', () => {
  const origin = fc.stringMatching(/^[a-z][a-z0-9.-]{0,30}\/[a-z]{1,8}$/)
  const checkpoint = fc.record({ origin, size: fc.maxSafeNat(), root: hash })

  it('keep checkpoints', () => {
    fc.assert(
      fc.property(checkpoint, (each) => void expect(parseCheckpoint(formatCheckpoint(each))).toEqual(each)),
      runs.usual,
    )
  })

  it('keep notes and the requests that carry them', () => {
    const signature = fc.record({
      name: origin,
      keyId: hash.map((bytes) => toHex(bytes.subarray(0, 4))),
      signature: fc.uint8Array({ minLength: 1, maxLength: 80 }),
    })
    const path = fc.array(hash, { maxLength: 63 })
    fc.assert(
      fc.property(
        checkpoint,
        fc.array(signature, { minLength: 1, maxLength: 16 }),
        path,
        fc.maxSafeNat(),
        (each, signatures, proof, oldSize) => {
          const note = { text: formatCheckpoint(each), signatures }
          expect(parseNote(formatNote(note))).toEqual(note)
          const asked = parseAddCheckpoint(formatAddCheckpoint(oldSize, proof, formatNote(note)))
          expect(asked).toEqual({ oldSize, path: proof, note, checkpoint: each })
        },
      ),
      runs.usual,
    )
  })

  it('keep verifier keys', () => {
    fc.assert(
      fc.property(origin, fc.constantFrom(...Object.values(noteTypes)), hash, (name, type, x) => {
        const key = verifierKey(name, type, { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(x).toString('base64url') })
        expect(parseVerifierKey(formatVerifierKey(key))).toEqual(key)
      }),
      runs.usual,
    )
  })

  it('keep seals that are possible, and refuse the others', () => {
    const small = fc.nat(40)
    const seal = fc.record({
      batch: small,
      first: small,
      count: fc.nat(10_001),
      mapRoot: hash,
      leaves: small,
      time: fc.nat(2 ** 31),
      prev: fc.option(small, { nil: undefined }),
      policy: small,
    })
    fc.assert(
      fc.property(seal, ({ prev, ...rest }) => {
        const each = { ...rest, ...(prev === undefined ? {} : { prev }) }
        if (isPossible(each)) expect(parseSeal(utf8(formatSeal(each)))).toEqual(each)
        else expect(() => parseSeal(utf8(formatSeal(each)))).toThrow('checkpoint.malformed')
      }),
      runs.cheap,
    )
  })

  it('keep the paths of tiles', () => {
    const level = fc.oneof(fc.nat(63), fc.constant('entries' as const))
    fc.assert(
      fc.property(level, fc.nat(2 ** 40), fc.integer({ min: 1, max: tileWidth }), (each, index, width) => {
        const name = { level: each, index, width }
        expect(parseTilePath(formatTilePath(name))).toEqual(name)
      }),
      runs.cheap,
    )
  })

  it('name each tile that growth makes once, whole if it is full', () => {
    fc.assert(
      fc.property(fc.nat(3_000), fc.nat(3_000), (from, more) => {
        const paths = newTiles(from, from + more).map(formatTilePath)
        expect(new Set(paths).size).toBe(paths.length)
        expect(paths.length > 0).toBe(more > 0)
      }),
      runs.usual,
    )
  })

  it('keep bundles of entries, and two notes beside each other', () => {
    const entries = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 })
    const some = fc.uint8Array({ minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(entries, some, some, (each, known, seen) => {
        expect(parseEntryBundle(formatEntryBundle(each))).toEqual(each)
        expect(parseFork(formatFork(known, seen))).toEqual([known, seen])
      }),
      runs.usual,
    )
  })
})

describe('a signed note', async () => {
  const signer = testSigner('log', 'Ed25519')
  const text = formatCheckpoint({ origin: 'log.example/x', size: 7, root: sha256(utf8('root')) })
  const notes = await Promise.all(
    Object.values(noteTypes).map(async (type) => ({
      key: verifierKey('log.example/x', type, signer.publicJwk),
      note: formatNote({ text, signatures: [await signNote(signer, 'log.example/x', type, text, 1_795_392_000)] }),
    })),
  )

  it.each(notes)('is refused with any letter of it changed', async ({ note, key }) => {
    expect(await verifiedSignatures(parseNote(note), [key])).toHaveLength(1)
    await fc.assert(
      fc.asyncProperty(fc.nat(note.length - 1), fc.integer({ min: 33, max: 126 }), async (at, code) => {
        const changed = note.slice(0, at) + String.fromCharCode(code) + note.slice(at + 1)
        // The name in a signature line is a hint alone: the key id finds the key.
        fc.pre(changed !== note && !isName(at, note))
        expect(await verified(changed, key)).toBe(0)
      }),
      runs.signing,
    )
  })

  const isName = (at: number, note: string) => at > note.lastIndexOf('\u2014 ') && at < note.lastIndexOf(' ')

  async function verified(note: string, key: (typeof notes)[number]['key']): Promise<number> {
    try {
      return (await verifiedSignatures(parseNote(note), [key])).length
    } catch {
      return 0
    }
  }
})
