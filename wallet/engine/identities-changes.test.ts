import { describe, expect, it } from 'vitest'
import { systemRandom } from '@fujie/shared/adapters/random-system.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { Fault, type FaultCode } from '@fujie/shared/core/fault.ts'
import type { ProvenState } from '@fujie/shared/core/log/bundle.ts'
import { foldRecord, type RecordState, type States } from '@fujie/shared/core/record/history.ts'
import { nameOfRecord } from '@fujie/shared/core/record/name.ts'
import { parseRecord, type SignedRecord } from '@fujie/shared/core/record/record.ts'
import { createHolderKeys } from '../adapters/holder-keys-node.ts'
import { noKeyring } from '../adapters/keyring-none.ts'
import { createMirrorMemory, createVaultMemory } from '../adapters/vault-memory.ts'
import type { IdentityRegistry, TakenVersion } from './identities-registry.ts'
import type { VaultStore, WalletPorts } from './ports.ts'
import type { Trust } from './trust.ts'
import { leastCost } from './vault-kdf.ts'
import { createWallet, type WalletEngine } from './wallet.ts'

const log = encodeBase64url(new Uint8Array(32))
const passphrase = 'grove paper lantern tide copper moss'

/** A log that folds by the real rules, in memory; what it answers can be made to lie. */
class Log implements IdentityRegistry {
  readonly log = log
  readonly received: string[] = []
  now = 1_796_000_000
  /** Answers this instead of taking a record. */
  refuses: FaultCode | undefined
  /** Takes a record and then pretends it did not. */
  lies = false
  /** Later versions that are handed out in place of true ones. */
  slipped: TakenVersion[] = []
  readonly #states = new Map<string, RecordState>()
  readonly #versions: TakenVersion[] = []

  async submit(record: SignedRecord): Promise<void> {
    this.received.push(record.text)
    if (this.refuses !== undefined && !this.lies) throw new Fault(this.refuses)
    await this.take(record)
    if (this.refuses !== undefined) throw new Fault(this.refuses)
  }

  async take(record: SignedRecord): Promise<void> {
    const { name } = nameOfRecord(record)
    if (this.#states.get(name)?.id === record.id) return
    const states: States = { log, find: (_ns, of) => this.#states.get(of), policies: () => [] }
    const folded = await foldRecord(states, record, { index: this.#versions.length, sealTime: this.now })
    if ('code' in folded) throw new Fault(folded.code)
    this.#states.set(name, folded.state)
    this.#versions.unshift({ record, at: this.now })
  }

  stateOf(did: string) {
    const found = this.#states.get(did)
    const head = { size: this.#versions.length, root: new Uint8Array(32) }
    const common = { ns: 'did', name: did, sealTime: this.now, checkpointTime: this.now, head } as const
    const state: ProvenState =
      found === undefined ? { ...common, present: false } : { ...common, ...found, present: true }
    return Promise.resolve({ codes: [], state, at: this.now })
  }

  recoverable() {
    return Promise.resolve([])
  }

  versions(did: string): Promise<readonly TakenVersion[]> {
    const own = this.#versions.filter(({ record }) => nameOfRecord(record).name === did)
    return Promise.resolve([...this.slipped, ...own])
  }

  ledgerOf() {
    return Promise.resolve(undefined)
  }
}

class Crash extends Error {}

/** A store that dies at one of its writes, before or after it. */
function mortal(store: VaultStore) {
  const life = { writes: 0, diesAt: -1, after: false }
  const dying: VaultStore = {
    claim: () => store.claim(),
    load: () => store.load(),
    remove: () => store.remove(),
    async replace(before, next) {
      const dies = ++life.writes === life.diesAt
      if (dies && !life.after) throw new Crash()
      await store.replace(before, next)
      if (dies) throw new Crash()
    },
  }
  return { life, dying }
}

function setting(registry: Log) {
  const { life, dying } = mortal(createVaultMemory())
  const ports: WalletPorts = {
    ...{ store: dying, mirror: createMirrorMemory(), keyring: noKeyring, keys: createHolderKeys() },
    ...{
      clock: { now: () => registry.now },
      random: systemRandom,
      timer: { wait: () => new Promise(() => undefined) },
    },
    http: { send: () => Promise.reject(new Fault('fetch.unreachable')) },
    encrypter: { sealJwe: () => Promise.resolve(''), sealHpke: () => Promise.resolve(new Uint8Array()) },
    cost: () => Promise.resolve(leastCost),
  }
  const trust = { identities: registry, checkpoint: () => undefined } as unknown as Trust
  const start = (): WalletEngine =>
    createWallet(ports, { relay: 'https://relay.example', registry: 'https://registry.example' }, () => trust)
  return { life, start }
}

async function opened(registry: Log) {
  const { life, start } = setting(registry)
  const engine = start()
  await engine.wallet['vault.create']({ passphrase, language: 'en' })
  const reopen = async () => {
    life.diesAt = -1
    const again = start()
    await again.wallet['vault.unlock']({ passphrase })
    return again
  }
  return { engine, life, reopen }
}

const make = (engine: WalletEngine) => engine.wallet['identities.create']({ name: 'Tea', class: 'organisation' })

describe('a change of an identity', () => {
  it.each([1, 2, 3, 4, 5].flatMap((at) => [false, true].map((after) => ({ at, after }))))(
    'is one record or none when the device dies at write $at, after it: $after',
    async ({ at, after }) => {
      const registry = new Log()
      const { engine, life, reopen } = await opened(registry)
      const { id } = await make(engine)
      const sent = registry.received.length
      Object.assign(life, { writes: 0, diesAt: at, after })
      await engine.wallet['identities.rotate']({ id, why: 'routine' }).catch(() => undefined)
      const again = await reopen()
      await again.wallet['identities.look']({ id })
      const { change, changeable, versions } = await again.wallet['identities.view']({ id })
      expect([change, changeable]).toEqual([undefined, true])
      expect(versions.length).toBeLessThanOrEqual(2)
      expect(new Set(registry.received.slice(sent)).size).toBeLessThanOrEqual(1)
      // Whatever became of it, the wallet still holds the key for the next one.
      expect(await again.wallet['identities.rotate']({ id, why: 'lost' })).toMatchObject({ state: 'registered' })
    },
  )

  it('is given up when the log refuses it, and told', async () => {
    const registry = new Log()
    const { engine } = await opened(registry)
    const { id } = await make(engine)
    registry.refuses = 'operation.expired'
    const card = await engine.wallet['identities.rotate']({ id, why: 'routine' })
    expect(card).toMatchObject({ state: 'registered', refused: { why: 'routine', fault: 'operation.expired' } })
    const { entries } = await engine.wallet['history.list']({})
    expect(entries[0]).toMatchObject({ kind: 'failed', code: 'operation.expired' })
  })

  it('is found in the log all the same if the registry lied about refusing it', async () => {
    const registry = new Log()
    const { engine } = await opened(registry)
    const { id } = await make(engine)
    Object.assign(registry, { refuses: 'operation.malformed', lies: true })
    const card = await engine.wallet['identities.rotate']({ id, why: 'routine' })
    expect(card).toMatchObject({ state: 'registered' })
    expect(card.refused).toBeUndefined()
    registry.refuses = undefined
    expect(await engine.wallet['identities.rotate']({ id, why: 'routine' })).toMatchObject({ state: 'registered' })
  })

  it('keeps its keys where it was refused and stands in the log later', async () => {
    const registry = new Log()
    const { engine } = await opened(registry)
    const { id } = await make(engine)
    registry.refuses = 'operation.malformed'
    await engine.wallet['identities.rotate']({ id, why: 'routine' })
    registry.refuses = undefined
    await registry.take(parseRecord(registry.received.at(-1) as string))
    await engine.wallet['identities.look']({ id })
    expect(await engine.wallet['identities.rotate']({ id, why: 'routine' })).toMatchObject({ state: 'registered' })
  })

  it('waits where the log only asks for patience', async () => {
    const registry = new Log()
    const { engine } = await opened(registry)
    const { id } = await make(engine)
    registry.refuses = 'operation.too_soon'
    const card = await engine.wallet['identities.rotate']({ id, why: 'routine' })
    expect(card).toMatchObject({ state: 'submitted', change: { fault: 'operation.too_soon' } })
    registry.refuses = undefined
    await engine.wallet['identities.look']({ id })
    expect(await engine.wallet['identities.view']({ id })).toMatchObject({ state: 'registered' })
  })

  it('is over when its time is, and can be made anew', async () => {
    const registry = new Log()
    const { engine } = await opened(registry)
    const { id } = await make(engine)
    registry.refuses = 'registry.unreachable'
    await engine.wallet['identities.rotate']({ id, why: 'routine' })
    registry.now += 4 * 86_400
    await engine.wallet['identities.look']({ id })
    expect(await engine.wallet['identities.view']({ id })).toMatchObject({ refused: { fault: 'operation.expired' } })
    registry.refuses = undefined
    expect(await engine.wallet['identities.rotate']({ id, why: 'routine' })).toMatchObject({ state: 'registered' })
  })
})

describe('a timeline', () => {
  it('refuses records that no later one names', async () => {
    const registry = new Log()
    const { engine } = await opened(registry)
    const { id } = await make(engine)
    const { id: other } = await make(engine)
    await engine.wallet['identities.rotate']({ id: other, why: 'lost' })
    registry.slipped = registry.received.map((text) => ({ record: parseRecord(text), at: 5 }))
    await engine.wallet['identities.look']({ id })
    const { versions } = await engine.wallet['identities.view']({ id })
    expect(versions.map(({ kind }) => kind)).toEqual(['create'])
  })
})
