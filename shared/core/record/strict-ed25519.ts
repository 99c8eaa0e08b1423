import { decodeBase64url } from '../encoding/base64url.ts'
import { equalBytes } from '../encoding/bytes.ts'
import type { PublicJwk } from '../crypto/key.ts'

/** The group order, little-endian: 2^252 + 27742317777372353535851937790883648493. */
const groupOrder = bytesOf(2n ** 252n + 27742317777372353535851937790883648493n)
const fieldPrime = 2n ** 255n - 19n

/** The y of every point of order 1, 2, 4 or 8, little-endian; the sign of x does not matter. */
const smallOrder = [
  0n,
  1n,
  fieldPrime - 1n,
  2707385501144840649318225287225658788936804267575313519463743609750303402022n,
  55188659117513257062467267217118295137698188065244968500265048394206261417927n,
].map(bytesOf)

/**
 * What must hold before an Ed25519 signature is even tried, so that all auditors agree: the key is canonical and
 * not of small order, and S is below the group order (registry, 1.1).
 *
 * The equation itself is the platform's, which compares the encoding of [S]B − [k]A with R.
 */
export function isStrictEd25519(key: PublicJwk, signature: Uint8Array): boolean {
  return isBelow(signature.subarray(32), groupOrder) && isStrictKey(key.x)
}

const prime = bytesOf(fieldPrime)

function isStrictKey(x: string): boolean {
  const y = decodeBase64url(x)
  if (y === undefined) return false
  y[31] = (y[31] as number) & 0x7f
  return isBelow(y, prime) && !smallOrder.some((known) => equalBytes(known, y))
}

/** Compares two little-endian numbers of 32 bytes. */
function isBelow(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) if (a[i] !== b[i]) return (a[i] as number) < (b[i] as number)
  return false
}

function bytesOf(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn))
}
