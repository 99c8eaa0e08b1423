import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { formatEntryBundle } from '@fujie/shared/core/log/tile.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { blobsInFiles, prunePartialTiles, stageInFiles, tilesInFiles } from './tiles-files.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fujie-tiles-'))
})

afterEach(() => rm(folder, { recursive: true }))

describe('tiles in files', () => {
  it('give back what was written, entry bundles packed on disk', async () => {
    const tiles = tilesInFiles(folder)
    const bundle = formatEntryBundle([utf8('a'.repeat(5_000))])
    await tiles.write('tile/entries/000.p/1', bundle)
    expect(await tiles.read('tile/entries/000.p/1')).toEqual(bundle)
    expect((await stat(join(folder, 'tile/entries/000.p/1'))).size).toBeLessThan(200)
    expect(await tiles.read('tile/0/000')).toBeUndefined()
    expect(await tiles.published()).toBeUndefined()
    await tiles.publish('one')
    await tiles.publish('two')
    expect(await tiles.published()).toBe('two')
  })

  it('lose partial tiles a day after the full one, no earlier, and none that is the newest', async () => {
    const tiles = tilesInFiles(folder)
    const now = Math.floor(Date.now() / 1000)
    await prunePartialTiles(folder, now)
    for (const path of ['tile/0/000.p/9', 'tile/0/000', 'tile/0/001.p/3']) await tiles.write(path, new Uint8Array(32))
    const left = async () => (await readdir(join(folder, 'tile/0'))).toSorted()
    await prunePartialTiles(folder, now + 86_000)
    expect(await left()).toEqual(['000', '000.p', '001.p'])
    await prunePartialTiles(folder, now + 86_500)
    expect(await left()).toEqual(['000', '001.p'])
  })
})

describe('stages and blobs in files', () => {
  it('name what is staged by the size it leads to', async () => {
    const stage = await stageInFiles(join(folder, 'stage'))
    await stage.write(4, utf8('four'))
    expect(await stage.sizes()).toEqual([4])
    expect(await stage.read(4)).toEqual(utf8('four'))
    await stage.remove(4)
    await stage.remove(4)
    expect(await stage.read(4)).toBeUndefined()
  })

  it('hold a blob under its digest', async () => {
    const blobs = blobsInFiles(folder)
    const name = 'ab'.repeat(32)
    expect([await blobs.has(name), await blobs.read(name)]).toEqual([false, undefined])
    await blobs.write(name, utf8('blob'))
    expect([await blobs.has(name), await blobs.read(name)]).toEqual([true, utf8('blob')])
  })
})
