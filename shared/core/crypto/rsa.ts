import { verifyRsa } from '#primitive'

/** Hashes of RSA signatures in certificates; nothing else here is signed with RSA. */
export type RsaHash = 'SHA-256' | 'SHA-384' | 'SHA-512'

/**
 * Verifies RSASSA-PKCS1-v1_5 (RFC 8017, 8.2) under a SubjectPublicKeyInfo and returns what is wrong: nothing, or
 * `otherwise`. How strong the key is has to have been looked at before.
 */
export async function verifyRsaSignature<F>(
  spki: Uint8Array,
  hash: RsaHash,
  message: Uint8Array,
  signature: Uint8Array,
  otherwise: F,
): Promise<readonly F[]> {
  return (await verifyRsa(spki, hash, message, signature)) ? [] : [otherwise]
}
