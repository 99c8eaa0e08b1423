import { hmacSha256 as hmacOfPlatform } from '#primitive'

/** HMAC with SHA-256 (RFC 2104). */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  return hmacOfPlatform(key, message)
}
