import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { hmacSha256 } from '@fujie/shared/core/crypto/mac.ts'
import { equalBytes, toHex } from '@fujie/shared/core/encoding/bytes.ts'
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
import { keysOf } from './vault-keys.ts'
import {
  frameKey,
  openRecord,
  parseRecord,
  sealRecord,
  type RecordName,
  type RecordSeal,
  type StoreName,
} from './vault-record.ts'
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
  /** Lends a copy of the vault key, wiped when `use` is done. @throws Fault `vault.locked` */
  lend<T>(use: (vaultKey: Uint8Array) => Promise<T>): Promise<T>
  /** Puts other slots around the same vault key, and changes records with them, in one write. Faults of `commit`. */
  rewrap(slots: Slot[], changes: VaultChanges): Promise<void>
  /** Puts another key, name and slots under everything, and changes records with them, in one write. Faults of `commit`. */
  rekey(next: NewVault, changes: VaultChanges): Promise<void>
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
 * Makes a vault where there is none, its first records in the same write.
 *
 * @throws Fault `vault.exists`, `store.full`
 */
export async function createVault(
  ports: VaultPorts,
  { vaultId, vaultKey, slots }: NewVault,
  first: readonly VaultChange[] = [],
): Promise<Vault> {
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
  await vault.commit(first)
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
  const { header } = container
  const slot = header.slots.find(({ kind }) => kind === secret.kind)
  if (slot === undefined) throw new Fault('vault.wrong_passphrase')
  return readVault(ports, container, await unwrapKey(slot, header.vaultId, secret), options.acceptRollback === true)
}

/**
 * Opens the stored vault with its very key, which a soft lock kept wrapped.
 *
 * @throws Fault `vault.absent`, `vault.tampered`, `vault.rolled_back`
 */
export async function reopenVault(ports: VaultPorts, vaultKey: Uint8Array): Promise<Vault> {
  const container = await findVault(ports.store)
  if (container === undefined) throw new Fault('vault.absent')
  return readVault(ports, container, vaultKey, false)
}

async function readVault(
  ports: VaultPorts,
  container: VaultContainer,
  vaultKey: Uint8Array,
  acceptRollback: boolean,
): Promise<Vault> {
  const { header, headerBytes, head, frames } = container
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
  if (age === 'rolled_back' && !acceptRollback) throw new Fault('vault.rolled_back')
  // A crash between the write and its mirror leaves the mirror one behind.
  if (age === 'one_ahead') await ports.mirror.put(mirrorOf(header, state.headerHash))
  // After an accepted rollback the next write must stand above all this device has seen.
  const above = age === 'rolled_back' ? (mirror?.generation ?? 0) : undefined
  return new OpenVault(ports, vaultKey, state, values, above)
}

class OpenVault implements Vault {
  readonly rolledBack: boolean
  readonly #ports: VaultPorts
  readonly #above: number
  #vaultKey: Uint8Array
  #state: State
  #values: Map<string, Uint8Array>
  #closed = false
  /** The mirror could not be told of the state that is stored. */
  #owesMirror = false
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
    return this.#inTurn(() => this.#write(changes))
  }

  rewrap(slots: Slot[], changes: VaultChanges): Promise<void> {
    return this.#inTurn(() => this.#write(changes, { slots }))
  }

  rekey(next: NewVault, changes: VaultChanges): Promise<void> {
    return this.#inTurn(() => this.#write(changes, next))
  }

  async lend<T>(use: (vaultKey: Uint8Array) => Promise<T>): Promise<T> {
    this.#needOpen()
    const lent = this.#vaultKey.slice()
    return use(lent).finally(() => lent.fill(0))
  }

  close(): void {
    this.#closed = true
    this.#vaultKey.fill(0)
    this.#values = new Map()
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => undefined)
    return done
  }

  /** With another key every record is sealed anew; else those that change. */
  async #write(asked: VaultChanges, around: { readonly slots?: Slot[] } | NewVault = {}): Promise<void> {
    this.#needOpen()
    const changes = typeof asked === 'function' ? asked() : asked
    const before = this.#values
    const values = new Map(before)
    for (const { value, ...name } of changes) {
      if (value === undefined) values.delete(frameKey(name))
      else values.set(frameKey(name), value)
    }
    const former = this.#state
    const isNew = 'vaultKey' in around
    const vaultKey = isNew ? around.vaultKey.slice() : this.#vaultKey
    const vaultId = isNew ? around.vaultId : former.header.vaultId
    const kept = isNew ? new Map<string, Uint8Array>() : former.frames
    const generation = Math.max(former.header.generation, this.#above) + 1
    const { headKey, seal } = keysOf(vaultKey, vaultId)
    const frames = new Map<string, Uint8Array>()
    for (const [key, value] of values) {
      const frame = kept.get(key)
      const isSame = frame !== undefined && before.get(key) === value
      frames.set(key, isSame ? frame : await this.#seal(seal, key, generation, value))
    }
    const header = { ...former.header, vaultId, slots: around.slots ?? former.header.slots }
    const next = nextState({ ...former, header }, frames, generation, headKey)
    needRoom(next)
    await this.#tellMirror(former)
    await this.#ports.store.replace(former.head, writeOf(former, next))
    // From here on the new state is what is stored, whatever happens to the mirror.
    this.#state = next
    this.#adopt(vaultKey, values)
    this.#owesMirror = true
    await this.#tellMirror(next).catch(() => undefined)
  }

  #adopt(vaultKey: Uint8Array, values: Map<string, Uint8Array>): void {
    if (vaultKey !== this.#vaultKey) this.#vaultKey.fill(0)
    this.#vaultKey = vaultKey
    this.#values = values
    if (this.#closed) this.close()
  }

  /** A mirror may be one write behind, and is mended when the vault opens; two would look like a rollback. */
  async #tellMirror({ header, headerHash }: State): Promise<void> {
    if (!this.#owesMirror) return
    await this.#ports.mirror.put(mirrorOf(header, headerHash))
    this.#owesMirror = false
  }

  async #seal(seal: RecordSeal, key: string, gen: number, value: Uint8Array): Promise<Uint8Array> {
    const [store = '', id = ''] = key.split('\0')
    const name = { store: store as StoreName, id, gen }
    return formatFrame(await sealRecord(seal, name, value, this.#ports.random.bytes(12)))
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
  const isSame = mirror.generation === header.generation && mirror.headerHash === toHex(headerHash)
  if (isSame && mirror.vaultId === toHex(header.vaultId)) return 'same'
  // It follows upon the state the mirror knows, be it under another name since its key was changed.
  const follows = header.generation === mirror.generation + 1 && toHex(header.prev) === mirror.headerHash
  return follows ? 'one_ahead' : 'rolled_back'
}
