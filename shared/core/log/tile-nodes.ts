import type { Hash } from '../crypto/hash.ts'
import { Fault } from '../fault.ts'
import { parseHashTile, tileHeight, hashesAt, tileWidth, type TileName } from './tile.ts'
import { hashNode, type TreeNodes } from './tree.ts'

const nothing: Hash = new Uint8Array(32)

/** Writes down which nodes a reckoning asks for: they have to be fetched before it can be done. */
class WantedNodes implements TreeNodes {
  readonly wanted: { readonly level: number; readonly index: number }[] = []

  node(level: number, index: number): Hash {
    this.wanted.push({ level, index })
    return nothing
  }
}

/** The nodes of a tree out of its tiles. */
class TileNodes implements TreeNodes {
  readonly #tiles = new Map<string, readonly Hash[]>()

  put({ level, index }: TileName, hashes: readonly Hash[]): void {
    this.#tiles.set(`${level} ${index}`, hashes)
  }

  node(level: number, index: number): Hash {
    const height = level % tileHeight
    const first = index * 2 ** height
    const hashes = this.#tiles.get(`${Math.floor(level / tileHeight)} ${Math.floor(first / tileWidth)}`)
    const at = first % tileWidth
    const below = hashes?.slice(at, at + 2 ** height) ?? []
    if (below.length !== 2 ** height) throw new Fault('checkpoint.malformed', { at: 'tile', level, index })
    return folded(below)
  }
}

function folded(hashes: readonly Hash[]): Hash {
  if (hashes.length === 1) return hashes[0] as Hash
  const middle = hashes.length / 2
  return hashNode(folded(hashes.slice(0, middle)), folded(hashes.slice(middle)))
}

/**
 * Reckons something out of the tiles of a log of `size` entries, fetching those it needs and no others.
 *
 * `reckon` runs twice, first with nodes of zeros: which nodes it asks for may depend on nothing but sizes.
 *
 * @throws Fault `checkpoint.malformed` for a tile that is not whole, and what `fetch` throws
 */
export async function reckonFromTiles<T>(
  size: number,
  fetch: (name: TileName) => Promise<Uint8Array>,
  reckon: (nodes: TreeNodes) => T,
): Promise<T> {
  const wanted = new WantedNodes()
  reckon(wanted)
  const nodes = new TileNodes()
  const names = new Map(
    wanted.wanted.map((node) => tileOf(node, size)).map((name) => [`${name.level} ${name.index}`, name]),
  )
  await Promise.all(
    [...names.values()].map(async (name) => nodes.put(name, parseHashTile(await fetch(name), name.width))),
  )
  return reckon(nodes)
}

/** The tile, as wide as a log of this size has it, that holds a node or what it is reckoned from. */
function tileOf({ level, index }: { readonly level: number; readonly index: number }, size: number): TileName {
  const tileLevel = Math.floor(level / tileHeight)
  const tile = Math.floor((index * 2 ** (level % tileHeight)) / tileWidth)
  return { level: tileLevel, index: tile, width: Math.min(tileWidth, hashesAt(size, tileLevel) - tile * tileWidth) }
}
