import { hmacSha256 } from '@fujie/shared/core/crypto/mac.ts'
import { decodeBase64url, encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { concatBytes, equalBytes, uintBytes } from '@fujie/shared/core/encoding/bytes.ts'
import type { Instant, Seconds } from '@fujie/shared/core/instant.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { Random } from '@fujie/shared/ports/random.ts'

/** Nonces that need no memory until they are used: time ‖ random ‖ HMAC under a key of this process. */
export interface Nonces {
  issue(): string
  /** When the nonce ends, if it is one of ours and not over yet. Whether it was used is another question. */
  check(nonce: string): Instant | undefined
}

const timeLength = 8
const randomLength = 16
const macLength = 16

export function createNonces(
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  life: Seconds,
): Nonces {
  const key = random.bytes(32)
  const mac = (body: Uint8Array) => hmacSha256(key, body).subarray(0, macLength)
  return {
    issue() {
      const body = concatBytes(uintBytes(clock.now(), timeLength), random.bytes(randomLength))
      return encodeBase64url(concatBytes(body, mac(body)))
    },
    check(nonce) {
      const bytes = decodeBase64url(nonce)
      if (bytes?.length !== timeLength + randomLength + macLength) return undefined
      const body = bytes.subarray(0, timeLength + randomLength)
      if (!equalBytes(mac(body), bytes.subarray(timeLength + randomLength))) return undefined
      const expires = body.subarray(0, timeLength).reduce((time, byte) => time * 256 + byte, 0) + life
      return expires > clock.now() ? expires : undefined
    },
  }
}
