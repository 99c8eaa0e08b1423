import type { AlgorithmName } from '../core/crypto/algorithms.ts'
import type { PublicJwk } from '../core/crypto/key.ts'

/**
 * Holds one private key and signs with it; the key never leaves.
 *
 * `sign` resolves to the signature in JOSE form (r‖s for ECDSA) over exactly the bytes given.
 * The caller cannot check that the key is well kept.
 */
export interface Signer {
  readonly algorithm: AlgorithmName
  readonly publicJwk: PublicJwk
  sign(message: Uint8Array): Promise<Uint8Array>
}
