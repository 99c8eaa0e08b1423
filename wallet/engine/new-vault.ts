import type { Random } from '@fujie/shared/ports/random.ts'
import type { PassphraseCost } from './vault-kdf.ts'
import type { NewVault } from './vault.ts'
import { wrapKey } from './vault-slot.ts'

/** The slot a demonstration vault opens by: everybody knows its passphrase. */
export const demoSlot = 'demo'
export const demoPassphrase = 'fujie demonstration vault'

export interface FirstSecrets {
  readonly passphrase: string
  readonly demo: boolean
  readonly cost: PassphraseCost
  /** The device's own secret, where it keeps one. */
  readonly device: Uint8Array | undefined
  /** Behind the 24 words. */
  readonly entropy: Uint8Array
}

/** Draws a vault key and wraps it under the passphrase and under the words. */
export async function drawVault(random: Random, secrets: FirstSecrets): Promise<NewVault> {
  const vaultId = random.bytes(16)
  const vaultKey = random.bytes(32)
  const { passphrase, cost, device, entropy } = secrets
  const password = {
    id: secrets.demo ? demoSlot : 'passphrase',
    kind: 'password' as const,
    kdf: { name: 'argon2id' as const, ...cost, salt: random.bytes(16) },
    device: device !== undefined,
  }
  const recovery = { id: 'words', kind: 'recovery' as const, kdf: { name: 'hkdf-sha256' as const }, device: false }
  const slots = [
    await wrapKey(password, vaultId, { kind: 'password', passphrase, device }, vaultKey, random),
    await wrapKey(recovery, vaultId, { kind: 'recovery', entropy }, vaultKey, random),
  ]
  return { vaultId, vaultKey, slots }
}
