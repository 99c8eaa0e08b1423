import { sha256 } from '../core/crypto/hash.ts'
import { toHex } from '../core/encoding/bytes.ts'
import type { Instant } from '../core/instant.ts'
import { signJws } from './sign-jws.ts'
import type { Signer } from './signer.ts'

const life = 300

/** Says that the holder of a key of a logged DID brings these bytes (registry, 10). */
export function signBlobToken(signer: Signer, keyId: string, bytes: Uint8Array, now: Instant): Promise<string> {
  return signJws(signer, { typ: 'fujie-blob+jws', kid: keyId }, { sha256: toHex(sha256(bytes)), exp: now + life })
}
