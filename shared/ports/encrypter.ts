import type { PublicJwk } from '../core/crypto/key.ts'

/** Seals for another party; draws its own randomness (ephemeral keys, nonces). */
export interface Encrypter {
  /** Compact JWE by ECDH-ES (RFC 7516, RFC 7518 4.6) to a P-256 or X25519 key. */
  sealJwe(plaintext: Uint8Array, recipient: PublicJwk, options: JweOptions): Promise<string>
  /** HPKE base mode, X25519, HKDF-SHA256, AES-128-GCM (RFC 9180): enc ‖ ciphertext ‖ tag. */
  sealHpke(plaintext: Uint8Array, recipientX25519: Uint8Array, info: Uint8Array, aad: Uint8Array): Promise<Uint8Array>
}

export interface JweOptions {
  readonly enc: 'A128GCM' | 'A256GCM'
  readonly kid?: string
  readonly apu?: string
  readonly apv?: string
}
