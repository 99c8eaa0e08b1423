import type { TileName } from '../core/log/tile.ts'

/**
 * Reads a log as C2SP tlog-tiles serves it. Nothing it gives is believed: hashes lead to a signed root, or they do not.
 *
 * @throws Fault `registry.unreachable`, `record.not_found` for what the log does not have or withholds
 */
export interface LogReader {
  /** The newest checkpoint, a signed note. */
  checkpoint(): Promise<Uint8Array>
  /** A tile, or a bundle of entries; where the log has grown since, a full one may come for a partial one. */
  tile(name: TileName): Promise<Uint8Array>
}
