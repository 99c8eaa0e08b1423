import type { Hash } from '../crypto/hash.ts'
import { concatBytes, uintBytes } from '../encoding/bytes.ts'
import { Fault } from '../fault.ts'
import type { TreeNodes } from './tree.ts'

/** Hashes in a full tile, entries in a full bundle; C2SP tlog-tiles. */
export const tileWidth = 256
/** Levels of the tree that a tile stands for. */
export const tileHeight = 8

/** A tile or, with level `entries`, an entry bundle; `width` below 256 makes it a partial one. */
export interface TileName {
  readonly level: number | 'entries'
  readonly index: number
  readonly width: number
}

/** Path below the log's prefix: `tile/0/x001/x234/067.p/8`. */
export function formatTilePath({ level, index, width }: TileName): string {
  const groups = [String(index % 1_000).padStart(3, '0')]
  for (let rest = Math.floor(index / 1_000); rest > 0; rest = Math.floor(rest / 1_000)) {
    groups.unshift(`x${String(rest % 1_000).padStart(3, '0')}`)
  }
  return `tile/${level}/${groups.join('/')}${width === tileWidth ? '' : `.p/${width}`}`
}

const pathForm = /^tile\/(entries|[0-9]|[1-5][0-9]|6[0-3])\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/

/** Undefined for a path that is spelled in any other way. */
export function parseTilePath(path: string): TileName | undefined {
  const found = pathForm.exec(path)
  if (!found) return undefined
  const [, level, digits, partial] = found as unknown as [string, string, string, string?]
  const index = Number(digits.replaceAll(/[x/]/g, ''))
  const name = {
    level: level === 'entries' ? level : Number(level),
    index,
    width: partial === undefined ? tileWidth : Number(partial),
  } as const
  return Number.isSafeInteger(index) && formatTilePath(name) === path ? name : undefined
}

/** The tiles that growth from `oldSize` to `newSize` makes or widens, entry bundles included. */
export function newTiles(oldSize: number, newSize: number): readonly TileName[] {
  const tiles: TileName[] = tilesOfLevel('entries', oldSize, newSize)
  for (let level = 0; ; level++) {
    const [from, to] = [hashesAt(oldSize, level), hashesAt(newSize, level)]
    if (to === 0) return tiles
    tiles.push(...tilesOfLevel(level, from, to))
  }
}

/** Hashes in the tiles of a level for a log of `size` entries. */
export function hashesAt(size: number, level: number): number {
  return Math.floor(size / 2 ** (tileHeight * level))
}

function tilesOfLevel(level: TileName['level'], from: number, to: number): TileName[] {
  const tiles: TileName[] = []
  if (from === to) return tiles
  for (let index = Math.floor(from / tileWidth); index * tileWidth < to; index++) {
    tiles.push({ level, index, width: Math.min(tileWidth, to - index * tileWidth) })
  }
  return tiles
}

/** The bytes of a hash tile. */
export function formatHashTile(nodes: TreeNodes, level: number, index: number, width: number): Uint8Array {
  const first = index * tileWidth
  return concatBytes(...Array.from({ length: width }, (_, i) => nodes.node(tileHeight * level, first + i)))
}

/**
 * The hashes of a tile.
 *
 * @throws Fault `checkpoint.malformed` if they are not `width`
 */
export function parseHashTile(bytes: Uint8Array, width: number): readonly Hash[] {
  if (bytes.length !== 32 * width) throw new Fault('checkpoint.malformed', { at: 'tile' })
  return Array.from({ length: width }, (_, i) => bytes.slice(32 * i, 32 * i + 32))
}

/** An entry bundle: each entry behind its length in two bytes. */
export function formatEntryBundle(entries: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...entries.flatMap((entry) => [uintBytes(entry.length, 2), entry]))
}

/**
 * The entries of a bundle, as parts of its bytes.
 *
 * @throws Fault `checkpoint.malformed` if it does not end with its last entry
 */
export function parseEntryBundle(bytes: Uint8Array): readonly Uint8Array[] {
  const entries: Uint8Array[] = []
  for (let at = 0; at < bytes.length;) {
    const length = ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
    const end = at + 2 + length
    if (end > bytes.length) throw new Fault('checkpoint.malformed', { at: 'bundle' })
    entries.push(bytes.subarray(at + 2, end))
    at = end
  }
  return entries
}
