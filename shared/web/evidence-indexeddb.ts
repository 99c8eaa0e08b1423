import { Fault } from '../core/fault.ts'
import type { EvidenceItem, EvidenceKind } from '../core/presentation/evidence.ts'
import type { EvidenceStore } from '../ports/evidence-store.ts'
import { committed, openDatabase, resultOf } from './indexed-db.ts'

const store = 'items'

/**
 * Evidence of a page, with its age, in a database of its own. What is put at once is put in one strictly durable
 * transaction, in which each item is held against the one that is there: the newer stays.
 *
 * @throws Fault `store.full` when something is put; what was put before stays
 */
export function createEvidenceIndexedDb(name = 'fujie-evidence'): EvidenceStore {
  const opened = () => openDatabase(name, [store])
  return {
    find: async (kind, itemName) => read(await opened(), (items) => items.get(keyOf({ kind, name: itemName }))),
    all: async () => read<EvidenceItem[]>(await opened(), (items) => items.getAll()),
    put: async (items) => put(await opened(), items),
  }
}

function keyOf({ kind, name }: { readonly kind: EvidenceKind; readonly name: string }): string {
  return `${kind} ${name}`
}

function read<T>(database: IDBDatabase, ask: (items: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const items = database.transaction(store, 'readonly').objectStore(store)
  return resultOf(ask(items)).finally(() => database.close())
}

async function put(database: IDBDatabase, items: readonly EvidenceItem[]): Promise<void> {
  const transaction = database.transaction(store, 'readwrite', { durability: 'strict' })
  const done = committed(transaction)
  const kept = transaction.objectStore(store)
  for (const item of items) {
    const asked = kept.get(keyOf(item)) as IDBRequest<EvidenceItem | undefined>
    asked.onsuccess = () => {
      if (asked.result === undefined || asked.result.fetchedAt <= item.fetchedAt) kept.put({ ...item }, keyOf(item))
    }
  }
  try {
    await done
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'QuotaExceededError')
      throw new Fault('store.full', {}, { cause })
    throw cause
  } finally {
    database.close()
  }
}
