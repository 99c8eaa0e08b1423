import { ed25519, x25519 as x25519Curve } from '@noble/curves/ed25519.js'
import { p256, p384 } from '@noble/curves/nist.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 as sha256Of } from '@noble/hashes/sha2.js'
import { concatBytes, utf8, utf8Text } from '../encoding/bytes.ts'
import { base64urlAlphabet, radix64 } from '../encoding/radix64.ts'
import type { VerifiableKey } from './primitive.d.ts'

export type { MaybePromise, VerifiableKey } from './primitive.d.ts'

/** WebCrypto wants views of plain buffers; ours always are. */
type Bytes = Uint8Array<ArrayBuffer>

export function sha256(bytes: Uint8Array): Uint8Array {
  return sha256Of(bytes)
}

const base64url = radix64(base64urlAlphabet, false)

export function sha256Text(text: string): string {
  return base64url.encode(sha256Of(utf8(text)))
}

export function fromBase64url(text: string): Uint8Array | undefined {
  return base64url.decode(text)
}

export function toBase64url(given: Uint8Array | string): string {
  return base64url.encode(typeof given === 'string' ? utf8(given) : given)
}

export function base64urlText(text: string): string | undefined {
  const bytes = base64url.decode(text)
  return bytes && utf8Text(bytes)
}

/** WebCrypto has no hash that we would not rather have synchronous. */
export function platformHash(): undefined {
  return undefined
}

interface WebAlgorithm {
  readonly importing: AlgorithmIdentifier | EcKeyImportParams
  readonly verifying: AlgorithmIdentifier | EcdsaParams
  readonly length: number
}

const webAlgorithms: Readonly<Record<string, WebAlgorithm>> = {
  'P-256': {
    importing: { name: 'ECDSA', namedCurve: 'P-256' },
    verifying: { name: 'ECDSA', hash: 'SHA-256' },
    length: 64,
  },
  'P-384': {
    importing: { name: 'ECDSA', namedCurve: 'P-384' },
    verifying: { name: 'ECDSA', hash: 'SHA-384' },
    length: 96,
  },
  Ed25519: { importing: 'Ed25519', verifying: 'Ed25519', length: 64 },
  'ML-DSA-44': { importing: 'ML-DSA-44', verifying: 'ML-DSA-44', length: 2_420 },
}

export function verifyBeside(key: VerifiableKey, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  return verify(key, message, signature)
}

export async function verify(key: VerifiableKey, given: Uint8Array | string, signature: Uint8Array): Promise<boolean> {
  const message = typeof given === 'string' ? utf8(given) : given
  const algorithm = webAlgorithms[key.crv]
  if (!algorithm) return verifyByNoble(key, message, signature)
  if (signature.length !== algorithm.length) return false
  const imported = await importedKey(key, algorithm)
  if (imported === 'unsupported') return verifyByNoble(key, message, signature)
  if (imported === 'invalid') return false
  return crypto.subtle.verify(algorithm.verifying, imported, signature as Bytes, message as Bytes)
}

type Imported = CryptoKey | 'invalid' | 'unsupported'

const keptKeys = 500
const keys = new Map<string, Promise<Imported>>()

function importedKey(key: VerifiableKey, algorithm: WebAlgorithm): Promise<Imported> {
  const name = `${key.crv}.${key.x}.${key.y ?? ''}`
  const known = keys.get(name)
  if (known) return known
  const made = importKey(key, algorithm)
  if (keys.size >= keptKeys) keys.delete(keys.keys().next().value as string)
  keys.set(name, made)
  return made
}

async function importKey(key: VerifiableKey, algorithm: WebAlgorithm): Promise<Imported> {
  try {
    return await crypto.subtle.importKey('jwk', webJwk(key), algorithm.importing, false, ['verify'])
  } catch (error) {
    return error instanceof DOMException && error.name === 'NotSupportedError' ? 'unsupported' : 'invalid'
  }
}

/** Keys of type AKP are spelled by algorithm. */
function webJwk({ kty, crv, x, y }: VerifiableKey): JsonWebKey & { readonly pub?: string } {
  if (kty === 'AKP') return { kty, alg: crv, pub: x }
  return y === undefined ? { kty, crv, x } : { kty, crv, x, y }
}

/** Loaded where it is first needed: few platforms are without ML-DSA, and fewer ask for it. */
async function verifyMlDsa(key: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  const { ml_dsa44: mlDsa } = await import('@noble/post-quantum/ml-dsa.js')
  try {
    return mlDsa.verify(signature, message, key)
  } catch {
    return false
  }
}

function verifyByNoble(key: VerifiableKey, message: Uint8Array, signature: Uint8Array): boolean | Promise<boolean> {
  const point = publicPoint(key)
  if (!point) return false
  try {
    switch (key.crv) {
      case 'P-256':
        return p256.verify(signature, message, point, { lowS: false, prehash: true, format: 'compact' })
      case 'P-384':
        return p384.verify(signature, message, point, { lowS: false, prehash: true, format: 'compact' })
      case 'secp256k1':
        return secp256k1.verify(signature, message, point, { lowS: true, prehash: true, format: 'compact' })
      case 'Ed25519':
        return ed25519.verify(signature, message, point, { zip215: false })
      case 'ML-DSA-44':
        return verifyMlDsa(point, message, signature)
      default:
        return false
    }
  } catch {
    return false
  }
}

function publicPoint(key: VerifiableKey): Uint8Array | undefined {
  const x = base64url.decode(key.x)
  if (!x || key.y === undefined) return x
  const y = base64url.decode(key.y)
  return y && concatBytes(Uint8Array.of(4), x, y)
}

export async function verifyRsa(
  spki: Uint8Array,
  hash: 'SHA-256' | 'SHA-384' | 'SHA-512',
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash }
  try {
    const key = await crypto.subtle.importKey('spki', spki as Bytes, algorithm, false, ['verify'])
    return await crypto.subtle.verify(algorithm.name, key, signature as Bytes, message as Bytes)
  } catch {
    return false
  }
}

export function hkdfSha256(ikm: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  return hkdf(sha256Of, ikm, salt, info, length)
}

export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  return hmac(sha256Of, key, message)
}

export async function sealAesGcm(
  key: Uint8Array,
  nonce: Uint8Array,
  plaintext: Uint8Array,
  aad: Uint8Array,
): Promise<Uint8Array> {
  const imported = await crypto.subtle.importKey('raw', key as Bytes, 'AES-GCM', false, ['encrypt'])
  const parameters = { name: 'AES-GCM', iv: nonce as Bytes, additionalData: aad as Bytes }
  return new Uint8Array(await crypto.subtle.encrypt(parameters, imported, plaintext as Bytes))
}

export async function openAesGcm(
  key: Uint8Array,
  nonce: Uint8Array,
  sealed: Uint8Array,
  aad: Uint8Array,
): Promise<Uint8Array | undefined> {
  const imported = await crypto.subtle.importKey('raw', key as Bytes, 'AES-GCM', false, ['decrypt'])
  const parameters = { name: 'AES-GCM', iv: nonce as Bytes, additionalData: aad as Bytes }
  try {
    return new Uint8Array(await crypto.subtle.decrypt(parameters, imported, sealed as Bytes))
  } catch {
    return undefined
  }
}

export function x25519(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined {
  try {
    return x25519Curve.getSharedSecret(privateKey, publicKey)
  } catch {
    return undefined
  }
}

export function x25519Public(privateKey: Uint8Array): Uint8Array {
  return x25519Curve.getPublicKey(privateKey)
}

const streams = { zlib: 'deflate', raw: 'deflate-raw' } as const

export async function inflate(bytes: Uint8Array, limit: number, form: 'zlib' | 'raw'): Promise<Uint8Array | undefined> {
  const stream = new Blob([bytes as Bytes]).stream().pipeThrough(new DecompressionStream(streams[form]))
  const reader = stream.getReader()
  const parts: Uint8Array[] = []
  let length = 0
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      length += part.value.length
      if (length > limit) {
        await reader.cancel()
        return undefined
      }
      parts.push(part.value)
    }
  } catch {
    return undefined
  }
  return concatBytes(...parts)
}

export async function deflate(bytes: Uint8Array, form: 'zlib' | 'raw'): Promise<Uint8Array> {
  const stream = new Blob([bytes as Bytes]).stream().pipeThrough(new CompressionStream(streams[form]))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}
