import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'

/** What is kept of a secret: enough to know it again. */
export function secretHash(secret: string): string {
  return encodeBase64url(sha256(utf8(secret)))
}
