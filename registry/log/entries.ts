import { Fault } from '@fujie/shared/core/fault.ts'
import { formatTilePath, parseEntryBundle, tileWidth } from '@fujie/shared/core/log/tile.ts'
import type { TileStore } from './ports.ts'

const mostKept = 256

/** Reads entries of the log out of their bundles, the last ones of which stay in memory. */
export class Entries {
  readonly #tiles: TileStore
  readonly #bundles = new Map<number, readonly Uint8Array[]>()
  #size: number

  constructor(tiles: TileStore, size: number) {
    this.#tiles = tiles
    this.#size = size
  }

  get size(): number {
    return this.#size
  }

  /** @throws Fault `record.not_found` behind the end, `log.damaged` if a bundle is not there */
  async read(index: number): Promise<Uint8Array> {
    if (index < 0 || index >= this.#size) throw new Fault('record.not_found')
    const bundle = await this.bundle(Math.floor(index / tileWidth))
    return bundle[index % tileWidth] ?? damaged(index)
  }

  /** The entries of a bundle as far as the log goes. */
  async bundle(number: number): Promise<readonly Uint8Array[]> {
    const width = Math.min(tileWidth, this.#size - number * tileWidth)
    const kept = this.#bundles.get(number)
    if (kept !== undefined && kept.length >= width) return kept
    const bytes = await this.#tiles.read(formatTilePath({ level: 'entries', index: number, width }))
    const entries = bytes === undefined ? damaged(number * tileWidth) : parseEntryBundle(bytes)
    if (entries.length !== width) damaged(number * tileWidth)
    this.#keep(number, entries)
    return entries
  }

  /** Takes in what was just written behind the end. */
  append(entries: readonly Uint8Array[]): void {
    for (const entry of entries) {
      const number = Math.floor(this.#size / tileWidth)
      const before = this.#size % tileWidth === 0 ? [] : this.#bundles.get(number)
      if (before !== undefined) this.#keep(number, [...before, entry])
      this.#size++
    }
  }

  #keep(number: number, entries: readonly Uint8Array[]): void {
    this.#bundles.delete(number)
    this.#bundles.set(number, entries)
    if (this.#bundles.size > mostKept) this.#bundles.delete(this.#bundles.keys().next().value as number)
  }
}

function damaged(index: number): never {
  throw new Fault('log.damaged', { at: 'bundle', index })
}
