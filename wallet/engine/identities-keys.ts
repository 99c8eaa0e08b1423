import { thumbprint } from '@fujie/shared/core/crypto/key.ts'
import { hkdfSha256 } from '@fujie/shared/core/crypto/symmetric.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { RecoveryKey, StoredRecovery } from './contents-identities.ts'
import type { HolderKeys, StoredKey } from './ports.ts'

/** Thumbprints written into a new vault: as many identities and recoveries as one person has in years. */
export const firstRecoveryKeys = 32

/** Recovery key number `n` of the words: HKDF(E, `fujie/did-recovery/1/`n) (security, 5). The words alone give it back. */
export function recoveryKeyOf(keys: HolderKeys, entropy: Uint8Array, n: number): Promise<StoredKey> {
  return keys.derive(hkdfSha256(entropy, new Uint8Array(), utf8(`fujie/did-recovery/1/${n}`), 32))
}

/** Thumbprints of the first `count` recovery keys: what identities commit to, without the words at hand. */
export async function recoveryThumbprints(keys: HolderKeys, entropy: Uint8Array, count: number): Promise<string[]> {
  const numbers = Array.from({ length: count }, (_, n) => n)
  const pairs = await Promise.all(numbers.map((n) => recoveryKeyOf(keys, entropy, n)))
  return pairs.map(({ publicJwk }) => thumbprint(publicJwk))
}

/**
 * The next recovery key that no identity has been promised to, and what to remember once it is.
 *
 * @throws Fault `identity.words_needed` if the vault knows of none
 */
export function takeRecoveryKey(known: StoredRecovery | undefined): { key: RecoveryKey; left: StoredRecovery } {
  const n = known?.next ?? 0
  const found = known?.thumbprints[n]
  if (known === undefined || found === undefined) throw new Fault('identity.words_needed')
  return { key: { n, thumbprint: found }, left: { ...known, next: n + 1 } }
}
