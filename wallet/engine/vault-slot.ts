import { hkdfSha256, openAesGcm, sealAesGcm } from '@fujie/shared/core/crypto/symmetric.ts'
import { concatBytes, utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { encodeCbor } from '@fujie/shared/core/encoding/cbor.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Random } from '@fujie/shared/ports/random.ts'
import { deriveFromPassphrase } from './vault-kdf.ts'
import type { PasswordSlot, RecoverySlot, Slot } from './vault-header.ts'

/** A secret that opens a slot: the passphrase with the device's secret where the slot asks for it, or the entropy of the words. */
export type SlotSecret =
  | { readonly kind: 'password'; readonly passphrase: string; readonly device?: Uint8Array | undefined }
  | { readonly kind: 'recovery'; readonly entropy: Uint8Array }

/** A slot before anything is wrapped in it. */
export type BareSlot = Omit<PasswordSlot, 'nonce' | 'wrapped'> | Omit<RecoverySlot, 'nonce' | 'wrapped'>

/** Wraps the vault key under the key-encryption key of a slot. */
export async function wrapKey(
  slot: BareSlot,
  vaultId: Uint8Array,
  kek: Uint8Array,
  vaultKey: Uint8Array,
  random: Random,
): Promise<Slot> {
  const nonce = random.bytes(12)
  const wrapped = await sealAesGcm(kek, nonce, vaultKey, slotAad(slot, vaultId))
  return { ...slot, nonce, wrapped }
}

/**
 * The vault key of a slot.
 *
 * @throws Fault `vault.wrong_passphrase`, `vault.parameters_refused` before any work is done
 */
export async function unwrapKey(slot: Slot, vaultId: Uint8Array, secret: SlotSecret): Promise<Uint8Array> {
  const kek = keyEncryptionKey(slot.kind, await inputKey(slot, secret), vaultId)
  const key = await openAesGcm(kek, slot.nonce, slot.wrapped, slotAad(slot, vaultId))
  if (key === undefined) throw new Fault('vault.wrong_passphrase')
  return key
}

/** KEK = HKDF-SHA-256 of what a secret comes to: bound to the vault and to the kind of slot. */
export function keyEncryptionKey(kind: Slot['kind'], input: Uint8Array, vaultId: Uint8Array): Uint8Array {
  return hkdfSha256(input, vaultId, utf8(`fujie/vault/1/kek/${kind}`), 32)
}

/** What a passphrase came to, with the secret of the device where there is one. */
export function bindToDevice(derived: Uint8Array, device: Uint8Array | undefined): Uint8Array {
  return device === undefined ? derived : concatBytes(derived, device)
}

async function inputKey(slot: Slot, secret: SlotSecret): Promise<Uint8Array> {
  if (slot.kind === 'recovery') {
    if (secret.kind !== 'recovery') throw new Fault('vault.wrong_passphrase')
    return secret.entropy
  }
  if (secret.kind !== 'password') throw new Fault('vault.wrong_passphrase')
  if (slot.device && secret.device === undefined) throw new Fault('vault.wrong_passphrase', { device: false })
  return bindToDevice(await deriveFromPassphrase(secret.passphrase, slot.kdf), slot.device ? secret.device : undefined)
}

// Everything about a slot but its ciphertext: a cheaper kdf or another kind no longer opens it.
function slotAad({ id, kind, kdf, device }: BareSlot, vaultId: Uint8Array): Uint8Array {
  return encodeCbor(['fujie/slot/1', vaultId, id, kind, kdf, device])
}
