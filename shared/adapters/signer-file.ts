import { createPrivateKey, generateKeyPairSync, hkdfSync, sign, type KeyObject } from 'node:crypto'
import { p256 } from '@noble/curves/nist.js'
import { algorithmOfKey, algorithms, type AlgorithmName } from '../core/crypto/algorithms.ts'
import { joseSignature } from '../core/crypto/der.ts'
import { parsePublicJwk, type PublicJwk } from '../core/crypto/key.ts'
import { encodeBase64url } from '../core/encoding/base64url.ts'
import { concatBytes } from '../core/encoding/bytes.ts'
import { parseJsonObject, type JsonObject } from '../core/encoding/json.ts'
import { Fault } from '../core/fault.ts'
import type { Signer } from '../ports/signer.ts'

/** A private key as a JWK (RFC 7517); `d` is the secret. */
export interface PrivateJwk extends PublicJwk {
  readonly d: string
}

export type SigningCurve = 'P-256' | 'P-384' | 'Ed25519'

/**
 * A signer whose key is held by this process.
 *
 * @throws Fault `key.unsupported`
 */
export function signerOfJwk(jwk: PrivateJwk): Signer {
  const { d: _secret, ...rest } = jwk
  const publicJwk = parsePublicJwk(rest as unknown as JsonObject)
  const algorithm = algorithmOfKey(publicJwk)
  if (algorithm === undefined) throw new Fault('key.unsupported')
  return { algorithm, publicJwk, sign: signing(importPrivate(jwk), algorithm) }
}

/** By way of PEM: native code signs fastest with a key it parsed itself. */
function importPrivate(jwk: PrivateJwk): KeyObject {
  const { kty, crv, x, y, d } = jwk
  const given = createPrivateKey({ key: y === undefined ? { kty, crv, x, d } : { kty, crv, x, y, d }, format: 'jwk' })
  return createPrivateKey(given.export({ type: 'pkcs8', format: 'pem' }))
}

function signing(key: KeyObject, algorithm: AlgorithmName): Signer['sign'] {
  const { hash, width } = algorithms[algorithm]
  if (hash === 'none') return (message) => Promise.resolve(new Uint8Array(sign(null, message, key)))
  return (message) => Promise.resolve(joseSignature(sign(hash, message, key), width))
}

/** A new key pair as a private JWK. */
export function generatePrivateJwk(curve: SigningCurve): PrivateJwk {
  const { privateKey } =
    curve === 'Ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: curve })
  const { kty, crv, x, y, d } = privateKey.export({ format: 'jwk' })
  return (y === undefined ? { kty, crv, x, d } : { kty, crv, x, y, d }) as PrivateJwk
}

/**
 * The private key that a seed and a name give, the same for ever: for demonstrations and tests, never for real keys.
 *
 * Ed25519 takes 32 bytes of HKDF as its seed, P-256 takes 48 mod (n − 1) + 1.
 */
export function derivePrivateJwk(seed: string, name: string, curve: 'P-256' | 'Ed25519'): PrivateJwk {
  const length = curve === 'Ed25519' ? 32 : 48
  const bytes = new Uint8Array(hkdfSync('sha256', seed, 'fujie/demo/1', name, length))
  return curve === 'Ed25519' ? edwardsJwk(bytes) : p256Jwk(bytes)
}

const pkcs8Ed25519 = Buffer.from('302e020100300506032b657004220420', 'hex')

/** The Ed25519 key pair of 32 bytes of seed (RFC 8032, 5.1.5). */
export function edwardsJwk(seed: Uint8Array): PrivateJwk {
  const der = Buffer.from(concatBytes(pkcs8Ed25519, seed))
  const { x, d } = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ format: 'jwk' })
  return { kty: 'OKP', crv: 'Ed25519', x: x as string, d: d as string }
}

function p256Jwk(bytes: Uint8Array): PrivateJwk {
  const order = p256.Point.Fn.ORDER
  const scalar = (BigInt(`0x${Buffer.from(bytes).toString('hex')}`) % (order - 1n)) + 1n
  const secret = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex')
  const point = p256.getPublicKey(secret, false)
  return {
    kty: 'EC',
    crv: 'P-256',
    x: encodeBase64url(point.subarray(1, 33)),
    y: encodeBase64url(point.subarray(33)),
    d: encodeBase64url(secret),
  }
}

/**
 * Reads a private JWK kept as a file's text.
 *
 * @throws Fault `key.unsupported`, `json.malformed`
 */
export function parsePrivateJwk(text: string): PrivateJwk {
  const { kty, crv, x, y, d } = parseJsonObject(text)
  if (typeof d !== 'string') throw new Fault('key.unsupported', { reason: 'no private key' })
  const publicJwk = parsePublicJwk(
    y === undefined
      ? { kty: kty ?? null, crv: crv ?? null, x: x ?? null }
      : { kty: kty ?? null, crv: crv ?? null, x: x ?? null, y },
  )
  return { ...publicJwk, d }
}
