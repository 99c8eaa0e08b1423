import { createHash } from 'node:crypto'
import { constants, globSync, readFileSync } from 'node:fs'
import { access, cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { derivePrivateJwk, signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { mapRoot, restoreMap, type LogMap } from '@fujie/shared/core/log/map.ts'
import { formatSeal, parseSeal, sealIndex, type Seal } from '@fujie/shared/core/log/seal.ts'
import {
  formatEntryBundle,
  formatHashTile,
  formatTilePath,
  newTiles,
  parseEntryBundle,
  tileWidth,
} from '@fujie/shared/core/log/tile.ts'
import { hashLeaf, LogTree } from '@fujie/shared/core/log/tree.ts'
import { ruleRecord, type States } from '@fujie/shared/core/record/history.ts'
import { Overlay } from '@fujie/shared/core/record/overlay.ts'
import { parseRecord } from '@fujie/shared/core/record/record.ts'
import { headInSqlite } from '../registry/adapters/head-sqlite.ts'
import { mapInSqlite } from '../registry/adapters/map-sqlite.ts'
import { tilesInFiles } from '../registry/adapters/tiles-files.ts'
import { appliedBatch } from '../registry/log/applied.ts'
import { demoPolicy, firstPolicy } from '../registry/log/genesis.ts'
import type { HeadRow, StateStore } from '../registry/log/ports.ts'
import { startRegistry, type RunningRegistry } from '../registry/main.ts'
import { Signers } from './registry-records.ts'

export const origin = 'bench.fujie'
export const benchKey = (name: string) => signerOfJwk(derivePrivateJwk('bench', name, 'Ed25519'))

/** A registry on a folder, or a new one in an empty folder. */
export function startBench(folder: string, batchInterval = 20): Promise<RunningRegistry> {
  const [logKey, admin] = [benchKey('log'), benchKey('admin')]
  return startRegistry(
    { folder, port: 0, origin, batchInterval, stampInterval: 3_600, anchorInterval: 3_600 },
    {
      logKey,
      firstPolicy: () => firstPolicy(demoPolicy(origin, logKey, admin), [admin], Math.floor(Date.now() / 1000)),
    },
  )
}

/** What the form of a store follows from: where any of it changed, a kept one is of no use. */
const sources = [
  'registry/adapters/*-sqlite.ts',
  'registry/adapters/tiles-files.ts',
  'registry/log/{applied,genesis,stage}.ts',
  'shared/core/log/{map,map-bucket,map-node,seal,state,tile,tree}.ts',
  'shared/core/record/{history,name,operation,record}.ts',
  'bench/registry-{records,store}.ts',
]

function keyOfSources(): string {
  const root = join(import.meta.dirname, '..')
  const hash = createHash('sha256')
  for (const file of globSync(sources, { cwd: root }).toSorted()) hash.update(readFileSync(join(root, file)))
  return hash.digest('hex').slice(0, 12)
}

/**
 * A folder with a log of so many DIDs, the caller's own to change; made once and kept in the folder for temporary files.
 *
 * It is filled by the registry's own stores, rules and seals, but for two things that take nothing from its form: no
 * signature is looked at, since they were made here, and files are synced by no batch.
 */
export async function storeOf(names: number): Promise<string> {
  const kept = join(tmpdir(), `fujie-bench-store-${keyOfSources()}-${names}`)
  if (
    !(await access(kept).then(
      () => true,
      () => false,
    ))
  )
    await makeStore(kept, names)
  const own = await mkdtemp(join(tmpdir(), 'fujie-bench-'))
  tellProgress(`copying ${kept}`)
  await cp(kept, own, { recursive: true, mode: constants.COPYFILE_FICLONE })
  return own
}

function tellProgress(text: string): void {
  process.stderr.write(`${text}\n`)
}

async function makeStore(kept: string, names: number): Promise<void> {
  const part = `${kept}.part`
  await rm(part, { recursive: true, force: true })
  await mkdir(part, { recursive: true })
  const registry = await startBench(part)
  await registry.stop()
  await fill(part, registry.log, names)
  // Opened and closed once, it has a checkpoint under its last seal.
  await (await startBench(part)).stop()
  await rename(part, kept)
}

const batch = 10_000

async function fill(folder: string, log: string, names: number): Promise<void> {
  const heads = headInSqlite(join(folder, 'head.sqlite'))
  const states = mapInSqlite(join(folder, 'map.sqlite'))
  const signers = new Signers()
  try {
    const filler = new Filler(folder, log, heads.load() as HeadRow, states)
    let coming = signers.sign({ log, from: 0, count: Math.min(batch, names) })
    for (let made = 0; made < names; made += batch) {
      const texts = await coming
      const from = made + batch
      if (from < names) coming = signers.sign({ log, from, count: Math.min(batch, names - from) })
      await filler.add(texts)
      if (from % 100_000 === 0) tellProgress(`${from} of ${names} names`)
    }
    const epoch = heads.takeOver()
    if (!heads.swap({ epoch, head: heads.load() }, filler.head)) throw new Error('the head has moved')
  } finally {
    await signers.close()
    heads.close()
    states.close()
  }
}

/** Appends batches to a small log, all of whose entries are in its first partial tiles. */
class Filler {
  readonly #folder: string
  readonly #base: States
  readonly #states: StateStore
  readonly #tree = new LogTree()
  #map: LogMap
  #seal: Seal
  #bundle: Uint8Array[] = []

  constructor(folder: string, log: string, head: HeadRow, states: StateStore) {
    this.#folder = folder
    this.#base = { log, find: () => undefined, policies: () => [] }
    this.#states = states
    this.#map = restoreMap(states.buckets(), states)
    this.#seal = parseSeal(utf8(head.seal))
  }

  get head(): Omit<HeadRow, 'epoch'> {
    return { size: this.#tree.size, root: this.#tree.root(), seal: formatSeal(this.#seal) }
  }

  async add(texts: readonly string[]): Promise<void> {
    if (this.#tree.size === 0) await this.#takeBeginning()
    const first = this.#tree.size
    const time = this.#seal.time
    const overlay = new Overlay(this.#base)
    for (const [i, text] of texts.entries()) {
      const ruled = ruleRecord(overlay, parseRecord(text), { index: first + i, sealTime: time })
      if ('code' in ruled) throw new Error(ruled.code)
      overlay.put(ruled.state, time)
    }
    this.#map = overlay.over(this.#map)
    const { batch: before, policy } = this.#seal
    const counts = { batch: before + 1, first, count: texts.length, leaves: this.#map.leaves, time, policy }
    this.#seal = { ...counts, mapRoot: mapRoot(this.#map), prev: sealIndex(this.#seal) }
    this.#states.apply(appliedBatch(this.#seal, overlay.folded, this.#map))
    await this.#append([...texts, formatSeal(this.#seal)].map(utf8))
  }

  async #takeBeginning(): Promise<void> {
    const width = sealIndex(this.#seal) + 1
    const tiles = tilesInFiles(this.#folder)
    const bytes = await tiles.read(formatTilePath({ level: 'entries', index: 0, width }))
    for (const entry of parseEntryBundle(bytes ?? new Uint8Array())) this.#take(entry)
  }

  #take(entry: Uint8Array): void {
    if (this.#bundle.length === tileWidth) this.#bundle = []
    this.#tree.append(hashLeaf(entry))
    this.#bundle.push(entry)
  }

  async #append(entries: readonly Uint8Array[]): Promise<void> {
    const before = this.#tree.size
    const bundles = new Map<number, readonly Uint8Array[]>()
    for (const entry of entries) {
      const index = Math.floor(this.#tree.size / tileWidth)
      this.#take(entry)
      bundles.set(index, this.#bundle)
    }
    const writes = newTiles(before, this.#tree.size).map(async ({ level, index, width }) => {
      const path = join(this.#folder, formatTilePath({ level, index, width }))
      await mkdir(dirname(path), { recursive: true })
      await writeFile(
        path,
        level === 'entries'
          ? await pack(formatEntryBundle(bundles.get(index) ?? []), { level: 3 })
          : formatHashTile(this.#tree, level, index, width),
      )
    })
    await Promise.all(writes)
  }
}

const pack = promisify(gzip) as (bytes: Uint8Array, options: { level: number }) => Promise<Uint8Array>
