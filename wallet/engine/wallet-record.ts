import { toHex } from '@fujie/shared/core/encoding/bytes.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { keep, readRecord, storedWallet } from './contents.ts'
import type { IdentityView } from './contract.ts'
import type { Argon2idParameters } from './vault-header.ts'
import type { Vault } from './vault.ts'

/** What the vault says of itself, without the registry. */
export type WalletFacts = Omit<IdentityView, 'technical'> & {
  readonly technical: Omit<IdentityView['technical'], 'registry' | 'checkpoint'>
}

/** What 安全 shows, but for the registry. */
export function describeWallet(vault: Vault): WalletFacts {
  const { vaultId, generation, slots } = vault.header
  const slot = slots.find(({ kind }) => kind === 'password')
  const kdf = slot?.kdf as Argon2idParameters
  const wallet = readRecord(vault, 'settings', 'wallet', storedWallet)
  return {
    createdAt: wallet?.createdAt ?? 0,
    wordsChecked: wallet?.wordsChecked === true,
    documents: vault.all('documents').size,
    technical: {
      vaultId: toHex(vaultId),
      generation,
      memory: kdf.m / 1024,
      passes: kdf.t,
      deviceBound: slot?.device === true,
    },
  }
}

export async function noteWordsChecked(vault: Vault, now: Instant): Promise<void> {
  const wallet = readRecord(vault, 'settings', 'wallet', storedWallet) ?? { createdAt: now }
  await vault.commit([keep('settings', 'wallet', { ...wallet, wordsChecked: true })])
}
