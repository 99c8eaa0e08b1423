import type { Hash } from '@fujie/shared/core/crypto/hash.ts'
import { utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault, faultCode, type FaultCode } from '@fujie/shared/core/fault.ts'
import { parseCheckpoint, type Head } from '@fujie/shared/core/log/checkpoint.ts'
import { parseNote, parseVerifierKey, verifiedSignatures } from '@fujie/shared/core/log/note.ts'
import { Replay, isReached, type ReplayedBatch } from '@fujie/shared/core/log/replay.ts'
import {
  formatEntryBundle,
  formatHashTile,
  formatTilePath,
  newTiles,
  parseEntryBundle,
  parseHashTile,
  tileWidth,
} from '@fujie/shared/core/log/tile.ts'
import { equalHash, hashLeaf, LogTree } from '@fujie/shared/core/log/tree.ts'
import type { LogReader } from '@fujie/shared/ports/log-reader.ts'
import { appliedBatch } from './applied.ts'
import type { HeadStore, StateStore, TileStore } from './ports.ts'

/** Somebody else who keeps the entries of the log: another registry's reader, or an auditor. */
export interface Mirror {
  readonly url: string
  readonly reader: LogReader
}

export interface RestorePorts {
  readonly heads: HeadStore
  readonly states: StateStore
  readonly tiles: TileStore
  readonly mirrors: readonly Mirror[]
  /** Keys of the log: a head counts if one of them has signed it. */
  readonly logKeys: readonly string[]
}

/** What the mirrors knew. */
export interface Restored {
  /** Heads of the log that they have, each signed by its key. */
  readonly seen: readonly Head[]
  /** Why one could not be used, by its address. */
  readonly troubles: ReadonlyMap<string, FaultCode>
}

/**
 * Looks for more of the log than there is here, and takes it back (registry, 7, Restore).
 *
 * Nothing a mirror gives is believed: its head has to bear the log's own signature, its leaves have to lead to that
 * head, each entry to its leaf, and every record and seal is reckoned again from the first one. What was fetched is
 * durable before the head moves, which is last: a crash before leaves the head as it was, and the next start does it
 * again.
 *
 * @throws Fault `log.fork` if a head with the log's signature is not of our history; `registry.unreachable` if there is
 *   nothing here and no mirror says whether there is anything
 */
export async function restoreFromMirrors(ports: RestorePorts, origin: string): Promise<Restored> {
  const troubles = new Map<string, FaultCode>()
  const known: { readonly mirror: Mirror; readonly head: Head }[] = []
  for (const mirror of ports.mirrors) {
    const head = await headOf(mirror, ports.logKeys, origin).catch(noted(troubles, mirror))
    if (head !== undefined) known.push({ mirror, head })
  }
  const row = ports.heads.load()
  // An empty folder is a new log only if those who would know say so: what they keep silent about is not absent.
  if (row === undefined && ports.mirrors.length > 0 && [...troubles.values()].length === ports.mirrors.length)
    throw new Fault('registry.unreachable', { at: 'mirrors' })
  for (const { mirror, head } of known.toSorted((a, b) => b.head.size - a.head.size)) {
    if (head.size <= (ports.heads.load()?.size ?? 0)) break
    await takeBack(ports, mirror.reader, head).catch(noted(troubles, mirror))
  }
  return { seen: known.map(({ head }) => head), troubles }
}

/** A mirror that lies or is silent is passed over; two histories are no matter of one mirror. */
function noted(troubles: Map<string, FaultCode>, { url }: Mirror): (thrown: unknown) => undefined {
  return (thrown) => {
    if (!(thrown instanceof Fault) || thrown.code === 'log.fork') throw thrown
    troubles.set(url, faultCode(thrown))
    return undefined
  }
}

/** The newest head a mirror has; undefined: it has none. */
async function headOf({ reader }: Mirror, logKeys: readonly string[], origin: string): Promise<Head | undefined> {
  const bytes = await reader.checkpoint().catch((thrown: unknown) => {
    if (faultCode(thrown) === 'record.not_found') return undefined
    throw thrown
  })
  if (bytes === undefined) return undefined
  const note = parseNote(utf8Text(bytes) ?? '')
  const { origin: named, size, root } = parseCheckpoint(note.text)
  const signed = await verifiedSignatures(note, logKeys.map(parseVerifierKey))
  if (named !== origin || !signed.some(({ key }) => key.type === 1))
    throw new Fault('log.withheld', { at: 'signature' })
  return { size, root }
}

async function takeBack(ports: RestorePorts, reader: LogReader, head: Head): Promise<void> {
  const row = ports.heads.load()
  const tree = await leavesOf(reader, head)
  if (row !== undefined && !equalHash(tree.root(row.size), row.root)) throw new Fault('log.fork', { at: 'mirror' })
  const entries = await entriesOf(reader, tree)
  const batches: ReplayedBatch[] = []
  const replay = new Replay(({ seal, folded, map }) => batches.push({ seal, folded: [...folded], map }))
  for (const entry of entries) {
    const wrong = await replay.take(entry)
    if (wrong !== undefined) throw new Fault('log.damaged', { at: 'mirror', index: wrong.index })
  }
  if (!isReached(replay.result(), head)) throw new Fault('log.damaged', { at: 'mirror' })
  await writeTiles(ports.tiles, tree, entries, row?.size ?? 0)
  const applied = ports.states.applied()
  for (const { seal, folded, map } of batches) {
    if (seal.first >= applied) ports.states.apply(appliedBatch(seal, folded, map))
  }
  const next = { ...head, seal: utf8Text(entries.at(-1) ?? new Uint8Array()) ?? '' }
  const epoch = ports.heads.takeOver()
  if (!ports.heads.swap({ epoch, head: row }, next)) throw new Fault('registry.read_only')
}

/** The leaves of a log, if they lead to its head. */
async function leavesOf(reader: LogReader, head: Head): Promise<LogTree> {
  const tree = new LogTree()
  for (let index = 0; index * tileWidth < head.size; index++) {
    const width = Math.min(tileWidth, head.size - index * tileWidth)
    const bytes = await reader.tile({ level: 0, index, width })
    for (const leaf of parseHashTile(bytes, width)) tree.append(leaf)
  }
  if (!equalHash(tree.root(), head.root)) throw new Fault('log.withheld', { at: 'tiles' })
  return tree
}

/** The entries behind leaves that are known to be right. */
async function entriesOf(reader: LogReader, tree: LogTree): Promise<readonly Uint8Array[]> {
  const entries: Uint8Array[] = []
  for (let index = 0; index * tileWidth < tree.size; index++) {
    const width = Math.min(tileWidth, tree.size - index * tileWidth)
    const bundle = parseEntryBundle(await reader.tile({ level: 'entries', index, width }))
    const leaf = (i: number): Hash => tree.node(0, index * tileWidth + i)
    if (bundle.length !== width || !bundle.every((entry, i) => equalHash(hashLeaf(entry), leaf(i))))
      throw new Fault('log.withheld', { at: 'bundle', index })
    entries.push(...bundle)
  }
  return entries
}

async function writeTiles(
  tiles: TileStore,
  tree: LogTree,
  entries: readonly Uint8Array[],
  oldSize: number,
): Promise<void> {
  for (const name of newTiles(oldSize, tree.size)) {
    const { level, index, width } = name
    const first = index * tileWidth
    const bytes =
      level === 'entries'
        ? formatEntryBundle(entries.slice(first, first + width))
        : formatHashTile(tree, level, index, width)
    await tiles.write(formatTilePath(name), bytes)
  }
}
