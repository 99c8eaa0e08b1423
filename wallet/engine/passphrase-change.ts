import { Fault } from '@fujie/shared/core/fault.ts'
import type { Random } from '@fujie/shared/ports/random.ts'
import { drawQuestion, keepBackupKeys, readBackupKeys } from './backup-keys.ts'
import { drawPasswordSlot, drawVault, type PassphraseSecrets } from './new-vault.ts'
import { leastBits, passphraseBits } from './passphrase-strength.ts'
import type { PassphraseCost } from './vault-kdf.ts'
import { unwrapKey } from './vault-slot.ts'
import type { Vault } from './vault.ts'

/** What this device adds to a passphrase. */
export interface DeviceSecrets {
  readonly device: Uint8Array | undefined
  readonly cost: PassphraseCost
}

/** @throws Fault `vault.weak_passphrase` */
export function needStrong(passphrase: string): void {
  if (passphraseBits(passphrase) < leastBits) throw new Fault('vault.weak_passphrase')
}

/** @throws Fault `vault.wrong_passphrase` */
export async function needPassphrase(vault: Vault, passphrase: string, device: Uint8Array | undefined): Promise<void> {
  const slot = vault.header.slots.find(({ kind }) => kind === 'password')
  if (slot === undefined) throw new Fault('vault.wrong_passphrase')
  const key = await unwrapKey(slot, vault.header.vaultId, { kind: 'password', passphrase, device })
  key.fill(0)
}

/** @throws Fault `vault.wrong_passphrase` */
async function needWords(vault: Vault, entropy: Uint8Array): Promise<void> {
  const slot = vault.header.slots.find(({ kind }) => kind === 'recovery')
  if (slot === undefined) throw new Fault('vault.wrong_passphrase')
  const key = await unwrapKey(slot, vault.header.vaultId, { kind: 'recovery', entropy })
  key.fill(0)
}

/**
 * Wraps the same vault key under another passphrase. A second write takes the place of the former state, which the old
 * passphrase still opens.
 *
 * @throws Fault `vault.wrong_passphrase`, `vault.weak_passphrase`
 */
export async function changePassphrase(
  vault: Vault,
  random: Random,
  { device, cost }: DeviceSecrets,
  { current, next }: { readonly current: string; readonly next: string },
): Promise<void> {
  needStrong(next)
  await needPassphrase(vault, current, device)
  const secrets: PassphraseSecrets = { passphrase: next, demo: false, cost, device }
  const { vaultId, slots } = vault.header
  const { slot, backupKey } = await vault.lend((vaultKey) => drawPasswordSlot(random, secrets, { vaultId, vaultKey }))
  const others = slots.filter(({ kind }) => kind !== 'password')
  await vault.rewrap([slot, ...others], () => [keepBackupKeys({ ...readBackupKeys(vault), password: backupKey })])
  await vault.commit([])
}

/**
 * Puts a new key under everything: what opened a copy of the vault until now opens nothing written from here on. Asks
 * for both secrets, because the new key is wrapped under both. A second write takes the place of the former state.
 *
 * @throws Fault `vault.wrong_passphrase`
 */
export async function changeKey(
  vault: Vault,
  random: Random,
  { device, cost }: DeviceSecrets,
  { passphrase, entropy }: { readonly passphrase: string; readonly entropy: Uint8Array },
): Promise<void> {
  await needWords(vault, entropy)
  await needPassphrase(vault, passphrase, device)
  const drawn = await drawVault(random, { passphrase, demo: false, cost, device, entropy })
  const question = readBackupKeys(vault).question ?? drawQuestion(random, entropy)
  await vault.rekey(drawn, [keepBackupKeys({ ...drawn.backupKeys, question })])
  drawn.vaultKey.fill(0)
  await vault.commit([])
}
