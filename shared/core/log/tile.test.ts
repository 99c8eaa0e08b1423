import { describe, expect, it } from 'vitest'
import { utf8 } from '../encoding/bytes.ts'
import {
  formatEntryBundle,
  formatHashTile,
  formatTilePath,
  newTiles,
  parseEntryBundle,
  parseHashTile,
  parseTilePath,
} from './tile.ts'
import { hashLeaf, LogTree } from './tree.ts'

describe('a tile', () => {
  it.each([
    ['tile/0/000', { level: 0, index: 0, width: 256 }],
    ['tile/0/x001/x234/067', { level: 0, index: 1_234_067, width: 256 }],
    ['tile/entries/x123/456.p/7', { level: 'entries', index: 123_456, width: 7 }],
    ['tile/63/005', { level: 63, index: 5, width: 256 }],
  ] as const)('has the path %s', (path, name) => {
    expect(formatTilePath(name)).toBe(path)
    expect(parseTilePath(path)).toEqual(name)
  })

  it.each([
    'tile/0/0',
    'tile/00/000',
    'tile/0/x000/001',
    'tile/0/000.p/256',
    'tile/0/000.p/0',
    'tile/64/000',
    'tile/0/../000',
    '/tile/0/000',
  ])('is not %s', (path) => {
    expect(parseTilePath(path)).toBeUndefined()
  })

  it('stands up to the largest place that is told apart', () => {
    const path = 'tile/0/x009/x007/x199/x254/x740/991'
    expect(parseTilePath(path)?.index).toBe(Number.MAX_SAFE_INTEGER)
    expect(parseTilePath(path.replace('991', '992'))).toBeUndefined()
  })

  it('is made or widened by growth, and only what changed', () => {
    expect(newTiles(0, 3).map(formatTilePath)).toEqual(['tile/entries/000.p/3', 'tile/0/000.p/3'])
    expect(newTiles(3, 3)).toEqual([
      // A level above the entries cannot change while they do not.
    ])
    expect(newTiles(0, 256).map(formatTilePath)).toEqual(['tile/entries/000', 'tile/0/000', 'tile/1/000.p/1'])
    expect(newTiles(256, 512).map(formatTilePath)).toEqual(['tile/entries/001', 'tile/0/001', 'tile/1/000.p/2'])
    expect(newTiles(0, 0)).toEqual([])
    expect(newTiles(255, 257).map(formatTilePath)).toEqual([
      'tile/entries/000',
      'tile/entries/001.p/1',
      'tile/0/000',
      'tile/0/001.p/1',
      'tile/1/000.p/1',
    ])
  })

  it('carries the hashes of its level', () => {
    const tree = new LogTree()
    for (let i = 0; i < 600; i++) tree.append(hashLeaf(utf8(String(i))))
    const [first, second] = parseHashTile(formatHashTile(tree, 1, 0, 2), 2)
    expect([first, second]).toEqual([tree.node(8, 0), tree.node(8, 1)])
    expect(() => parseHashTile(new Uint8Array(33), 1)).toThrow('checkpoint.malformed')
    expect(() => parseHashTile(new Uint8Array(31), 1)).toThrow('checkpoint.malformed')
    expect(parseHashTile(formatHashTile(tree, 0, 2, 3), 3)).toEqual([512, 513, 514].map((index) => tree.node(0, index)))
  })
})

describe('an entry bundle', () => {
  it('gives its entries back', () => {
    const entries = [utf8('a'), new Uint8Array(), new Uint8Array(16_384).fill(7)]
    expect(parseEntryBundle(formatEntryBundle(entries))).toEqual(entries)
  })

  it('is refused if it ends within an entry', () => {
    const whole = formatEntryBundle([utf8('abc')])
    expect(() => parseEntryBundle(whole.subarray(0, 4))).toThrow('checkpoint.malformed')
    expect(() => parseEntryBundle(whole.subarray(0, 1))).toThrow('checkpoint.malformed')
    expect(() => parseEntryBundle(Uint8Array.of(...whole, 0))).toThrow('checkpoint.malformed')
    expect(parseEntryBundle(new Uint8Array())).toEqual([])
    expect(parseEntryBundle(new Uint8Array(2))).toEqual([new Uint8Array()])
  })
})
