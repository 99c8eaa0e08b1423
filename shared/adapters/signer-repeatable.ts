import { p256, p384 } from '@noble/curves/nist.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { decodeBase64url } from '../core/encoding/base64url.ts'
import { Fault } from '../core/fault.ts'
import type { Signer } from '../ports/signer.ts'
import { signerOfJwk, type PrivateJwk } from './signer-file.ts'

const curves: Readonly<Record<string, Pick<typeof p256, 'sign'>>> = { 'P-256': p256, 'P-384': p384, secp256k1 }

/**
 * A signer that gives the same signature for the same bytes (RFC 6979; Ed25519 does so by itself): for kept test files
 * that are made again, byte for byte.
 *
 * @throws Fault `key.unsupported`
 */
export function repeatableSignerOfJwk(jwk: PrivateJwk): Signer {
  const signer = signerOfJwk(jwk)
  const curve = curves[jwk.crv]
  const secret = decodeBase64url(jwk.d)
  if (curve === undefined) return signer
  if (secret === undefined) throw new Fault('key.unsupported')
  const sign = (message: Uint8Array) => curve.sign(message, secret, { prehash: true, lowS: true })
  return { ...signer, sign: (message) => Promise.resolve(sign(message)) }
}
