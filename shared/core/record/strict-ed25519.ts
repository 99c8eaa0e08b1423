import { decodeBase64url } from '../encoding/base64url.ts'
import type { PublicJwk } from '../crypto/key.ts'

/** 2^255 − 19 and the group order, big-endian. */
const fieldPrime = 2n ** 255n - 19n
const groupOrder = 2n ** 252n + 27742317777372353535851937790883648493n

/** The y of every point of order 1, 2, 4 or 8; the sign of x does not matter. */
const smallOrder = new Set([
  0n,
  1n,
  fieldPrime - 1n,
  2707385501144840649318225287225658788936804267575313519463743609750303402022n,
  55188659117513257062467267217118295137698188065244968500265048394206261417927n,
])

/**
 * What must hold before an Ed25519 signature is even tried, so that all auditors agree: the key is canonical and
 * not of small order, and S is below the group order (registry, 1.1).
 *
 * The equation itself is the platform's, which compares the encoding of [S]B − [k]A with R.
 */
export function isStrictEd25519(key: PublicJwk, signature: Uint8Array): boolean {
  return isStrictKey(key.x) && littleEndian(signature.subarray(32)) < groupOrder
}

/** Keys of a log recur; the answer for a text never changes. */
const known = new Map<string, boolean>()

function isStrictKey(x: string): boolean {
  const before = known.get(x)
  if (before !== undefined) return before
  const bytes = decodeBase64url(x)
  const y = bytes === undefined ? fieldPrime : littleEndian(bytes) & (2n ** 255n - 1n)
  const strict = y < fieldPrime && !smallOrder.has(y)
  if (known.size >= 4_096) known.clear()
  known.set(x, strict)
  return strict
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number)
  return value
}
