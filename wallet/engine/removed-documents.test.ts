import { describe, expect, it } from 'vitest'
import { systemRandom as random } from '@fujie/shared/adapters/random-system.ts'
import { createMirrorMemory, createVaultMemory } from '../adapters/vault-memory.ts'
import { keep, type StoredDocument } from './contents.ts'
import { listHistory, type NewEntry } from './history.ts'
import { dropDocument } from './keep-document.ts'
import { drawVault } from './new-vault.ts'
import { RemovedDocuments, undoTime } from './removed-documents.ts'
import { leastCost } from './vault-kdf.ts'
import { createVault } from './vault.ts'

const document: StoredDocument = {
  ...{
    id: 'card',
    type: 'urn:fujie:cn:resident-id:1',
    metadata: {},
    subject: 'id_number 5',
    receivedAt: 1,
    state: 'valid',
  },
  issuer: { id: 'https://issuer.example', did: '', host: 'issuer.example' },
}
const copy = {
  ...{ id: 'copy', document: 'card', edition: 'full', credential: 'a~', key: 'key', used: 3, shownTo: ['x'] },
}
const removal: NewEntry = {
  ...{ at: 5, kind: 'removed', host: 'issuer.example', accredited: true, documents: [], items: [] },
}

async function removed() {
  const clock = { at: 1_000, now: () => clock.at }
  const drawn = await drawVault(random, {
    ...{ passphrase: 'p', demo: true, cost: leastCost, device: undefined, entropy: new Uint8Array(32) },
  })
  const vault = await createVault({ store: createVaultMemory(), mirror: createMirrorMemory(), random }, drawn)
  await vault.commit([
    keep('documents', 'card', document),
    keep('copies', 'copy', copy),
    keep('keys', 'key', { d: 'secret' }),
  ])
  const before = ['documents', 'copies', 'keys'].map((store) => [...vault.all(store as 'keys')])
  const documents = new RemovedDocuments(clock)
  await vault.commit(() => {
    const dropped = dropDocument('card', vault)
    documents.remember('card', dropped, removal, vault)
    return dropped
  })
  expect(vault.all('documents').size + vault.all('copies').size + vault.all('keys').size).toBe(0)
  const restore = () => vault.commit(() => documents.restore('card', vault))
  return { clock, vault, documents, before, restore }
}

describe('a removed document', () => {
  it('comes back with its copies and keys byte for byte, once, and the history says so', async () => {
    const { vault, before, restore } = await removed()
    await restore()
    expect(['documents', 'copies', 'keys'].map((store) => [...vault.all(store as 'keys')])).toEqual(before)
    expect(listHistory(vault).entries).toMatchObject([{ kind: 'restored', at: 1_000 }])
    await expect(restore()).rejects.toThrow('document.not_found')
  })

  it('does not come back after a minute, after a lock, or beside one that took its place', async () => {
    const late = await removed()
    late.clock.at += undoTime + 1
    await expect(late.restore()).rejects.toThrow('document.not_found')

    const locked = await removed()
    locked.documents.forget()
    await expect(locked.restore()).rejects.toThrow('document.not_found')

    const replaced = await removed()
    await replaced.vault.commit([keep('documents', 'renewed', { ...document, id: 'renewed' })])
    await expect(replaced.restore()).rejects.toThrow('document.not_found')
  })
})
