import { weierstrass, type WeierstrassOpts, type WeierstrassPoint } from '@noble/curves/abstract/weierstrass.js'
import { decodeBase64url, encodeBase64url } from '../../encoding/base64url.ts'
import { concatBytes, utf8 } from '../../encoding/bytes.ts'
import { sm3 } from './sm3.ts'

/** The recommended curve (GB/T 32918.5). */
const curve: WeierstrassOpts<bigint> = {
  p: 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn,
  a: 0xfffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffcn,
  b: 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n,
  n: 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n,
  h: 1n,
  Gx: 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  Gy: 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
}

const Point = weierstrass(curve)
const { Fp, Fn } = Point
const width = 32
const defaultId = '1234567812345678'

export interface Sm2PublicKey {
  /** base64url of 32 bytes each. */
  readonly x: string
  readonly y?: string
}

type Sm2Point = WeierstrassPoint<bigint>

/** A signer's point, and the digest of who it is that goes before every message. */
interface Known {
  readonly point: Sm2Point
  readonly z: Uint8Array
  /** How often it was met. */
  times: number
}

/**
 * Verifies an SM2 signature r‖s over a message under the standard id (GM/T 0003.2, 7; GB/T 32918.2).
 *
 * 64 bytes, r and s in 1..n−1, r + s ≠ 0 mod n. False too for keys that are no point of the curve. Takes no secret, so
 * it need not take the same time for all.
 */
export function verifySm2({ x, y }: Sm2PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 2 * width) return false
  const r = numberOf(signature.subarray(0, width))
  const s = numberOf(signature.subarray(width))
  const t = (r + s) % curve.n
  if (!isScalar(r) || !isScalar(s) || t === 0n) return false
  const known = knownKey(x, y)
  if (known === undefined) return false
  const sum = combine(s, known.point, t)
  return !sum.is0() && hasCoordinate(sum, Fn.create(r - digestOf(known.z, message)))
}

/** Whether x of a point is `wanted` mod n: a product in place of the division that x itself would cost. */
function hasCoordinate({ X, Z }: Sm2Point, wanted: bigint): boolean {
  const isAt = (x: bigint) => x < curve.p && Fp.eql(Fp.mul(x, Z), X)
  return isAt(wanted) || isAt(wanted + curve.n)
}

/**
 * Signs a message (GM/T 0003.2, 6). `secret` is 32 bytes; `draw` gives fresh random bytes, of which no guess may be
 * had: whoever knows a nonce knows the key.
 */
export function signSm2(secret: Uint8Array, message: Uint8Array, draw: (length: number) => Uint8Array): Uint8Array {
  const d = secretScalar(secret)
  const { x, y } = publicKeyOfSm2(secret)
  const e = digestOf(identityDigest(coordinate(x), coordinate(y)), message)
  for (;;) {
    const k = scalarOf(draw(width + 16))
    const r = (e + Point.BASE.multiply(k).x) % curve.n
    if (r === 0n || r + k === curve.n) continue
    const s = Fn.mul(Fn.inv(Fn.create(1n + d)), Fn.create(k - r * d))
    if (s !== 0n) return concatBytes(Fn.toBytes(r), Fn.toBytes(s))
  }
}

/** The public key of a private one of 32 bytes. */
export function publicKeyOfSm2(secret: Uint8Array): Required<Sm2PublicKey> {
  const bytes = Point.BASE.multiply(secretScalar(secret)).toBytes(false)
  return { x: encodeBase64url(bytes.subarray(1, 1 + width)), y: encodeBase64url(bytes.subarray(1 + width)) }
}

/** A private key out of 48 random bytes, without favour for any (FIPS 186-5, A.2.1): 1..n−2, as GM/T 0003.1 has it. */
export function secretOfSm2(random: Uint8Array): Uint8Array {
  return Fn.toBytes((numberOf(random) % (curve.n - 2n)) + 1n)
}

function secretScalar(secret: Uint8Array): bigint {
  const d = numberOf(secret)
  if (secret.length !== width || d < 1n || d > curve.n - 2n) throw new RangeError('An SM2 key is 32 bytes in 1..n-2')
  return d
}

function scalarOf(random: Uint8Array): bigint {
  return (numberOf(random) % (curve.n - 1n)) + 1n
}

function isScalar(value: bigint): boolean {
  return value > 0n && value < curve.n
}

function numberOf(bytes: Uint8Array): bigint {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return value
}

/** [s]G + [t]P: by tables where the signer is known, else both in one walk. */
function combine(s: bigint, point: Sm2Point, t: bigint): Sm2Point {
  if (!prepared.has(point)) return Point.BASE.mulAddUnsafe(s, point, t)
  return Point.BASE.multiplyUnsafe(s).add(point.multiplyUnsafe(t))
}

/** e: the message behind the digest of its signer. */
function digestOf(z: Uint8Array, message: Uint8Array): bigint {
  return numberOf(sm3(concatBytes(z, message)))
}

/** Z of the standard id: length in bits, id, curve, base point, key (GM/T 0003.2, 5.5; GM/T 0009, 8.1). */
function identityDigest(x: Uint8Array, y: Uint8Array): Uint8Array {
  const id = utf8(defaultId)
  const parameters = [curve.a, curve.b, curve.Gx, curve.Gy].map((value) => Fp.toBytes(value))
  return sm3(concatBytes(Uint8Array.of(0, 8 * id.length), id, ...parameters, x, y))
}

const keptKeys = 500
const mostPrepared = 16
const windowBits = 7
const known = new Map<string, Known>()
const prepared = new Set<Sm2Point>()

/** A key that comes often is an issuer's, and gets a table: to make one costs as much as some twenty signatures. */
const timesBefore = 4

function knownKey(x: string, y: string | undefined): Known | undefined {
  const name = `${x}.${y ?? ''}`
  const met = known.get(name)
  if (met !== undefined) {
    if (++met.times >= timesBefore) prepare(met.point)
    return met
  }
  const read = readKey(x, y)
  if (read === undefined) return undefined
  if (known.size >= keptKeys) forgetOldest()
  known.set(name, read)
  return read
}

function forgetOldest(): void {
  const [name, { point }] = known.entries().next().value as [string, Known]
  known.delete(name)
  release(point)
}

function prepare(point: Sm2Point): void {
  if (prepared.has(point)) return
  if (prepared.size >= mostPrepared) release(prepared.values().next().value as Sm2Point)
  point.precompute(windowBits)
  prepared.add(point)
}

/** A window of one bit is none: noble drops the table. */
function release(point: Sm2Point): void {
  if (prepared.delete(point)) point.precompute(1)
}

function readKey(x: string, y: string | undefined): Known | undefined {
  const [left, right] = [coordinate(x), coordinate(y ?? '')]
  if (left.length !== width || right.length !== width) return undefined
  try {
    const point = Point.fromBytes(concatBytes(Uint8Array.of(4), left, right))
    return { point, z: identityDigest(left, right), times: 1 }
  } catch {
    return undefined // no point of the curve
  }
}

function coordinate(text: string): Uint8Array {
  return decodeBase64url(text) ?? new Uint8Array()
}
