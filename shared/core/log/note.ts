import { sha256 } from '../crypto/hash.ts'
import type { PublicJwk } from '../crypto/key.ts'
import { verifySignature } from '../crypto/signature.ts'
import { decodeBase64, encodeBase64 } from '../encoding/base64.ts'
import { decodeBase64url, encodeBase64url } from '../encoding/base64url.ts'
import { concatBytes, toHex, uintBytes, utf8 } from '../encoding/bytes.ts'
import { Recent } from '../encoding/recent.ts'
import { Fault } from '../fault.ts'
import { isInstant, type Instant } from '../instant.ts'
import { limits } from '../limits.ts'

/** Signature types of C2SP signed-note and tlog-cosignature that we read. */
export const noteTypes = { ed25519: 1, cosignature: 4 } as const
export type NoteType = (typeof noteTypes)[keyof typeof noteTypes]

/** A public key that signs notes. */
export interface VerifierKey {
  readonly name: string
  /** First four bytes of SHA-256(name ‖ LF ‖ type ‖ key), hexadecimal. */
  readonly keyId: string
  readonly type: NoteType
  readonly jwk: PublicJwk
}

/** One signature line. The name is a hint; the key id finds the key. */
export interface NoteSignature {
  readonly name: string
  readonly keyId: string
  /** The bytes behind the key id. */
  readonly signature: Uint8Array
}

/** A signed note: text ending in a line feed, and who signed it. Nothing is believed yet. */
export interface Note {
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

const nameForm = /^[^\s+\u0000-\u001f\u007f]{1,128}$/u
const mostSignatures = 16

function malformed(at: string): never {
  throw new Fault('checkpoint.malformed', { at })
}

/**
 * Reads a verifier key `name+id+key`.
 *
 * @throws Fault `checkpoint.malformed` also for types we do not know and ids that do not belong to the key
 */
export function parseVerifierKey(text: string): VerifierKey {
  const known = knownKeys.get(text)
  if (known !== undefined) return known
  const key = readVerifierKey(text)
  knownKeys.put(text, key)
  return key
}

/** Whoever trusts a log names the same few keys at every look. */
const knownKeys = new Recent<string, VerifierKey>(128)

function readVerifierKey(text: string): VerifierKey {
  const [name = '', keyId = '', ...rest] = text.split('+')
  const bytes = decodeBase64(rest.join('+'))
  const type = bytes?.[0]
  if (!nameForm.test(name) || bytes?.length !== 33 || (type !== 1 && type !== 4)) malformed('vkey')
  const key = verifierKey(name, type, { kty: 'OKP', crv: 'Ed25519', x: encodeBase64url(bytes.subarray(1)) })
  return key.keyId === keyId ? key : malformed('vkey')
}

/** The key as notes name it. */
export function verifierKey(name: string, type: NoteType, jwk: PublicJwk): VerifierKey {
  const id = sha256(concatBytes(utf8(`${name}\n`), Uint8Array.of(type), rawKey(jwk)))
  return { name, keyId: toHex(id.subarray(0, 4)), type, jwk }
}

export function formatVerifierKey({ name, keyId, type, jwk }: VerifierKey): string {
  return `${name}+${keyId}+${encodeBase64(concatBytes(Uint8Array.of(type), rawKey(jwk)))}`
}

function rawKey(jwk: PublicJwk): Uint8Array {
  const bytes = jwk.crv === 'Ed25519' ? decodeBase64url(jwk.x) : undefined
  return bytes?.length === 32 ? bytes : malformed('key')
}

const signatureForm = /^\u2014 (\S+) (\S+)$/

/**
 * Reads a signed note (C2SP signed-note).
 *
 * @throws Fault `checkpoint.malformed`, `limit.exceeded`
 */
export function parseNote(note: string): Note {
  if (note.length > limits.checkpoint) throw new Fault('limit.exceeded', { limit: 'note' })
  const split = note.lastIndexOf('\n\n')
  if (split < 0) malformed('note')
  return { text: note.slice(0, split + 1), signatures: parseSignatureLines(note.slice(split + 2)) }
}

/**
 * Reads signature lines that stand for themselves, as a witness answers them.
 *
 * @throws Fault `checkpoint.malformed`
 */
export function parseSignatureLines(text: string): readonly NoteSignature[] {
  const lines = text.slice(0, -1).split('\n')
  if (!text.endsWith('\n') || lines.length > mostSignatures) malformed('signatures')
  return lines.map(signatureLine)
}

function signatureLine(line: string): NoteSignature {
  const found = signatureForm.exec(line)
  const [, name = '', text = ''] = found ?? []
  const bytes = decodeBase64(text)
  if (!nameForm.test(name) || bytes === undefined || bytes.length < 5) malformed('signature')
  return { name, keyId: toHex(bytes.subarray(0, 4)), signature: bytes.subarray(4) }
}

export function formatNote({ text, signatures }: Note): string {
  return `${text}\n${formatSignatureLines(signatures)}`
}

export function formatSignatureLines(signatures: readonly NoteSignature[]): string {
  const lines = signatures.map(({ name, keyId, signature }) => {
    const id = Uint8Array.from({ length: 4 }, (_, i) => Number.parseInt(keyId.slice(2 * i, 2 * i + 2), 16))
    return `\u2014 ${name} ${encodeBase64(concatBytes(id, signature))}\n`
  })
  return lines.join('')
}

/** The bytes a key of this type signs over a note; a cosignature includes the time it states. */
export function noteMessage(text: string, type: NoteType, time: Instant = 0): Uint8Array {
  return utf8(type === noteTypes.cosignature ? `cosignature/v1\ntime ${time}\n${text}` : text)
}

/** A cosignature as it stands in its line: the time before the signature. */
export function formatCosignature(time: Instant, signature: Uint8Array): Uint8Array {
  return concatBytes(uintBytes(time, 8), signature)
}

/** A signature that was verified; cosignatures state when. */
export interface VerifiedSignature {
  readonly key: VerifierKey
  readonly time?: Instant
}

/** The signatures of a note that are good under the given keys; others, unknown or wrong, are left out. */
export async function verifiedSignatures(
  note: Note,
  keys: readonly VerifierKey[],
): Promise<readonly VerifiedSignature[]> {
  const verified: VerifiedSignature[] = []
  for (const key of keys) {
    for (const line of note.signatures.filter((signature) => signature.keyId === key.keyId)) {
      const { time, signature } = taken(line, key.type)
      if (time !== undefined && !isInstant(time)) continue
      const wrong = await verifySignature(key.jwk, noteMessage(note.text, key.type, time), signature, 'wrong')
      if (wrong.length === 0) verified.push(time === undefined ? { key } : { key, time })
    }
  }
  return verified
}

function taken({ signature }: NoteSignature, type: NoteType): { time?: number; signature: Uint8Array } {
  if (type === noteTypes.ed25519) return { signature }
  const time = signature.subarray(0, 8).reduce((value, byte) => value * 256 + byte, 0)
  return { time, signature: signature.subarray(8) }
}
