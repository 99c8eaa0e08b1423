import { mkdtemp, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { VaultStore } from '../engine/ports.ts'
import { formatContainer } from '../engine/vault-container.ts'
import { mirrorContract, vaultStoreContract } from '../engine/vault-store.contract.ts'
import { createMirrorFile } from './mirror-file.ts'
import { createVaultFile } from './vault-file.ts'
import { createMirrorMemory, createVaultMemory } from './vault-memory.ts'

const folder = () => mkdtemp(join(tmpdir(), 'fujie-vault-'))

vaultStoreContract('memory', () => {
  const store = createVaultMemory()
  return Promise.resolve({ store, again: () => Promise.resolve(store) })
})
vaultStoreContract('file', async () => {
  const at = await folder()
  return { store: createVaultFile(at), again: () => Promise.resolve(createVaultFile(at)) }
})
mirrorContract('memory', () => {
  const mirror = createMirrorMemory()
  return Promise.resolve({ mirror, again: () => Promise.resolve(mirror) })
})
mirrorContract('file', async () => {
  const at = join(await folder(), 'state', 'mirror.json')
  return { mirror: createMirrorFile(at), again: () => Promise.resolve(createMirrorFile(at)) }
})

describe('vault file', () => {
  const write = (name: string) => {
    const head = new TextEncoder().encode(name)
    const bytes = () => formatContainer(head, [])
    return { head, frames: new Map(), changed: [], removed: [], bytes }
  }
  const names = async (store: VaultStore) =>
    (await store.load()).map((bytes) => new TextDecoder().decode(bytes.subarray(0, -32)))

  it('keeps the former state beside the new one', async () => {
    const at = await folder()
    const store = createVaultFile(at)
    await store.replace(undefined, write('one'))
    await store.replace(write('one').head, write('two'))
    expect((await readdir(at)).sort()).toEqual(['vault.fujie', 'vault.prev'])
    expect(await names(store)).toEqual(['two', 'one'])
  })

  it('goes on after a crash between the renames', async () => {
    const at = await folder()
    const store = createVaultFile(at)
    await store.replace(undefined, write('one'))
    await rename(join(at, 'vault.fujie'), join(at, 'vault.prev'))
    await writeFile(join(at, 'vault.new'), write('two').bytes())
    expect(await names(store)).toEqual(['two', 'one'])
    await store.replace(write('two').head, write('three'))
    expect((await names(store))[0]).toBe('three')
  })

  it('keeps a broken file aside and goes on from the one that was opened', async () => {
    const at = await folder()
    const store = createVaultFile(at)
    await store.replace(undefined, write('one'))
    await store.replace(write('one').head, write('two'))
    await writeFile(join(at, 'vault.fujie'), 'broken')
    await store.replace(write('one').head, write('three'))
    expect(await names(store)).toEqual(['three', 'one'])
    expect(await readFile(join(at, 'vault.damaged'), 'utf8')).toBe('broken')
  })

  it('takes a first write that was cut off for nothing', async () => {
    const at = await folder()
    await writeFile(join(at, 'vault.new'), 'cut o')
    const store = createVaultFile(at)
    expect(await store.load()).toEqual([])
    await store.replace(undefined, write('one'))
    expect(await names(store)).toEqual(['one'])
  })

  it('releases what it claimed, and no claim of another', async () => {
    const at = await folder()
    const store = createVaultFile(at)
    await store.claim()
    await store.release()
    expect(await readdir(at)).toEqual([])
    await writeFile(join(at, 'vault.lock'), '1')
    const refused = createVaultFile(at)
    await refused.claim()
    await refused.release()
    expect(await readdir(at)).toEqual(['vault.lock'])
  })

  it('refuses a second process and takes over from one that is gone', async () => {
    const at = await folder()
    await writeFile(join(at, 'vault.lock'), '1')
    expect(await createVaultFile(at).claim()).toBe(false)
    await writeFile(join(at, 'vault.lock'), '999999999')
    expect(await createVaultFile(at).claim()).toBe(true)
  })
})
