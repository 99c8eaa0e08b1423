import type { Keyring } from '../engine/ports.ts'
import { committed, openDatabase, resultOf } from '@fujie/shared/web/indexed-db.ts'

/**
 * A secret of this browser profile: 32 random bytes under an AES key that no script can export. A copy of the vault's
 * database alone cannot be guessed at elsewhere.
 */
export function createKeyringIndexedDb(name = 'fujie-keyring'): Keyring {
  return { secret: async () => (await read(name)) ?? (await make(name)) }
}

interface Kept {
  readonly key: CryptoKey
  readonly nonce: Uint8Array<ArrayBuffer>
  readonly box: ArrayBuffer
}

async function read(name: string): Promise<Uint8Array | undefined> {
  const database = await openDatabase(name, ['keyring'])
  const asked = database.transaction('keyring', 'readonly').objectStore('keyring').get('device')
  const kept = await resultOf<Kept | undefined>(asked).finally(() => database.close())
  if (kept === undefined) return undefined
  return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: kept.nonce }, kept.key, kept.box))
}

async function make(name: string): Promise<Uint8Array> {
  const secret = crypto.getRandomValues(new Uint8Array(32))
  const nonce = crypto.getRandomValues(new Uint8Array(12))
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  const box = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, key, secret)
  const database = await openDatabase(name, ['keyring'])
  const transaction = database.transaction('keyring', 'readwrite', { durability: 'strict' })
  const done = committed(transaction)
  transaction.objectStore('keyring').put({ key, nonce, box } satisfies Kept, 'device')
  await done.finally(() => database.close())
  return secret
}
