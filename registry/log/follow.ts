import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { equalBytes } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { parseCheckpoint, type Head } from '@fujie/shared/core/log/checkpoint.ts'
import { emptyMap, insertAllIntoMap, mapRoot, type LogMap } from '@fujie/shared/core/log/map.ts'
import type { MapLeaf } from '@fujie/shared/core/log/map-node.ts'
import { parseNote } from '@fujie/shared/core/log/note.ts'
import { sealIndex, type Seal } from '@fujie/shared/core/log/seal.ts'
import { mapKey, stateHash, type NameState } from '@fujie/shared/core/log/state.ts'
import { formatTilePath, parseHashTile, tileWidth } from '@fujie/shared/core/log/tile.ts'
import { LogTree } from '@fujie/shared/core/log/tree.ts'
import type { LogPolicy } from '@fujie/shared/core/record/policy.ts'
import { isTrustRecord } from '@fujie/shared/core/record/record.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import { Entries } from './entries.ts'
import { readRecord } from './known-states.ts'
import type { RegistryEvent, StateStore, TileStore } from './ports.ts'
import type { PublishedLog } from './registry.ts'
import type { Snapshot } from './snapshot.ts'

export interface FollowerPorts {
  readonly clock: Clock
  readonly tiles: TileStore
  readonly states: StateStore
  readonly tell: (event: RegistryEvent) => void
}

const mostAtOnce = 10_000

/**
 * Follows a log that another process writes into the same folder: what it shows is what is published, no more.
 *
 * It holds no key and writes nothing. Tiles and states are believed once they lead to the published checkpoint.
 */
export class Follower implements PublishedLog {
  readonly #ports: FollowerPorts
  readonly #tree = new LogTree()
  #map: LogMap = emptyMap
  #entries: Entries
  #snapshot: Snapshot | undefined
  #policy: LogPolicy | undefined
  #dids = 0
  #working: Promise<void> = Promise.resolve()

  private constructor(ports: FollowerPorts) {
    this.#ports = ports
    this.#entries = new Entries(ports.tiles, 0)
  }

  /** @throws Fault `log.damaged` if tiles and states do not lead to the checkpoint; `registry.read_only` without one */
  static async open(ports: FollowerPorts): Promise<Follower> {
    const follower = new Follower(ports)
    await follower.beat()
    if (follower.#snapshot === undefined) throw new Fault('registry.read_only', { at: 'no checkpoint' })
    return follower
  }

  get snapshot(): Snapshot {
    if (this.#snapshot === undefined) throw new Fault('registry.read_only')
    return this.#snapshot
  }

  get entries(): Entries {
    return this.#entries
  }

  get policy(): LogPolicy | undefined {
    return this.#policy
  }

  get publishedSize(): number {
    return this.#snapshot?.head.size ?? 0
  }

  /** How many DIDs there are under the published checkpoint. */
  get dids(): number {
    return this.#dids
  }

  rootAt(size: number): Uint8Array {
    return this.#tree.root(size)
  }

  /** Looks whether more was published, and takes it in. One look after the other. */
  beat(): Promise<void> {
    const turn = this.#working.then(() => this.#look())
    this.#working = turn.catch(() => undefined)
    return turn
  }

  async #look(): Promise<void> {
    const note = await this.#ports.tiles.published()
    if (note === undefined || note === this.#snapshot?.note) return
    const { origin, size, root } = parseCheckpoint(parseNote(note).text)
    const before = this.publishedSize
    if (size < before) throw new Fault('log.damaged', { at: 'checkpoint', size })
    const seal = this.#sealOf(size)
    await this.#growTree({ size, root })
    this.#growMap(before, seal)
    if (size > before) this.#entries = new Entries(this.#ports.tiles, size)
    const log = await this.#readPolicy(size)
    const head = { size, root }
    const stampedAt = before === 0 ? seal.time : this.#ports.clock.now()
    this.#snapshot = { log, origin, head, seal, map: this.#map, tree: this.#tree, note, stampedAt }
    if (size > before) this.#tell(seal, head)
  }

  #sealOf(size: number): Seal {
    const row = this.#ports.states.recordAt(size - 2)
    const [seal] = row === undefined ? [] : this.#ports.states.batches(row.batch + 1, 1)
    if (seal === undefined || sealIndex(seal) + 1 !== size) throw new Fault('log.damaged', { at: 'seal', size })
    return seal
  }

  async #growTree({ size, root }: Head): Promise<void> {
    for (let index = Math.floor(this.#tree.size / tileWidth); index * tileWidth < size; index++) {
      const width = Math.min(tileWidth, size - index * tileWidth)
      const bytes = await this.#ports.tiles.read(formatTilePath({ level: 0, index, width }))
      if (bytes === undefined) throw new Fault('log.damaged', { at: 'tile', index })
      const known = this.#tree.size - index * tileWidth
      for (const leaf of parseHashTile(bytes, width).slice(Math.max(0, known))) this.#tree.append(leaf)
    }
    if (!equalBytes(this.#tree.root(size), root)) throw new Fault('log.damaged', { at: 'tiles', size })
  }

  #growMap(before: number, seal: Seal): void {
    const size = sealIndex(seal) + 1
    const touched = before === 0 ? this.#ports.states.states() : this.#touched(before, size)
    const leaves: MapLeaf[] = []
    let dids = this.#dids
    for (const { ns, name, seq } of touched) {
      // The writer may be further than what is published.
      const state = this.#ports.states.findAt(ns, name, size)
      if (state === undefined) continue
      leaves.push({ key: mapKey(ns, name), value: stateHash(state) })
      if (ns === 'did' && (before === 0 || seq === 0)) dids++
    }
    const map = insertAllIntoMap(this.#map, leaves)
    if (!equalBytes(mapRoot(map), seal.mapRoot)) throw new Fault('log.damaged', { at: 'map', size })
    this.#map = map
    this.#dids = dids
  }

  *#touched(before: number, size: number): Iterable<Pick<NameState, 'ns' | 'name' | 'seq'>> {
    for (let end = size; end > before;) {
      const rows = this.#ports.states.newest(end, mostAtOnce)
      yield* rows.filter(({ index }) => index >= before)
      end = rows.at(-1)?.index ?? 0
    }
  }

  /** The policy in force; the id of the first one names the log. */
  async #readPolicy(size: number): Promise<string> {
    const versions = this.#ports.states.history('pol', 'main', size, mostAtOnce)
    const [newest, first] = [versions[0], versions.at(-1)]
    if (newest === undefined || first === undefined) throw new Fault('log.damaged', { at: 'policy' })
    const record = await readRecord(this.#entries, newest.index)
    if (!isTrustRecord(record, 'pol')) throw new Fault('log.damaged', { at: 'policy' })
    this.#policy = record.payload.body
    return first.id
  }

  #tell({ batch, first, count, time }: Seal, { size, root }: Head): void {
    const records = this.#ports.states.newest(size, 100)
    this.#ports.tell({ type: 'batch', batch, first, count, time, records })
    this.#ports.tell({ type: 'checkpoint', size, root: encodeBase64url(root), time })
  }
}
