import { describe, expect, it } from 'vitest'
import { utf8 } from '../encoding/bytes.ts'
import { Fault } from '../fault.ts'
import { makeConsistency, verifyConsistency } from './consistency.ts'
import { makeInclusion } from './inclusion.ts'
import { formatHashTile, formatTilePath, type TileName } from './tile.ts'
import { reckonFromTiles } from './tile-nodes.ts'
import { hashLeaf, hashNode, LogTree, subtreeRoot, type TreeNodes } from './tree.ts'

const most = 1_300
const tree = new LogTree()
for (let i = 0; i < most; i++) tree.append(hashLeaf(utf8(`entry ${i}`)))

/** A server of tiles that writes down what it is asked for. */
function serving(nodes: TreeNodes) {
  const asked: string[] = []
  const fetch = (name: TileName) => {
    asked.push(formatTilePath(name))
    return Promise.resolve(formatHashTile(nodes, name.level as number, name.index, name.width))
  }
  return { asked, fetch }
}

const rootOf = (size: number) => (nodes: TreeNodes) => subtreeRoot(nodes, 0, size)

describe('what is reckoned from tiles', () => {
  it.each([1, 2, 7, 255, 256, 257, 511, 512, 700, 1_023, 1_024, 1_300])('has the root of %i entries', async (size) => {
    expect(await reckonFromTiles(size, serving(tree).fetch, rootOf(size))).toEqual(tree.root(size))
  })

  it('has the proofs of the tree that is whole', async () => {
    const { fetch } = serving(tree)
    for (const index of [0, 1, 255, 256, 700, 1_279, 1_280, 1_299]) {
      const made = await reckonFromTiles(most, fetch, (nodes) => makeInclusion(nodes, index, most))
      expect(made).toEqual(makeInclusion(tree, index, most))
    }
    for (const older of [1, 3, 256, 300, 1_024, 1_281, most]) {
      const made = await reckonFromTiles(most, fetch, (nodes) => makeConsistency(nodes, older, most))
      expect(verifyConsistency(made, tree.root(older), tree.root(most))).toBe(true)
    }
  })

  it.each<[number, readonly string[]]>([
    [1, ['tile/0/000.p/1']],
    [256, ['tile/1/000.p/1']],
    [257, ['tile/1/000.p/1', 'tile/0/001.p/1']],
    [700, ['tile/1/000.p/2', 'tile/0/002.p/188']],
    [1_300, ['tile/1/000.p/5', 'tile/0/005.p/20']],
  ])('of %i entries fetches each tile it needs once, as wide as such a log has it', async (size, paths) => {
    const { asked, fetch } = serving(tree)
    await reckonFromTiles(size, fetch, rootOf(size))
    expect(asked).toEqual(paths)
  })

  it('fetches a full tile once, whatever is asked of it', async () => {
    const { asked, fetch } = serving(tree)
    await reckonFromTiles(most, fetch, (nodes) => [nodes.node(0, 256), nodes.node(3, 63), nodes.node(7, 3)])
    expect(asked).toEqual(['tile/0/001'])
  })

  it('reaches the upper tiles of logs of any size', async () => {
    // All entries are alike, so a full subtree has one hash at each level.
    const levels = [hashLeaf(utf8('alike'))]
    for (let level = 0; level < 40; level++)
      levels.push(hashNode(levels[level] as Uint8Array, levels[level] as Uint8Array))
    const alike: TreeNodes = { node: (level) => levels[level] as Uint8Array }
    for (const size of [65_536, 65_537, 3 * 65_536 + 5, 2 ** 24 + 2 ** 16 + 1, 2 ** 33 + 2 ** 31 - 7]) {
      const { asked, fetch } = serving(alike)
      expect(await reckonFromTiles(size, fetch, rootOf(size))).toEqual(subtreeRoot(alike, 0, size))
      expect(new Set(asked).size).toBe(asked.length)
    }
    const { asked, fetch } = serving(alike)
    await reckonFromTiles(2 ** 24 + 2 ** 16 + 1, fetch, rootOf(2 ** 24 + 2 ** 16 + 1))
    expect(asked).toEqual(['tile/3/000.p/1', 'tile/2/001.p/1', 'tile/0/x065/792.p/1'])
  })
})

const where = async (work: Promise<unknown>) => {
  try {
    await work
    return 'accepted'
  } catch (thrown) {
    return thrown instanceof Fault
      ? `${thrown.code} ${String(thrown.details.level)}/${String(thrown.details.index)}`
      : thrown
  }
}

describe('a tile that is not whole', () => {
  it.each([-32, -1, 1, 32])('is refused if it is %i bytes longer than its name says', async (more) => {
    const fetch = (name: TileName) => Promise.resolve(new Uint8Array(32 * name.width + more))
    expect(await where(reckonFromTiles(5, fetch, rootOf(5)))).toBe('checkpoint.malformed undefined/undefined')
  })

  it.each<[number, number, string]>([
    [0, 5, 'checkpoint.malformed 0/5'],
    [1, 2, 'checkpoint.malformed 1/2'],
    [2, 1, 'checkpoint.malformed 2/1'],
    [0, 4, 'accepted'],
    [2, 0, 'accepted'],
  ])('has no node %i/%i in a log of five entries but those that are full', async (level, index, expected) => {
    expect(await where(reckonFromTiles(5, serving(tree).fetch, (nodes) => nodes.node(level, index)))).toBe(expected)
  })

  it('is refused for a reckoning that asks for what it did not ask for before', async () => {
    let times = 0
    const turning = (nodes: TreeNodes) => nodes.node(0, times++ === 0 ? 0 : 256)
    expect(await where(reckonFromTiles(most, serving(tree).fetch, turning))).toBe('checkpoint.malformed 0/256')
  })

  it('passes on why it could not be fetched', async () => {
    const fault = new Fault('registry.unreachable')
    expect(await where(reckonFromTiles(5, () => Promise.reject(fault), rootOf(5)))).toMatch('registry.unreachable')
  })
})
