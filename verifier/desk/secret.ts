import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { decodeBase64url, encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import type { Random } from '@fujie/shared/ports/random.ts'

/** An identifier of 16 random bytes that stands in an address: 22 letters. */
export function newId(random: Random): string {
  return encodeBase64url(random.bytes(16))
}

/** A secret of 32 random bytes: 43 letters. */
export function newSecret(random: Random): string {
  return encodeBase64url(random.bytes(32))
}

/** What is kept of an identifier or secret: its SHA-256, base64url. Undefined if it is none of ours. */
export function digestOf(text: string): string | undefined {
  const bytes = decodeBase64url(text)
  return bytes?.length === 16 || bytes?.length === 32 ? encodeBase64url(sha256(bytes)) : undefined
}
