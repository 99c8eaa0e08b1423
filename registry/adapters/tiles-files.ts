import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync, gzip } from 'node:zlib'
import { utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import type { BlobStore, StageStore, TileStore } from '../log/ports.ts'
import { isMissing, prepareFolder, readIfThere, readNowIfThere, writeDurably } from './folder.ts'

/** On another thread. */
const pack = promisify(gzip) as (bytes: Uint8Array, options: { level: number }) => Promise<Uint8Array>

/** Entry bundles stand packed in their files, and go out so. */
const isPacked = (path: string) => path.startsWith('tile/entries/')

function unpacked(path: string, bytes: Uint8Array | undefined): Uint8Array | undefined {
  return bytes && isPacked(path) ? new Uint8Array(gunzipSync(bytes)) : bytes
}

/** Tiles, entry bundles and the checkpoint as the files that any static server could serve. */
export function tilesInFiles(
  folder: string,
): TileStore & { readPacked(path: string): Promise<Uint8Array | undefined> } {
  const checkpoint = join(folder, 'checkpoint')
  const readPacked = (path: string) => readIfThere(join(folder, path))
  return {
    readPacked,
    async write(path, bytes) {
      await writeDurably(join(folder, path), isPacked(path) ? await pack(bytes, { level: 3 }) : bytes)
    },
    read: async (path) => unpacked(path, await readPacked(path)),
    readNow: (path) => unpacked(path, readNowIfThere(join(folder, path))),
    async publish(note) {
      await writeDurably(checkpoint, note)
    },
    async published() {
      const bytes = await readIfThere(checkpoint)
      return bytes && utf8Text(bytes)
    },
  }
}

/** A partial tile is kept this long beyond the full one: whoever follows an older checkpoint still finds it. */
const partialSeconds = 86_400

/** Removes the partial tiles that full ones took the place of, and that nobody needs any more. */
export async function prunePartialTiles(folder: string, now: Instant): Promise<void> {
  const names = await readdir(join(folder, 'tile'), { recursive: true, withFileTypes: true }).catch(orNothing)
  for (const each of names.filter((name) => name.isDirectory() && name.name.endsWith('.p'))) {
    const partial = join(each.parentPath, each.name)
    const full = await stat(partial.slice(0, -'.p'.length)).catch(orMissing)
    if (full !== undefined && full.mtimeMs / 1000 + partialSeconds < now) await rm(partial, { recursive: true })
  }
}

function orNothing(error: unknown): [] {
  if (isMissing(error)) return []
  throw error
}

function orMissing(error: unknown): undefined {
  if (isMissing(error)) return undefined
  throw error
}

/** Staged batches, a file each, named by the size the log will have. */
export async function stageInFiles(folder: string): Promise<StageStore> {
  await prepareFolder(folder)
  const path = (size: number) => join(folder, String(size))
  return {
    write: (size, bytes) => writeDurably(path(size), bytes),
    read: (size) => readIfThere(path(size)),
    remove: (size) => rm(path(size), { force: true }),
    async sizes() {
      const names = await readdir(folder)
      return names.filter((name) => /^[1-9][0-9]*$/.test(name)).map(Number)
    },
  }
}

/** Blobs, a file each, in folders of two letters. */
export function blobsInFiles(folder: string): BlobStore {
  const path = (sha256: string) => join(folder, sha256.slice(0, 2), sha256)
  return {
    async has(sha256) {
      try {
        return (await stat(path(sha256))).isFile()
      } catch (error) {
        if (isMissing(error)) return false
        throw error
      }
    },
    read: (sha256) => readIfThere(path(sha256)),
    write: (sha256, bytes) => writeDurably(path(sha256), bytes),
  }
}
