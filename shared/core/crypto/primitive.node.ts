import * as crypto from 'node:crypto'
import * as zlib from 'node:zlib'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { derSignature, lowHalf } from './der.ts'
import type { VerifiableKey } from './primitive.d.ts'

export type { MaybePromise, VerifiableKey } from './primitive.d.ts'

export function sha256(bytes: Uint8Array): Uint8Array {
  // The one-shot form as latin1 is the quickest way across to native code and back.
  const digest = new Uint8Array(32)
  const text = crypto.hash('sha256', bytes, 'binary')
  for (let i = 0; i < 32; i++) digest[i] = text.charCodeAt(i)
  return digest
}

export function sha256Text(text: string): string {
  return crypto.hash('sha256', text, 'base64url')
}

const digests: Readonly<Record<string, string | null>> = {
  'P-256': 'sha256',
  'P-384': 'sha384',
  secp256k1: 'sha256',
  Ed25519: null,
}

const signatureLengths: Readonly<Record<string, number>> = { 'P-256': 64, 'P-384': 96, secp256k1: 64, Ed25519: 64 }

export function verify(key: VerifiableKey, message: Uint8Array, signature: Uint8Array): boolean {
  const digest = digests[key.crv]
  if (digest === undefined || signature.length !== signatureLengths[key.crv]) return false
  if (key.crv === 'secp256k1' && !lowHalf(signature.subarray(32), secp256k1.Point.Fn.ORDER)) return false
  const known = keyInput(key)
  if (known === undefined) return false
  try {
    return crypto.verify(digest, message, known, digest === null ? signature : derSignature(signature, der))
  } catch {
    return false // no point of its curve
  }
}

export function verifyBeside(key: VerifiableKey, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  // Only where the platform has it whole; all else is too rare to be waited for.
  const digest = digests[key.crv]
  const input = digest === undefined || key.crv === 'secp256k1' ? undefined : keyInput(key)
  if (digest === undefined || input === undefined || signature.length !== signatureLengths[key.crv])
    return Promise.resolve(verify(key, message, signature))
  const given = digest === null ? signature : derSignature(signature)
  return new Promise((resolve) => {
    try {
      crypto.verify(digest, message, input, given, (error, good) => resolve(error === null && good))
    } catch {
      resolve(false) // no point of its curve
    }
  })
}

/** The signature at hand: native code has read it before the next one comes. */
const der = Buffer.alloc(128)

const keptKeys = 2_000
const keys = new Map<string, crypto.KeyObject>()
/** Names of keys met once. Most holders' keys are met once and never again: keeping those would only make garbage old. */
const metOnce = new Set<string>()

/** Importing a point costs a quarter of a verification, so a key that comes again is kept; at first its text will do. */
function keyInput(key: VerifiableKey): crypto.KeyObject | string | undefined {
  const name = `${key.crv}.${key.x}.${key.y ?? ''}`
  const known = keys.get(name)
  if (known !== undefined) return known
  const pem = pemOf(key)
  if (pem === undefined) return undefined
  if (metOnce.delete(name)) return keepKey(name, pem)
  if (metOnce.size >= keptKeys) metOnce.delete(metOnce.keys().next().value as string)
  metOnce.add(name)
  return pem
}

function keepKey(name: string, pem: string): crypto.KeyObject | undefined {
  try {
    const made = crypto.createPublicKey(pem)
    if (keys.size >= keptKeys) keys.delete(keys.keys().next().value as string)
    keys.set(name, made)
    return made
  } catch {
    return undefined
  }
}

/** SubjectPublicKeyInfo (RFC 5480, RFC 8410) before the point, and bytes of one coordinate. */
const spki: Readonly<Record<string, { readonly prefix: Buffer; readonly width: number }>> = {
  'P-256': { prefix: Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex'), width: 32 },
  'P-384': { prefix: Buffer.from('3076301006072a8648ce3d020106052b8104002203620004', 'hex'), width: 48 },
  secp256k1: { prefix: Buffer.from('3056301006072a8648ce3d020106052b8104000a03420004', 'hex'), width: 32 },
  Ed25519: { prefix: Buffer.from('302a300506032b6570032100', 'hex'), width: 32 },
}

/** The key as PEM, which native code reads in less than half the time of a JWK. */
function pemOf({ crv, x, y }: VerifiableKey): string | undefined {
  const form = spki[crv]
  if (form === undefined || (y === undefined) !== (crv === 'Ed25519')) return undefined
  const { prefix, width } = form
  const end = prefix.length + width
  const bytes = Buffer.allocUnsafe(y === undefined ? end : end + width)
  bytes.set(prefix)
  // A coordinate of another length would leave bytes of somebody else, or write over its neighbour.
  if (Buffer.byteLength(x, 'base64url') !== width || bytes.write(x, prefix.length, 'base64url') !== width)
    return undefined
  if (y !== undefined && (Buffer.byteLength(y, 'base64url') !== width || bytes.write(y, end, 'base64url') !== width)) {
    return undefined
  }
  return `-----BEGIN PUBLIC KEY-----\n${bytes.toString('base64')}\n-----END PUBLIC KEY-----`
}

export function hkdfSha256(ikm: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  return new Uint8Array(crypto.hkdfSync('sha256', ikm, salt, info, length))
}

export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  return new Uint8Array(crypto.createHmac('sha256', key).update(message).digest())
}

const tagLength = 16

export function sealAesGcm(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Uint8Array {
  const cipher = crypto.createCipheriv(gcmOf(key), key, nonce)
  cipher.setAAD(aad)
  return new Uint8Array(Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]))
}

export function openAesGcm(
  key: Uint8Array,
  nonce: Uint8Array,
  sealed: Uint8Array,
  aad: Uint8Array,
): Uint8Array | undefined {
  if (sealed.length < tagLength) return undefined
  const end = sealed.length - tagLength
  const decipher = crypto.createDecipheriv(gcmOf(key), key, nonce, { authTagLength: tagLength })
  decipher.setAAD(aad)
  decipher.setAuthTag(sealed.subarray(end))
  try {
    return new Uint8Array(Buffer.concat([decipher.update(sealed.subarray(0, end)), decipher.final()]))
  } catch {
    return undefined
  }
}

function gcmOf(key: Uint8Array): crypto.CipherGCMTypes {
  if (key.length === 16) return 'aes-128-gcm'
  if (key.length === 32) return 'aes-256-gcm'
  throw new RangeError('An AES key has 16 or 32 bytes here')
}

const pkcs8X25519 = Buffer.from('302e020100300506032b656e04220420', 'hex')
const spkiX25519 = Buffer.from('302a300506032b656e032100', 'hex')

export function x25519(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined {
  if (publicKey.length !== 32) return undefined
  try {
    const shared = crypto.diffieHellman({
      privateKey: privateX25519(privateKey),
      publicKey: crypto.createPublicKey({ key: Buffer.concat([spkiX25519, publicKey]), format: 'der', type: 'spki' }),
    })
    return new Uint8Array(shared)
  } catch {
    return undefined
  }
}

export function x25519Public(privateKey: Uint8Array): Uint8Array {
  const der = crypto.createPublicKey(privateX25519(privateKey)).export({ format: 'der', type: 'spki' })
  return new Uint8Array(der.subarray(spkiX25519.length))
}

function privateX25519(key: Uint8Array): crypto.KeyObject {
  return crypto.createPrivateKey({ key: Buffer.concat([pkcs8X25519, key]), format: 'der', type: 'pkcs8' })
}

export function inflate(bytes: Uint8Array, limit: number, form: 'zlib' | 'raw'): Uint8Array | undefined {
  const open = form === 'zlib' ? zlib.inflateSync : zlib.inflateRawSync
  try {
    // `info` gives the engine too, which tells how much of the input the stream itself took.
    const { buffer, engine } = open(bytes, { maxOutputLength: limit, info: true }) as unknown as {
      buffer: Uint8Array
      engine: { bytesWritten: number }
    }
    return engine.bytesWritten === bytes.length ? new Uint8Array(buffer) : undefined
  } catch {
    return undefined
  }
}

export function deflate(bytes: Uint8Array, form: 'zlib' | 'raw'): Uint8Array {
  const close = form === 'zlib' ? zlib.deflateSync : zlib.deflateRawSync
  return new Uint8Array(close(bytes, { level: 9 }))
}
