import { describe, expect, it, vi } from 'vitest'
import { systemRandom as random } from '@fujie/shared/adapters/random-system.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { createHolderKeys } from '../adapters/holder-keys-node.ts'
import { noKeyring } from '../adapters/keyring-none.ts'
import { createMirrorMemory, createVaultMemory } from '../adapters/vault-memory.ts'
import { Access } from './access.ts'
import { keep, readRecord, storedCopy } from './contents.ts'
import { createNews } from './news.ts'
import { leastCost } from './vault-kdf.ts'
import { describeWallet, noteWordsChecked } from './wallet-record.ts'

vi.mock('hash-wasm', () => import('../../tests/fixtures/cheap-argon2.ts'))

function setting() {
  let now = 1_796_000_000
  const sleepers: { readonly until: number; readonly wake: () => void }[] = []
  const timer = {
    wait: (duration: number) => new Promise<void>((wake) => sleepers.push({ until: now + duration, wake })),
  }
  const ports = {
    ...{ store: createVaultMemory(), mirror: createMirrorMemory(), keyring: noKeyring, random, timer },
    clock: { now: () => now },
    cost: () => Promise.resolve(leastCost),
    keys: createHolderKeys(),
  }
  return {
    ports,
    open: () => new Access(ports, createNews({ wait: () => new Promise(() => undefined) })),
    async pass(seconds: number) {
      now += seconds
      for (const sleeper of sleepers.splice(0)) {
        if (sleeper.until <= now) sleeper.wake()
        else sleepers.push(sleeper)
      }
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (thrown: Fault) => thrown.code,
  )

describe('access', () => {
  it('locks after five minutes in which nobody asked anything, and forgets', async () => {
    const { open, pass } = setting()
    const access = open()
    let forgot = 0
    access.onLock(() => forgot++)
    await access.create({ demo: true, language: 'en' })
    await pass(290)
    access.touch()
    await pass(290)
    expect((await access.state()).state).toBe('open')
    await pass(10)
    expect((await access.state()).state).toBe('locked')
    expect(forgot).toBe(1)
    expect(() => access.vault).toThrow(new Fault('vault.locked'))
  })

  it('keeps to another limit once it is chosen', async () => {
    const { open, pass } = setting()
    const access = open()
    await access.create({ demo: true, language: 'en' })
    await access.changeSettings({ autoLock: 30, theme: 'dark' })
    access.touch()
    await pass(1_000)
    expect((await access.state()).state).toBe('open')
    access.lock()
    await access.unlock({})
    expect(access.settings).toEqual({ language: 'en', theme: 'dark', elder: false, autoLock: 30 })
  })

  it('refuses to make or open a vault that another tab has', async () => {
    const { ports, open } = setting()
    ports.store.claim = () => Promise.resolve(false)
    const access = open()
    expect((await access.state()).state).toBe('busy')
    expect(await code(access.create({ demo: true, language: 'en' }))).toBe('vault.busy')
    expect(await code(access.unlock({}))).toBe('vault.busy')
  })

  it('tells of an older state once, then opens it with every copy marked used', async () => {
    const { ports, open } = setting()
    const access = open()
    await access.create({ demo: true, language: 'en' })
    const copy = { id: 'c', document: 'd', edition: 'counter', credential: 'x', key: 'k', used: 0, shownTo: [] }
    await access.vault.commit([keep('copies', 'c', copy)])
    const [older] = ports.store.stored
    await access.vault.commit([keep('copies', 'c', { ...copy, used: 1 })])
    access.lock()

    const put = createVaultMemory()
    put.stored = [older as Uint8Array]
    put.replace = (_before, next) => {
      put.stored = [next.bytes()]
      return Promise.resolve()
    }
    ports.store = put
    const again = open()
    expect(await code(again.unlock({}))).toBe('vault.rolled_back')
    expect(await again.unlock({})).toMatchObject({ state: 'open', rolledBack: true })
    expect(readRecord(again.vault, 'copies', 'c', storedCopy)?.used).toBe(1)
    again.lock()
    expect(await code(again.unlock({}))).toBe('done')
    expect((await again.state()).rolledBack).toBe(false)
  })

  it('notes that the words were checked', async () => {
    const { open } = setting()
    const access = open()
    await access.create({ demo: true, language: 'en' })
    expect(describeWallet(access.vault).wordsChecked).toBe(false)
    await noteWordsChecked(access.vault, 1_796_000_000)
    expect(describeWallet(access.vault)).toMatchObject({ wordsChecked: true, createdAt: 1_796_000_000, documents: 0 })
  })
})
