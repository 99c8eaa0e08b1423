import { describe, expect, it } from 'vitest'
import { mirrorContract, vaultStoreContract } from '../engine/vault-store.contract.ts'
import { createKeyringIndexedDb } from './keyring-indexeddb.ts'
import { createMirrorIndexedDb, createVaultIndexedDb } from './vault-indexeddb.ts'

let made = 0
const fresh = () => `test-${crypto.randomUUID()}-${made++}`

vaultStoreContract('IndexedDB', () => {
  const name = fresh()
  return Promise.resolve({
    store: createVaultIndexedDb(name),
    again: () => Promise.resolve(createVaultIndexedDb(name)),
  })
})
mirrorContract('IndexedDB', () => {
  const name = fresh()
  const again = () => Promise.resolve(createMirrorIndexedDb(name))
  return Promise.resolve({ mirror: createMirrorIndexedDb(name), again })
})

describe('IndexedDB vault', () => {
  it('refuses a second owner', async () => {
    const name = fresh()
    const first = createVaultIndexedDb(name)
    const second = createVaultIndexedDb(name)
    expect(await first.claim()).toBe(true)
    expect(await first.claim()).toBe(true)
    expect(await second.claim()).toBe(false)
  })
})

describe('IndexedDB keyring', () => {
  it('keeps one secret, under a key that cannot be exported', async () => {
    const name = fresh()
    const secret = await createKeyringIndexedDb(name).secret()
    expect(secret).toHaveLength(32)
    expect(await createKeyringIndexedDb(name).secret()).toEqual(secret)
    expect(await createKeyringIndexedDb(fresh()).secret()).not.toEqual(secret)
  })
})
