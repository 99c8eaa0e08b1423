import type { PublicJwk } from '../crypto/key.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { equalBytes, fromHex } from '../encoding/bytes.ts'
import { derContent, derElements, derTag, derUnsigned } from './der.ts'

/** An RSA key that an authority may sign with: SubjectPublicKeyInfo, as it stands in the certificate. */
export interface RsaKey {
  readonly spki: Uint8Array
}

/** The key of a certificate, if it is one we verify with. */
export interface CertificateKey {
  readonly publicJwk?: PublicJwk
  /** Of authorities alone; 2048 bits and more. */
  readonly rsaKey?: RsaKey
}

/** AlgorithmIdentifiers (RFC 5480, 2.1.1; RFC 8017, A.1). */
const curves = [
  { crv: 'P-256', width: 32, algorithm: bytesOf('301306072a8648ce3d020106082a8648ce3d030107') },
  { crv: 'P-384', width: 48, algorithm: bytesOf('301006072a8648ce3d020106052b81040022') },
] as const
const rsa = bytesOf('300d06092a864886f70d0101010500')

/**
 * The key in a SubjectPublicKeyInfo (RFC 5280, 4.1.2.7): an uncompressed point of P-256 or P-384, or RSA. None for
 * other kinds, and for RSA that is too weak or out of all measure.
 *
 * @throws Fault `certificate.malformed`
 */
export function keyOfSpki(spki: Uint8Array): CertificateKey {
  const [algorithm, key] = derElements(derContent(derElements(spki)[0], derTag.sequence))
  const bits = derContent(key, derTag.bitString)
  const body = bits.subarray(1)
  if (algorithm === undefined || bits[0] !== 0) return {}
  if (equalBytes(algorithm.bytes, rsa)) return isStrongRsa(body) ? { rsaKey: { spki } } : {}
  const curve = curves.find((each) => equalBytes(each.algorithm, algorithm.bytes))
  if (curve === undefined || body[0] !== 4 || body.length !== 1 + 2 * curve.width) return {}
  const x = encodeBase64url(body.subarray(1, 1 + curve.width))
  const y = encodeBase64url(body.subarray(1 + curve.width))
  return { publicJwk: { kty: 'EC', crv: curve.crv, x, y } }
}

const leastModulus = 2_048
/** Longer ones only take time to verify. */
const mostModulus = 8_192

function isStrongRsa(key: Uint8Array): boolean {
  const [modulus, exponent] = derElements(derContent(derElements(key)[0], derTag.sequence)).map((element) =>
    derUnsigned(derContent(element, derTag.integer)),
  )
  if (modulus === undefined || exponent === undefined || exponent.length > 4) return false
  const bits = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24
  const e = exponent.reduce((value, byte) => value * 256 + byte, 0)
  // A small exponent has made forgeries of sloppily padded signatures possible (FIPS 186-5, 5.1 asks for more than 2^16).
  return bits >= leastModulus && bits <= mostModulus && e > 65_536 && e % 2 === 1
}

function bytesOf(hex: string): Uint8Array {
  return fromHex(hex) as Uint8Array
}
