import { sha256 as sha256OfPlatform, sha256Text } from '#primitive'

/** 32 bytes of SHA-256. */
export type Hash = Uint8Array

/** SHA-256 (FIPS 180-4). */
export function sha256(bytes: Uint8Array): Hash {
  return sha256OfPlatform(bytes)
}

/** SHA-256 of a text's UTF-8 bytes, base64url: how digests of tokens and their parts are spelled. */
export function digestOfText(text: string): string {
  return sha256Text(text)
}
