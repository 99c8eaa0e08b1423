import { readdir, rm } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { equalBytes, toHex, utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
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
import { differenceOfMaps, isIntact } from '../adapters/map-compare.ts'
import { mapInSqlite } from '../adapters/map-sqlite.ts'
import { stageInFiles, tilesInFiles } from '../adapters/tiles-files.ts'
import { rebuildStates } from '../log/rebuild.ts'
import { parseStage } from '../log/stage.ts'

/** The log of a folder as its entries say it is. */
interface Reckoned {
  readonly folder: string
  readonly entries: readonly Uint8Array[]
  readonly tree: LogTree
}

/**
 * Compares every file of a registry's folder with the log: what a start has no time for.
 *
 * Indexes are made anew beside and compared row by row; every tile, older partial ones too, is reckoned again; every
 * head that was ever signed or anchored has to be one of the log's; every blob has to bear its name.
 *
 * @returns where the first thing is that is not as it should be; undefined: the folder is whole
 */
export async function scrubFolder(folder: string): Promise<string | undefined> {
  for (const name of ['head', 'map', 'signer'])
    if (!isIntact(join(folder, `${name}.sqlite`))) return `${name} integrity`
  const log = await reckon(folder)
  if (typeof log === 'string') return log
  const looks = [scrubHead, scrubSigned, scrubTiles, scrubLedger, scrubBlobs]
  for (const look of looks) {
    const found = await look(log)
    if (found !== undefined) return found
  }
  return undefined
}

async function reckon(folder: string): Promise<Reckoned | string> {
  const [kept, beside] = [join(folder, 'map.sqlite'), join(folder, 'map.sqlite.scrub')]
  await removeDatabase(beside)
  const fresh = mapInSqlite(beside)
  try {
    const entries = await readEntries(folder, appliedIn(kept))
    const { disagreement } = await rebuildStates(each(entries), fresh).finally(() => fresh.close())
    if (disagreement !== undefined) return `entry ${disagreement.index}`
    const difference = differenceOfMaps(kept, beside)
    if (difference !== undefined) return difference
    const tree = new LogTree()
    for (const entry of entries) tree.append(hashLeaf(entry))
    return { folder, entries, tree }
  } finally {
    await removeDatabase(beside)
  }
}

function appliedIn(path: string): number {
  const states = mapInSqlite(path)
  try {
    return states.applied()
  } finally {
    states.close()
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

/** The head is the last seal's; where it is ahead of the indexes, the stage leads to it. */
async function scrubHead({ folder, entries, tree }: Reckoned): Promise<string | undefined> {
  const heads = headInSqlite(join(folder, 'head.sqlite'))
  const head = heads.load()
  heads.close()
  if (head === undefined || head.size < tree.size) return 'head'
  const all = [...entries, ...(head.size === tree.size ? [] : await stagedEntries(folder, head.size))]
  const grown = new LogTree()
  for (const entry of all) grown.append(hashLeaf(entry))
  const isIts = grown.size === head.size && equalBytes(grown.root(), head.root)
  return isIts && equalBytes(utf8(head.seal), all.at(-1) ?? new Uint8Array()) ? undefined : 'head'
}

async function stagedEntries(folder: string, size: number): Promise<readonly Uint8Array[]> {
  const stage = await stageInFiles(join(folder, 'stage'))
  return parseStage((await stage.read(size)) ?? new Uint8Array())
}

function scrubSigned({ folder, tree }: Reckoned): string | undefined {
  for (const { size, root } of signedHeads(join(folder, 'signer.sqlite')))
    if (size > tree.size || !equalBytes(tree.root(size), root)) return `signed ${size}`
  return undefined
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

async function scrubLedger({ folder, tree }: Reckoned): Promise<string | undefined> {
  for (const { size, root } of await readLedger(join(folder, 'ledger.jsonl')))
    if (size > tree.size || !equalBytes(tree.root(size), root)) return `anchor ${size}`
  return undefined
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
