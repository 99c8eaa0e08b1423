import { equalBytes } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Mirror, MirrorStore, VaultStore, VaultWrite } from '../engine/ports.ts'
import { formatContainer } from '../engine/vault-container.ts'
import { committed, openDatabase, resultOf } from '@fujie/shared/web/indexed-db.ts'

const headKey = 'head'

/**
 * The vault of the web host: the head and the frames of the file form, each under its key, changed in one strictly
 * durable transaction. One tab owns it, by a Web Lock that ends with the tab.
 */
export function createVaultIndexedDb(name = 'fujie-vault'): VaultStore {
  const opened = () => openDatabase(name, ['head', 'frames'])
  let owned: Promise<boolean> | undefined
  return {
    async claim() {
      owned ??= takeLock(name)
      const mine = await owned
      if (!mine) owned = undefined
      return mine
    },
    load: async () => load(await opened()),
    replace: async (before, next) => replace(await opened(), before, next),
    remove: async () => remove(await opened()),
  }
}

async function load(database: IDBDatabase): Promise<readonly Uint8Array[]> {
  const transaction = database.transaction(['head', 'frames'], 'readonly')
  const [head, frames] = await Promise.all([
    resultOf<Uint8Array | undefined>(transaction.objectStore('head').get(headKey)),
    resultOf<Uint8Array[]>(transaction.objectStore('frames').getAll()),
  ])
  database.close()
  return head === undefined ? [] : [formatContainer(head, frames)]
}

async function replace(database: IDBDatabase, before: Uint8Array | undefined, next: VaultWrite): Promise<void> {
  const transaction = database.transaction(['head', 'frames'], 'readwrite', { durability: 'strict' })
  const done = committed(transaction)
  const head = transaction.objectStore('head')
  const frames = transaction.objectStore('frames')
  let conflict = false
  const asked = head.get(headKey) as IDBRequest<Uint8Array | undefined>
  asked.onsuccess = () => {
    conflict = !sameHead(asked.result, before)
    if (conflict) return transaction.abort()
    for (const key of next.removed) frames.delete(key)
    for (const key of next.changed) frames.put(next.frames.get(key), key)
    head.put(next.head, headKey)
  }
  try {
    await done
  } catch (cause) {
    if (conflict) throw new Fault('vault.busy')
    if (cause instanceof DOMException && cause.name === 'QuotaExceededError')
      throw new Fault('store.full', {}, { cause })
    throw cause
  } finally {
    database.close()
  }
}

async function remove(database: IDBDatabase): Promise<void> {
  const transaction = database.transaction(['head', 'frames'], 'readwrite', { durability: 'strict' })
  const done = committed(transaction)
  transaction.objectStore('head').clear()
  transaction.objectStore('frames').clear()
  await done.finally(() => database.close())
}

function sameHead(stored: Uint8Array | undefined, before: Uint8Array | undefined): boolean {
  if (stored === undefined || before === undefined) return stored === before
  return equalBytes(stored, before)
}

/** Held until the tab goes: the promise inside never settles. */
function takeLock(name: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(name, { ifAvailable: true }, (lock) => {
        resolve(lock !== null)
        return lock === null ? undefined : new Promise<void>(() => undefined)
      })
      .catch(reject)
  })
}

/** The newest state seen, in a database of its own: clearing or restoring the vault alone is noticed. */
export function createMirrorIndexedDb(name = 'fujie-mirror'): MirrorStore {
  const opened = () => openDatabase(name, ['mirror'])
  return {
    async get() {
      const database = await opened()
      const asked = database.transaction('mirror', 'readonly').objectStore('mirror').get('mirror')
      return resultOf<Mirror | undefined>(asked).finally(() => database.close())
    },
    async put(mirror) {
      const database = await opened()
      const transaction = database.transaction('mirror', 'readwrite', { durability: 'strict' })
      const done = committed(transaction)
      transaction.objectStore('mirror').put(mirror, 'mirror')
      await done.finally(() => database.close())
    },
  }
}
