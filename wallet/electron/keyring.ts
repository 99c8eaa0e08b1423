import { readFile, mkdir, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { SafeStorage } from 'electron'
import { syncFolder, writeSynced } from '@fujie/shared/adapters/durable-file.ts'
import { decodeBase64url, encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Random } from '@fujie/shared/ports/random.ts'
import type { Keyring } from '../engine/ports.ts'

export type Storage = Pick<
  SafeStorage,
  'isAsyncEncryptionAvailable' | 'getSelectedStorageBackend' | 'encryptStringAsync' | 'decryptStringAsync'
>

/** Backends of Linux that keep what they are given as it is, or of which nobody knows what they do. */
const worthless = ['basic_text', 'unknown']

/** Whether the system has a keychain that deserves the name. */
export async function hasKeychain(storage: Storage, platform: NodeJS.Platform): Promise<boolean> {
  if (platform === 'linux' && worthless.includes(storage.getSelectedStorageBackend())) return false
  return storage.isAsyncEncryptionAvailable()
}

/**
 * A secret of this device and system account: 32 random bytes in a file, encrypted by the system's keychain.
 *
 * Where there is no such keychain nothing is stored, and the passphrase stands alone.
 */
export function createKeyring(storage: Storage, file: string, random: Random, platform: NodeJS.Platform): Keyring {
  return {
    async secret() {
      if (!(await hasKeychain(storage, platform))) return undefined
      const kept = await readIfThere(file)
      if (kept === undefined) return keep(storage, file, random.bytes(32))
      const { result, shouldReEncrypt } = await storage.decryptStringAsync(kept).catch((cause: unknown) => {
        throw new Fault('signer.unavailable', { keychain: true }, { cause })
      })
      const secret = decodeBase64url(result)
      if (secret?.length !== 32) throw new Fault('signer.unavailable', { keychain: true })
      return shouldReEncrypt ? keep(storage, file, secret) : secret
    },
  }
}

/** Written whole or not at all: without it the passphrase opens nothing any more. */
async function keep(storage: Storage, file: string, secret: Uint8Array): Promise<Uint8Array> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeSynced(`${file}.new`, await storage.encryptStringAsync(encodeBase64url(secret)))
  await rename(`${file}.new`, file)
  await syncFolder(dirname(file))
  return secret
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  return readFile(file).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return undefined
    throw thrown
  })
}
