import type { PublicJwk } from '../crypto/key.ts'
import { sha256 } from '../crypto/hash.ts'
import { verifySignature } from '../crypto/signature.ts'
import { createIdOf, formatFujieDid } from '../did/fujie-id.ts'
import { decodeBase45, encodeBase45 } from '../encoding/base45.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { concatBytes, uintBytes, utf8, utf8Text } from '../encoding/bytes.ts'
import { Fault } from '../fault.ts'
import type { Instant, Seconds } from '../instant.ts'
import { lifetimes } from '../lifetimes.ts'
import type { FindingCode } from '../verdict.ts'

/** What a counter without a network asks, in one symbol: FJQ1 (product design, 6.3). */
export interface CounterRequest {
  /** Printed once and valid for days, in place of a fresh one for each guest. */
  readonly plaque: boolean
  readonly algorithm: 'ES256' | 'Ed25519'
  readonly counter: number
  readonly issuedAt: Instant
  readonly life: Seconds
  /** 16 bytes. */
  readonly nonce: Uint8Array
  /** X25519 key to which the answer is sealed. */
  readonly key: Uint8Array
  /** did:fujie of the verifier, short form. */
  readonly verifier: string
  /** From `purposeDigest`. */
  readonly purpose: Uint8Array
  readonly label: string
  /** Proof of the registration; empty in the short form. */
  readonly registration: Uint8Array
}

/** A counter request as read; its signature is not yet verified, and only the registry says whose key it needs. */
export interface UnverifiedCounterRequest extends CounterRequest {
  /** All of it: the answer is tied to their hash. */
  readonly bytes: Uint8Array
  readonly signature: Uint8Array
}

const prefix = 'FJQ1:'
const version = 1
const plaqueFlag = 1
const day = 86_400
const fixedLength = 107
const signatureLength = 64
const longestLabel = 28
const longestRegistration = 4_096
const algorithms = [undefined, 'ES256', 'Ed25519'] as const
const bounds = { life: 600, plaqueDays: 400 }

/**
 * Reads a counter request.
 *
 * @throws Fault `request.malformed`
 */
export function parseCounterRequest(text: string): UnverifiedCounterRequest {
  const bytes = text.startsWith(prefix) && text.endsWith('.') ? decodeBase45(text.slice(prefix.length, -1)) : undefined
  if (bytes === undefined || bytes.length < fixedLength + 3 + signatureLength) return malformed('length')
  const uint = (at: number, length: number) => bytes.slice(at, at + length).reduce((sum, byte) => sum * 256 + byte, 0)
  const [flags, algorithm] = [uint(1, 1), algorithms[uint(2, 1)]]
  if (uint(0, 1) !== version || flags > plaqueFlag || algorithm === undefined) return malformed('version')
  const labelEnd = fixedLength + 1 + uint(fixedLength, 1)
  const proofEnd = labelEnd + 2 + uint(labelEnd, 2)
  if (proofEnd + signatureLength !== bytes.length) return malformed('length')
  const plaque = flags === plaqueFlag
  return {
    plaque,
    algorithm,
    counter: uint(3, 2),
    issuedAt: uint(5, 4),
    life: lifeOf(uint(9, 2), plaque),
    nonce: bytes.slice(11, 27),
    key: bytes.slice(27, 59),
    verifier: formatFujieDid(bytes.slice(59, 91)),
    purpose: bytes.slice(91, 107),
    label: labelOf(bytes.slice(fixedLength + 1, labelEnd)),
    registration: registrationOf(bytes.slice(labelEnd + 2, proofEnd)),
    bytes,
    signature: bytes.slice(proofEnd),
  }
}

function lifeOf(value: number, plaque: boolean): Seconds {
  if (value < 1 || value > (plaque ? bounds.plaqueDays : bounds.life)) return malformed('life')
  return plaque ? value * day : value
}

function labelOf(bytes: Uint8Array): string {
  const text = utf8Text(bytes)
  const isLabel = text !== undefined && bytes.length <= longestLabel && !/[\u0000-\u001f\u007f]/.test(text)
  return isLabel ? text : malformed('label')
}

function registrationOf(bytes: Uint8Array): Uint8Array {
  return bytes.length <= longestRegistration ? bytes : malformed('registration')
}

function malformed(at: string): never {
  throw new Fault('request.malformed', { at })
}

/**
 * The bytes before the signature.
 *
 * @throws Fault `request.malformed` for what would not be read
 */
export function counterRequestBody(request: CounterRequest): Uint8Array {
  const { plaque, algorithm, life, nonce, key, purpose } = request
  const digest = createIdOf(request.verifier)
  const units = plaque ? life / day : life
  if (digest === undefined || nonce.length !== 16 || key.length !== 32 || purpose.length !== 16)
    return malformed('member')
  if (!Number.isInteger(units)) return malformed('life')
  lifeOf(units, plaque)
  const label = utf8(request.label)
  labelOf(label)
  const registration = registrationOf(request.registration)
  return concatBytes(
    Uint8Array.of(version, plaque ? plaqueFlag : 0, algorithms.indexOf(algorithm)),
    uintBytes(request.counter, 2),
    uintBytes(request.issuedAt, 4),
    uintBytes(units, 2),
    ...[nonce, key, digest, purpose],
    ...[uintBytes(label.length, 1), label, uintBytes(registration.length, 2), registration],
  )
}

/** What is signed: the name of the format, and all that stands before the signature. */
export function counterRequestMessage(body: Uint8Array): Uint8Array {
  return concatBytes(utf8('FJQ1'), Uint8Array.of(0), body)
}

/** The text of the symbol, in letters that QR codes hold densely. */
export function formatCounterRequest(body: Uint8Array, signature: Uint8Array): string {
  return counterRequestText(concatBytes(body, signature))
}

/** The same text of all the bytes of a request, as a moving code brings them. */
export function counterRequestText(bytes: Uint8Array): string {
  return `${prefix}${encodeBase45(bytes)}.`
}

/** Verifies that a key signed it; the key comes from the verifier's registration. */
export async function verifyCounterRequest(
  { bytes, signature, algorithm }: UnverifiedCounterRequest,
  key: PublicJwk,
): Promise<readonly FindingCode[]> {
  if (key.crv !== (algorithm === 'ES256' ? 'P-256' : 'Ed25519')) return ['verifier.signature_invalid']
  const message = counterRequestMessage(bytes.subarray(0, bytes.length - signatureLength))
  return verifySignature<FindingCode>(key, message, signature, 'verifier.signature_invalid')
}

/** Whether it may still be answered. */
export function judgeCounterRequestTime({ issuedAt, life }: CounterRequest, now: Instant): readonly FindingCode[] {
  if (issuedAt > now + lifetimes.clockSlack) return ['clock.wrong']
  return issuedAt + life + lifetimes.clockSlack < now ? ['verifier.request_expired'] : []
}

/** The first 16 bytes of SHA-256(DID, 00, purpose id): how a request names a registered purpose. */
export function purposeDigest(verifier: string, purpose: string): Uint8Array {
  return sha256(concatBytes(utf8(verifier), Uint8Array.of(0), utf8(purpose))).slice(0, 16)
}

/** Which request an answer is for: the first 4 bytes of the request's hash. */
export function requestTag({ bytes }: Pick<UnverifiedCounterRequest, 'bytes'>): Uint8Array {
  return sha256(bytes).slice(0, 4)
}

/** What the key binding of an answer repeats: the first 16 bytes of the request's hash, base64url. */
export function offlineNonce({ bytes }: Pick<UnverifiedCounterRequest, 'bytes'>): string {
  return encodeBase64url(sha256(bytes).slice(0, 16))
}

/** The audience of that key binding. */
export function offlineAudience({ verifier }: Pick<CounterRequest, 'verifier'>): string {
  return `decentralized_identifier:${verifier}`
}
