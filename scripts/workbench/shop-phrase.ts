import { edwardsJwk, type PrivateJwk } from '@fujie/shared/adapters/signer-file.ts'
import { hkdfSha256 } from '@fujie/shared/core/crypto/symmetric.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { entropyOfWords } from '@fujie/wallet/engine/recovery-words.ts'
import { shopPhrase } from './cast.ts'

/** A recovery key of the shop, as its paper gives it (security, 5). */
export function shopRecoveryKey(n: number): PrivateJwk {
  const entropy = entropyOfWords(shopPhrase)
  return edwardsJwk(hkdfSha256(entropy, new Uint8Array(), utf8(`fujie/did-recovery/1/${n}`), 32))
}
