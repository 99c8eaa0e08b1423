import { utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { Recent } from '@fujie/shared/core/encoding/recent.ts'
import { parseRecord, type SignedRecord } from '@fujie/shared/core/record/record.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { formatTilePath, parseEntryBundle, tileWidth } from '@fujie/shared/core/log/tile.ts'
import type { TileStore } from './ports.ts'

/** Bundles, of a quarter of a megabyte each. */
const mostKept = 64
/** Records that were written last: they are asked for again, to be proven. */
const mostWritten = 12_000
/** Records that were read last; of those asked for from outside few come again. */
const mostRead = 1_000

/** Reads entries of the log out of their bundles, the last ones of which stay in memory. */
export class Entries {
  readonly #tiles: TileStore
  readonly #bundles = new Map<number, readonly Uint8Array[]>()
  readonly #written = new Recent<number, SignedRecord>(mostWritten)
  readonly #read = new Recent<number, SignedRecord>(mostRead)
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

  /**
   * The record at an index; of a log that is whole every entry but the seals is one.
   *
   * @throws Fault `record.not_found`, `log.damaged` if the entry is no record
   */
  async record(index: number): Promise<SignedRecord> {
    const known = this.#written.get(index) ?? this.#read.get(index)
    if (known !== undefined) return known
    const text = utf8Text(await this.read(index))
    if (text === undefined) throw new Fault('log.damaged', { at: 'entry', index })
    const record = parseRecord(text)
    this.#read.put(index, record)
    return record
  }

  /** Remembers a record that was just written. */
  keepRecord(index: number, record: SignedRecord): void {
    this.#written.put(index, record)
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
    for (let at = 0; at < entries.length;) {
      const number = Math.floor(this.#size / tileWidth)
      const added = entries.slice(at, at + tileWidth - (this.#size % tileWidth))
      const before = this.#size % tileWidth === 0 ? [] : this.#bundles.get(number)
      if (before !== undefined) this.#keep(number, [...before, ...added])
      this.#size += added.length
      at += added.length
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
