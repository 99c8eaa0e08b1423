import type { Random } from '@fujie/shared/ports/random.ts'
import type { WrappingKeys } from './backup-keys.ts'
import type { Slot } from './vault-header.ts'
import { deriveFromPassphrase, type PassphraseCost } from './vault-kdf.ts'
import { bindToDevice, keyEncryptionKey, wrapKey } from './vault-slot.ts'
import type { NewVault } from './vault.ts'

/** The slot a demonstration vault opens by: everybody knows its passphrase. */
export const demoSlot = 'demo'
export const demoPassphrase = 'fujie demonstration vault'

export interface PassphraseSecrets {
  readonly passphrase: string
  readonly demo: boolean
  readonly cost: PassphraseCost
  /** The device's own secret, where it keeps one. */
  readonly device: Uint8Array | undefined
}

/** The entropy behind the 24 words; or, where they are not at hand, the key they come to under this very vault id. */
export type WordsSecret = { readonly entropy: Uint8Array } | { readonly wordsKek: Uint8Array }

export type FirstSecrets = PassphraseSecrets & WordsSecret

/** The lasting name and the key of a vault, to be wrapped. */
interface Drawn {
  readonly vaultId: Uint8Array
  readonly vaultKey: Uint8Array
}

/** A vault to begin, and what its backups are wrapped under. */
export interface DrawnVault extends NewVault {
  readonly backupKeys: WrappingKeys
}

/** Draws a vault key and wraps it under the passphrase and under the words. */
export async function drawVault(
  random: Random,
  secrets: FirstSecrets,
  vaultId = random.bytes(16),
): Promise<DrawnVault> {
  const vaultKey = random.bytes(32)
  const password = await drawPasswordSlot(random, secrets, { vaultId, vaultKey })
  const kek = 'wordsKek' in secrets ? secrets.wordsKek : keyEncryptionKey('recovery', secrets.entropy, vaultId)
  const recovery = { id: 'words', kind: 'recovery' as const, kdf: { name: 'hkdf-sha256' as const }, device: false }
  const slots = [password.slot, await wrapKey(recovery, vaultId, kek, vaultKey, random)]
  return { vaultId, vaultKey, slots, backupKeys: { password: password.backupKey, words: kek } }
}

/** Wraps a vault key under a passphrase, for this device, and says what the same passphrase wraps a backup under. */
export async function drawPasswordSlot(
  random: Random,
  { passphrase, demo, cost, device }: PassphraseSecrets,
  { vaultId, vaultKey }: Drawn,
): Promise<{ readonly slot: Slot; readonly backupKey: WrappingKeys['password'] }> {
  const kdf = { name: 'argon2id' as const, ...cost, salt: random.bytes(16) }
  const bare = {
    id: demo ? demoSlot : 'passphrase',
    kind: 'password' as const,
    kdf,
    device: device !== undefined,
  }
  const derived = await deriveFromPassphrase(passphrase, kdf)
  const kek = keyEncryptionKey('password', bindToDevice(derived, device), vaultId)
  return {
    slot: await wrapKey(bare, vaultId, kek, vaultKey, random),
    backupKey: { kdf, kek: keyEncryptionKey('password', derived, vaultId) },
  }
}
