import { sha256 as sha256OfPlatform } from '#primitive'

/** 32 bytes of SHA-256. */
export type Hash = Uint8Array

/** SHA-256 (FIPS 180-4). */
export function sha256(bytes: Uint8Array): Hash {
  return sha256OfPlatform(bytes)
}
