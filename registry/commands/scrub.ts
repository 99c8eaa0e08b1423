import { readdir, rm } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { equalBytes, toHex, utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Head } from '@fujie/shared/core/log/checkpoint.ts'
import {
  formatEntryBundle,
  formatHashTile,
  formatTilePath,
  hashesAt,
  parseEntryBundle,
  parseTilePath,
  tileWidth,
  type TileName,
} from '@fujie/shared/core/log/tile.ts'
import { hashLeaf, LogTree } from '@fujie/shared/core/log/tree.ts'
import { isMissing, readIfThere } from '../adapters/folder.ts'
import { headInSqlite } from '../adapters/head-sqlite.ts'
import { signedHeads } from '../adapters/journal-sqlite.ts'
import { readLedger } from '../adapters/ledger-file.ts'
import { appliedTo, isIntact, keptMap } from '../adapters/map-compare.ts'
import { mapInSqlite } from '../adapters/map-sqlite.ts'
import { stageInFiles, tilesInFiles } from '../adapters/tiles-files.ts'
import type { HeadRow } from '../log/ports.ts'
import { rebuildStates } from '../log/rebuild.ts'
import { parseStage } from '../log/stage.ts'

/** The log of a folder as its entries say it is, and what was committed, signed and anchored of it before it was read. */
interface Reckoned extends Stood {
  readonly folder: string
  readonly entries: readonly Uint8Array[]
  readonly tree: LogTree
}

interface Stood {
  readonly head: HeadRow | undefined
  readonly signed: readonly Head[]
  readonly anchored: readonly Head[]
}

/** A registry that commits just then may be seen between two of its steps: looked at again, it is not. */
const mostLooks = 5

/**
 * Compares every file of a registry's folder with the log: what a start has no time for. The registry may be running.
 *
 * Indexes are made anew beside and compared row by row; every tile, older partial ones too, is reckoned again; every
 * head that was ever signed or anchored has to be one of the log's; every blob has to bear its name.
 *
 * @returns where the first thing is that is not as it should be; undefined: the folder is whole
 */
export async function scrubFolder(folder: string): Promise<string | undefined> {
  for (let look = 1; ; look++) {
    const before = headOf(folder)?.size
    const found = await scrub(folder)
    if (found === undefined || look === mostLooks || headOf(folder)?.size === before) return found
  }
}

async function scrub(folder: string): Promise<string | undefined> {
  for (const name of ['head', 'map', 'signer'])
    if (!isIntact(join(folder, `${name}.sqlite`))) return `${name} integrity`
  // Read first: what is committed, signed or anchored by now is in the entries that are read next.
  const signed = signedHeads(join(folder, 'signer.sqlite'))
  const anchored = await readLedger(join(folder, 'ledger.jsonl'))
  const log = await reckon(folder, { head: headOf(folder), signed, anchored })
  if (typeof log === 'string') return log
  const looks = [scrubHead, scrubStood, scrubTiles, scrubBlobs]
  for (const look of looks) {
    const found = await look(log)
    if (found !== undefined) return found
  }
  return undefined
}

function headOf(folder: string): HeadRow | undefined {
  const heads = headInSqlite(join(folder, 'head.sqlite'))
  try {
    return heads.load()
  } finally {
    heads.close()
  }
}

async function reckon(folder: string, stood: Stood): Promise<Reckoned | string> {
  const beside = join(folder, 'map.sqlite.scrub')
  await removeDatabase(beside)
  const fresh = mapInSqlite(beside)
  const kept = keptMap(join(folder, 'map.sqlite'), beside)
  try {
    const entries = await readEntries(folder, kept.applied)
    const { disagreement } = await rebuildStates(each(entries), fresh)
    if (disagreement !== undefined) return `entry ${disagreement.index}`
    const difference = kept.difference()
    if (difference !== undefined) return difference
    const tree = new LogTree()
    for (const entry of entries) tree.append(hashLeaf(entry))
    return { ...stood, folder, entries, tree }
  } finally {
    kept.close()
    fresh.close()
    await removeDatabase(beside)
  }
}

async function readEntries(folder: string, size: number): Promise<readonly Uint8Array[]> {
  const tiles = tilesInFiles(folder)
  const entries: Uint8Array[] = []
  for (let index = 0; index * tileWidth < size; index++) {
    const width = Math.min(tileWidth, size - index * tileWidth)
    const bytes = await tiles.read(formatTilePath({ level: 'entries', index, width }))
    if (bytes === undefined) throw new Fault('log.damaged', { at: 'bundle', index })
    entries.push(...parseEntryBundle(bytes))
  }
  return entries
}

async function* each(entries: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const entry of entries) yield await Promise.resolve(entry)
}

/** The head is that of a seal; where it is ahead of the indexes, the stage leads to it. */
async function scrubHead({ folder, head, entries, tree }: Reckoned): Promise<string | undefined> {
  if (head === undefined) return 'head'
  const { size, root, seal } = head
  const all = size <= tree.size ? entries.slice(0, size) : await aheadEntries(folder, entries, size)
  const grown = new LogTree()
  for (const entry of all) grown.append(hashLeaf(entry))
  const isIts = grown.size === size && equalBytes(grown.root(), root)
  return isIts && equalBytes(utf8(seal), all.at(-1) ?? new Uint8Array()) ? undefined : 'head'
}

/** The entries up to a head ahead of the indexes: by its stage, or, where a writer has just cleared that, by the tiles. */
async function aheadEntries(
  folder: string,
  entries: readonly Uint8Array[],
  size: number,
): Promise<readonly Uint8Array[]> {
  const stage = await stageInFiles(join(folder, 'stage'))
  const staged = await stage.read(size)
  if (staged !== undefined) return [...entries, ...parseStage(staged)]
  if (appliedTo(join(folder, 'map.sqlite')) < size) throw new Fault('log.damaged', { at: 'stage' })
  return readEntries(folder, size)
}

function scrubStood({ signed, anchored, tree }: Reckoned): string | undefined {
  const isOurs = ({ size, root }: Head) => size <= tree.size && equalBytes(tree.root(size), root)
  const [other, foreign] = [signed.find((each) => !isOurs(each)), anchored.find((each) => !isOurs(each))]
  if (other !== undefined) return `signed ${other.size}`
  return foreign && `anchor ${foreign.size}`
}

async function scrubTiles(log: Reckoned): Promise<string | undefined> {
  for (const file of await filesIn(join(log.folder, 'tile'))) {
    const path = relative(log.folder, file).replaceAll(sep, '/')
    const name = parseTilePath(path)
    if (name !== undefined && !(await isTile(log, path, name))) return path
  }
  return undefined
}

/** What a start redoes, the tiles of a batch behind the indexes, may be there already. */
async function isTile({ folder, entries, tree }: Reckoned, path: string, name: TileName): Promise<boolean> {
  const { level, index, width } = name
  const [first, end] = [index * tileWidth, index * tileWidth + width]
  if (end > (level === 'entries' ? tree.size : hashesAt(tree.size, level))) return true
  const expected =
    level === 'entries' ? formatEntryBundle(entries.slice(first, end)) : formatHashTile(tree, level, index, width)
  // What does not unpack is not it either.
  const kept = await tilesInFiles(folder)
    .read(path)
    .catch(() => undefined)
  return kept !== undefined && equalBytes(kept, expected)
}

async function scrubBlobs({ folder }: Reckoned): Promise<string | undefined> {
  for (const file of await filesIn(join(folder, 'blob'))) {
    const path = relative(folder, file).replaceAll(sep, '/')
    const [, sha] = /^blob\/[0-9a-f]{2}\/([0-9a-f]{64})$/.exec(path) ?? []
    const bytes = sha === undefined ? undefined : await readIfThere(file)
    if (bytes !== undefined && toHex(sha256(bytes)) !== sha) return path
  }
  return undefined
}

async function filesIn(folder: string): Promise<readonly string[]> {
  try {
    const found = await readdir(folder, { recursive: true, withFileTypes: true })
    return found.filter((each) => each.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** Removes a database with the files SQLite keeps beside it. */
export async function removeDatabase(path: string): Promise<void> {
  for (const end of ['', '-wal', '-shm']) await rm(`${path}${end}`, { force: true })
}
