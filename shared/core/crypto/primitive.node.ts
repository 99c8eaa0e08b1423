import * as crypto from 'node:crypto'
import { isUtf8 } from 'node:buffer'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
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

let hashNames: ReadonlySet<string> | undefined

export function platformHash(name: 'sm3', bytes: Uint8Array): Uint8Array | undefined {
  // OpenSSL has SM3 where it was built with it; BoringSSL, which Electron brings, has not.
  hashNames ??= new Set(crypto.getHashes())
  return hashNames.has(name) ? new Uint8Array(crypto.hash(name, bytes, 'buffer')) : undefined
}

/** Room for what is read at once and not kept; larger things get their own. */
const room = Buffer.alloc(64 * 1024)

export function fromBase64url(text: string): Uint8Array | undefined {
  const place = text.length <= room.length ? room : Buffer.alloc(text.length)
  const length = writeCanonical(text, place)
  // A copy, and no Buffer: those have other methods by the same names.
  return length === undefined ? undefined : new Uint8Array(place.buffer, place.byteOffset, length).slice()
}

export function toBase64url(given: Uint8Array | string): string {
  if (typeof given === 'string') return bytesOf(given).toString('base64url')
  return Buffer.from(given.buffer, given.byteOffset, given.length).toString('base64url')
}

export function base64urlText(text: string): string | undefined {
  const place = text.length <= room.length ? room : Buffer.alloc(text.length)
  const length = writeCanonical(text, place)
  if (length === undefined) return undefined
  const read = place.toString('utf8', 0, length)
  // What is no UTF-8 is read as a replacement character, which might stand there itself.
  if (read.includes('\uFFFD') && !isUtf8(place.subarray(0, length))) return undefined
  return read.charCodeAt(0) === 0xfeff ? undefined : read
}

function writeCanonical(text: string, place: Buffer): number | undefined {
  const length = place.write(text, 'base64url')
  return place.toString('base64url', 0, length) === text ? length : undefined
}

const digests: Readonly<Record<string, string | null>> = {
  'P-256': 'sha256',
  'P-384': 'sha384',
  secp256k1: 'sha256',
  Ed25519: null,
  'ML-DSA-44': null,
}

const signatureLengths: Readonly<Record<string, number>> = {
  ...{ 'P-256': 64, 'P-384': 96, secp256k1: 64, Ed25519: 64 },
  'ML-DSA-44': 2_420,
}

export function verify(key: VerifiableKey, message: Uint8Array | string, signature: Uint8Array): boolean {
  const digest = digests[key.crv]
  if (digest === undefined || signature.length !== signatureLengths[key.crv]) return false
  if (key.crv === 'secp256k1' && !lowHalf(signature.subarray(32), secp256k1.Point.Fn.ORDER)) return false
  const known = keyInput(key)
  if (known === undefined) return false
  try {
    const bytes = typeof message === 'string' ? bytesOf(message) : message
    return crypto.verify(digest, bytes, known, digest === null ? signature : derSignature(signature, der))
  } catch {
    return false // no point of its curve
  }
}

/** The bytes of a text until the next one comes: native code has read them by then. */
function bytesOf(message: string): Buffer {
  return message.length * 3 <= room.length ? room.subarray(0, room.write(message)) : Buffer.from(message)
}

export function verifyBeside(key: VerifiableKey, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  // Only what records are signed with; all else is too rare to be waited for.
  const form = besideForms.indexOf(key.crv)
  if (form < 0 || signature.length !== 64 || (key.y === undefined) !== (key.crv === 'Ed25519'))
    return Promise.resolve(verify(key, message, signature))
  return new Promise((resolve) => {
    if (gathered.length === 0) setImmediate(sendGathered)
    gathered.push({ form, key, message, signature, resolve })
    if (gathered.length === mostAtOnce) sendGathered()
  })
}

const besideForms: readonly string[] = ['Ed25519', 'P-256']

/** A signature that waits for a thread. */
interface Beside {
  readonly form: number
  readonly key: VerifiableKey
  readonly message: Uint8Array
  readonly signature: Uint8Array
  readonly resolve: (good: boolean) => void
}

/** Signatures in one message to a thread: to send one alone costs half of what it saves. */
const mostAtOnce = 128
const leastAtOnce = 8
let gathered: Beside[] = []

function sendGathered(): void {
  const tasks = gathered
  gathered = []
  const thread = tasks.length >= leastAtOnce ? nextThread() : undefined
  if (thread !== undefined) thread.verify(tasks)
  else for (const task of tasks) verifyOnPool(task)
}

/** By the threads the platform has itself. */
function verifyOnPool({ key, message, signature, resolve }: Beside): void {
  const digest = digests[key.crv] as string | null
  const input = keyInput(key)
  if (input === undefined) return resolve(false)
  try {
    crypto.verify(digest, message, input, digest === null ? signature : derSignature(signature), (error, good) =>
      resolve(error === null && good),
    )
  } catch {
    resolve(false) // no point of its curve
  }
}

const threads: VerifyThread[] = []
let turn = 0

/** Undefined where we may have none of our own, as under `--permission` without `--allow-worker`. */
function nextThread(): VerifyThread | undefined {
  const index = turn++ % Math.min(availableParallelism(), 8)
  try {
    return (threads[index] ??= new VerifyThread(() => delete threads[index]))
  } catch {
    return undefined
  }
}

/** As text, so that it is there whichever way we were packed. Tasks: form, signature, point, length, message. */
const threadCode = `
const { parentPort } = require('node:worker_threads')
const { createPublicKey, verify } = require('node:crypto')
const prefixes = ['302a300506032b6570032100', '3059301306072a8648ce3d020106082a8648ce3d03010703420004']
  .map((hex) => Buffer.from(hex, 'hex'))
parentPort.on('message', ({ count, bytes }) => {
  const good = new Uint8Array(count)
  let at = 0
  const take = (length) => bytes.subarray(at, (at += length))
  for (let i = 0; i < count; i++) {
    const form = take(1)[0]
    const signature = take(64)
    const spki = Buffer.concat([prefixes[form], take(form === 0 ? 32 : 64)])
    const message = take(Buffer.from(take(4)).readUInt32BE())
    try {
      const key = createPublicKey({ key: spki, format: 'der', type: 'spki' })
      const told = form === 0 ? verify(null, message, key, signature)
        : verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature)
      good[i] = told === true ? 1 : 0
    } catch {}
  }
  parentPort.postMessage(good)
})`

/** A thread that verifies many signatures at a time, in their order. It keeps no process from ending but at work. */
class VerifyThread {
  readonly #worker = new Worker(threadCode, { eval: true })
  readonly #sent: (readonly Beside[])[] = []

  constructor(ended: () => void) {
    this.#worker.unref()
    this.#worker.on('message', (good: Uint8Array) => this.#answer(good))
    // A thread that ends has answered nothing: what it had is done here. Its exit follows its error.
    this.#worker.on('error', () => undefined)
    this.#worker.on('exit', () => {
      ended()
      for (const tasks of this.#sent.splice(0)) for (const task of tasks) verifyOnPool(task)
    })
  }

  verify(tasks: readonly Beside[]): void {
    const whole = tasks.filter((task) => hasWholePoint(task) || void task.resolve(false))
    if (whole.length === 0) return
    const bytes = packTasks(whole)
    this.#sent.push(whole)
    this.#worker.ref()
    this.#worker.postMessage({ count: whole.length, bytes }, [bytes.buffer as ArrayBuffer])
  }

  #answer(good: Uint8Array): void {
    const tasks = this.#sent.shift() ?? []
    if (this.#sent.length === 0) this.#worker.unref()
    for (const [i, { resolve }] of tasks.entries()) resolve(good[i] === 1)
  }
}

/** A coordinate of another length would be read as bytes of its neighbour. */
function hasWholePoint({ key }: Beside): boolean {
  return [key.x, key.y].every((part) => part === undefined || Buffer.from(part, 'base64url').length === 32)
}

function packTasks(tasks: readonly Beside[]): Uint8Array {
  const size = ({ form, message }: Beside) => 1 + 64 + (form === 0 ? 32 : 64) + 4 + message.length
  const bytes = Buffer.from(new ArrayBuffer(tasks.reduce((sum, task) => sum + size(task), 0)))
  let at = 0
  for (const { form, key, message, signature } of tasks) {
    bytes[at] = form
    bytes.set(signature, at + 1)
    at += 65
    for (const part of [key.x, key.y]) if (part !== undefined) at += bytes.write(part, at, 'base64url')
    at = bytes.writeUInt32BE(message.length, at)
    bytes.set(message, at)
    at += message.length
  }
  return bytes
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

/** SubjectPublicKeyInfo (RFC 5480, RFC 8410, RFC 9881) before the point or key, and bytes of one coordinate or of it all. */
const spki: Readonly<Record<string, { readonly prefix: Buffer; readonly width: number }>> = {
  'P-256': { prefix: Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex'), width: 32 },
  'P-384': { prefix: Buffer.from('3076301006072a8648ce3d020106052b8104002203620004', 'hex'), width: 48 },
  secp256k1: { prefix: Buffer.from('3056301006072a8648ce3d020106052b8104000a03420004', 'hex'), width: 32 },
  Ed25519: { prefix: Buffer.from('302a300506032b6570032100', 'hex'), width: 32 },
  'ML-DSA-44': { prefix: Buffer.from('30820532300b06096086480165030403110382052100', 'hex'), width: 1_312 },
}

/** Kinds of key that are one text, without a second coordinate. */
const undivided: readonly string[] = ['Ed25519', 'ML-DSA-44']

/** The key as PEM, which native code reads in less than half the time of a JWK. */
function pemOf({ crv, x, y }: VerifiableKey): string | undefined {
  const form = spki[crv]
  if (form === undefined || (y === undefined) !== undivided.includes(crv)) return undefined
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

export function verifyRsa(
  spki: Uint8Array,
  hash: 'SHA-256' | 'SHA-384' | 'SHA-512',
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    const key = crypto.createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
    // Without this a key of another kind would verify by its own rules.
    return key.asymmetricKeyType === 'rsa' && crypto.verify(hash.replace('-', ''), message, key, signature)
  } catch {
    return false
  }
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
    const { buffer, engine } = open(bytes, { maxOutputLength: limit, chunkSize: piece, info: true }) as unknown as {
      buffer: Uint8Array
      engine: { bytesWritten: number }
    }
    piece = Math.min(Math.max(buffer.length + 1, leastPiece), mostPiece)
    return engine.bytesWritten === bytes.length ? plain(buffer) : undefined
  } catch {
    return undefined
  }
}

/** Bytes inflated at a time: as many as came out last, and one, for one kind of thing follows another. */
const leastPiece = 16 * 1024
const mostPiece = 256 * 1024
let piece = leastPiece

/** No Buffer, and no copy either unless most of what the bytes lie in would be kept for nothing. */
function plain(bytes: Uint8Array): Uint8Array {
  const view = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
  return 2 * bytes.length < bytes.buffer.byteLength ? view.slice() : view
}

export function deflate(bytes: Uint8Array, form: 'zlib' | 'raw'): Uint8Array {
  const close = form === 'zlib' ? zlib.deflateSync : zlib.deflateRawSync
  return new Uint8Array(close(bytes, { level: 9 }))
}
