import { hkdfSha256 } from '@fujie/shared/core/crypto/symmetric.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import type { RecordSeal } from './vault-record.ts'

/** What a vault key is used for: never by itself. */
export interface VaultKeys {
  /** Tags the header. */
  readonly headKey: Uint8Array
  readonly seal: RecordSeal
}

/** K(p) of the design: HKDF-SHA-256 of the vault key, one key a purpose. */
export function keysOf(vaultKey: Uint8Array, vaultId: Uint8Array): VaultKeys {
  const derive = (purpose: string) => hkdfSha256(vaultKey, vaultId, utf8(`fujie/vault/1/${purpose}`), 32)
  return { headKey: derive('head'), seal: { key: derive('record'), vaultId } }
}
