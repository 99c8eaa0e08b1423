import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { hmacSha256 } from '@fujie/shared/core/crypto/mac.ts'
import { hkdfSha256 } from '@fujie/shared/core/crypto/symmetric.ts'
import { equalBytes, toHex, utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import type { Random } from '@fujie/shared/ports/random.ts'
import type { Mirror, MirrorStore, VaultStore, VaultWrite } from './ports.ts'
import {
  formatContainer,
  formatFrame,
  formatHead,
  hashFrames,
  parseContainer,
  type VaultContainer,
} from './vault-container.ts'
import { formatHeader, type Slot, type VaultHeader } from './vault-header.ts'
import { frameKey, openRecord, parseRecord, sealRecord, type RecordName, type StoreName } from './vault-record.ts'
import { unwrapKey, type SlotSecret } from './vault-slot.ts'

export interface VaultPorts {
  readonly store: VaultStore
  readonly mirror: MirrorStore
  readonly random: Random
}

/** One record put in place of what stood there, or taken out (`value` undefined). */
export interface VaultChange extends RecordName {
  readonly value: Uint8Array | undefined
}

export type VaultChanges = readonly VaultChange[] | (() => readonly VaultChange[])

/**
 * An open vault: what it holds, in the clear, until `close`.
 */
export interface Vault {
  readonly header: VaultHeader
  /** An older state came back and was accepted: copies may have been used since. */
  readonly rolledBack: boolean
  get(store: StoreName, id: string): Uint8Array | undefined
  all(store: StoreName): ReadonlyMap<string, Uint8Array>
  /**
   * Writes all changes or none, durably; commits queue up behind one another. Changes that follow from what the vault
   * holds are given as a function, asked when their turn has come.
   *
   * @throws Fault `vault.locked` once closed, `store.full`, `vault.busy`
   */
  commit(changes: VaultChanges): Promise<void>
  /** Forgets the key and everything read with it. */
  close(): void
}

/** What a new vault begins with. The key is wrapped in every slot already. */
export interface NewVault {
  readonly vaultId: Uint8Array
  readonly vaultKey: Uint8Array
  readonly slots: Slot[]
}

/**
 * Makes a vault where there is none.
 *
 * @throws Fault `vault.exists`
 */
export async function createVault(ports: VaultPorts, { vaultId, vaultKey, slots }: NewVault): Promise<Vault> {
  if ((await ports.store.load()).length > 0) throw new Fault('vault.exists')
  const header: VaultHeader = {
    v: 1,
    vaultId,
    generation: 0,
    prev: new Uint8Array(32),
    slots,
    recordCount: 0,
    recordsHash: hashFrames([]),
  }
  const vault = new OpenVault(
    ports,
    vaultKey,
    { header, head: undefined, headerHash: new Uint8Array(32), frames: new Map() },
    new Map(),
  )
  await vault.commit([])
  return vault
}

/**
 * The first whole vault of those stored; undefined if nothing is stored.
 *
 * @throws Fault `vault.tampered` if something is stored and nothing of it is whole
 */
export async function findVault(store: VaultStore): Promise<VaultContainer | undefined> {
  const stored = await store.load()
  let last: unknown
  for (const bytes of stored) {
    try {
      return parseContainer(bytes)
    } catch (thrown) {
      last = thrown
    }
  }
  if (stored.length > 0) throw new Fault('vault.tampered', {}, { cause: last })
  return undefined
}

/**
 * Opens the stored vault with a secret and reads all of it.
 *
 * `acceptRollback` opens an older state too, after the person was told.
 *
 * @throws Fault `vault.absent`, `vault.wrong_passphrase`, `vault.parameters_refused`, `vault.tampered`, `vault.rolled_back`
 */
export async function openVault(
  ports: VaultPorts,
  secret: SlotSecret,
  options: { readonly acceptRollback?: boolean } = {},
): Promise<Vault> {
  const container = await findVault(ports.store)
  if (container === undefined) throw new Fault('vault.absent')
  const { header, headerBytes, head, frames } = container
  const slot = header.slots.find(({ kind }) => kind === secret.kind)
  if (slot === undefined) throw new Fault('vault.wrong_passphrase')
  const vaultKey = await unwrapKey(slot, header.vaultId, secret)
  const { headKey, seal } = keysOf(vaultKey, header.vaultId)
  if (!equalBytes(hmacSha256(headKey, headerBytes), container.headTag))
    throw new Fault('vault.tampered', { part: 'header' })

  const values = new Map<string, Uint8Array>()
  for (const [key, frame] of frames) {
    const record = parseRecord(frame.subarray(4))
    if (record.gen > header.generation) throw new Fault('vault.tampered', { part: 'record' })
    values.set(key, await openRecord(seal, record))
  }
  const state = { header, head, headerHash: sha256(headerBytes), frames }
  const mirror = await ports.mirror.get()
  const age = compareToMirror(header, state.headerHash, mirror)
  if (age === 'rolled_back' && options.acceptRollback !== true) throw new Fault('vault.rolled_back')
  // A crash between the write and its mirror leaves the mirror one behind.
  if (age === 'one_ahead') await ports.mirror.put(mirrorOf(header, state.headerHash))
  // After an accepted rollback the next write must stand above all this device has seen.
  const above = age === 'rolled_back' ? (mirror?.generation ?? 0) : undefined
  return new OpenVault(ports, vaultKey, state, values, above)
}

class OpenVault implements Vault {
  readonly rolledBack: boolean
  readonly #ports: VaultPorts
  readonly #vaultKey: Uint8Array
  readonly #above: number
  #state: State
  #values: Map<string, Uint8Array>
  #closed = false
  #turn: Promise<void> = Promise.resolve()

  constructor(ports: VaultPorts, vaultKey: Uint8Array, state: State, values: Map<string, Uint8Array>, above?: number) {
    this.#ports = ports
    this.#vaultKey = vaultKey
    this.#state = state
    this.#values = values
    this.#above = above ?? 0
    this.rolledBack = above !== undefined
  }

  get header(): VaultHeader {
    return this.#state.header
  }

  get(store: StoreName, id: string): Uint8Array | undefined {
    this.#needOpen()
    return this.#values.get(frameKey({ store, id }))
  }

  all(store: StoreName): ReadonlyMap<string, Uint8Array> {
    this.#needOpen()
    const prefix = `${store}\0`
    const found = [...this.#values].filter(([key]) => key.startsWith(prefix))
    return new Map(found.map(([key, value]) => [key.slice(prefix.length), value]))
  }

  commit(changes: VaultChanges): Promise<void> {
    const done = this.#turn.then(() => this.#write(changes))
    this.#turn = done.catch(() => undefined)
    return done
  }

  close(): void {
    this.#closed = true
    this.#vaultKey.fill(0)
    this.#values = new Map()
  }

  async #write(asked: VaultChanges): Promise<void> {
    this.#needOpen()
    const changes = typeof asked === 'function' ? asked() : asked
    const generation = Math.max(this.#state.header.generation, this.#above) + 1
    const { headKey, seal } = keysOf(this.#vaultKey, this.#state.header.vaultId)
    const frames = new Map(this.#state.frames)
    const values = new Map(this.#values)
    for (const { value, ...name } of changes) {
      const key = frameKey(name)
      frames.delete(key)
      values.delete(key)
      if (value === undefined) continue
      const record = await sealRecord(seal, { ...name, gen: generation }, value, this.#ports.random.bytes(12))
      frames.set(key, formatFrame(record))
      values.set(key, value)
    }
    const next = nextState(this.#state, frames, generation, headKey)
    needRoom(next)
    await this.#ports.store.replace(this.#state.head, writeOf(this.#state, next))
    // From here on the new state is what is stored, whatever happens to the mirror.
    this.#state = next
    this.#values = this.#closed ? new Map() : values
    await this.#ports.mirror.put(mirrorOf(next.header, next.headerHash))
  }

  #needOpen(): void {
    if (this.#closed) throw new Fault('vault.locked')
  }
}

interface State {
  readonly header: VaultHeader
  /** Undefined before the first write. */
  readonly head: Uint8Array | undefined
  readonly headerHash: Uint8Array
  readonly frames: ReadonlyMap<string, Uint8Array>
}

function nextState(
  former: State,
  frames: ReadonlyMap<string, Uint8Array>,
  generation: number,
  headKey: Uint8Array,
): State {
  const ordered = new Map([...frames].sort(([a], [b]) => (a < b ? -1 : 1)))
  const header: VaultHeader = {
    ...former.header,
    generation,
    prev: former.headerHash,
    recordCount: ordered.size,
    recordsHash: hashFrames(ordered.values()),
  }
  const headerBytes = formatHeader(header)
  const head = formatHead(headerBytes, hmacSha256(headKey, headerBytes))
  return { header, head, headerHash: sha256(headerBytes), frames: ordered }
}

function writeOf(former: State, { head, frames }: State): VaultWrite {
  return {
    head: head as Uint8Array,
    frames,
    changed: [...frames.keys()].filter((key) => frames.get(key) !== former.frames.get(key)),
    removed: [...former.frames.keys()].filter((key) => !frames.has(key)),
    bytes: () => formatContainer(head as Uint8Array, frames.values()),
  }
}

function needRoom({ frames }: State): void {
  const size = [...frames.values()].reduce((sum, frame) => sum + frame.length, limits.vaultHeader)
  if (frames.size > limits.vaultRecords || size > limits.vault) throw new Fault('store.full')
}

function keysOf(vaultKey: Uint8Array, vaultId: Uint8Array) {
  const derive = (purpose: string) => hkdfSha256(vaultKey, vaultId, utf8(`fujie/vault/1/${purpose}`), 32)
  return { headKey: derive('head'), seal: { key: derive('record'), vaultId } }
}

function mirrorOf({ vaultId, generation }: VaultHeader, headerHash: Uint8Array): Mirror {
  return { vaultId: toHex(vaultId), generation, headerHash: toHex(headerHash) }
}

/**
 * A vault without a mirror is a copy from elsewhere, as old as it may be, unless it is the very first write whose mirror
 * a crash prevented.
 */
function compareToMirror(
  header: VaultHeader,
  headerHash: Uint8Array,
  mirror: Mirror | undefined,
): 'same' | 'one_ahead' | 'rolled_back' {
  if (mirror === undefined) return header.generation === 1 ? 'one_ahead' : 'rolled_back'
  if (mirror.vaultId !== toHex(header.vaultId)) return 'rolled_back'
  if (mirror.generation === header.generation && mirror.headerHash === toHex(headerHash)) return 'same'
  const ahead = header.generation === mirror.generation + 1 && toHex(header.prev) === mirror.headerHash
  return ahead ? 'one_ahead' : 'rolled_back'
}
