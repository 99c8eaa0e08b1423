import { createHash, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto'
import { base58 } from '@scure/base'
import { canonicalJson } from '@fujie/shared/core/encoding/canonical.ts'
import type { JsonObject } from '@fujie/shared/core/encoding/json.ts'

/** One line of `did.jsonl` (did:webvh 1.0, "The DID Log File"). */
export interface WebvhEntry {
  readonly versionId: string
  readonly versionTime: string
  readonly parameters: JsonObject
  readonly state: JsonObject
  readonly proof?: readonly JsonObject[]
}

export interface WebvhKey {
  /** Multikey: `z6Mk…`. */
  readonly multikey: string
  readonly privateKey: KeyObject
}

export function webvhKey(): WebvhKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
  return { multikey: `z${base58.encode(Buffer.concat([Buffer.from([0xed, 1]), raw]))}`, privateKey }
}

/** Hash of a SHA-256 multihash in base58btc, as version ids and promises of keys are written. */
export function webvhHash(text: string): string {
  return base58.encode(Buffer.concat([Buffer.from([0x12, 0x20]), createHash('sha256').update(text).digest()]))
}

/** `did:key` of a key as verification method of a proof. */
export const methodOf = ({ multikey }: WebvhKey) => `did:key:${multikey}#${multikey}`

/** What `eddsa-jcs-2022` signs: the hash of the proof without its value, then that of the document. */
export function signEntry({ privateKey }: WebvhKey, document: object, proof: object): string {
  const digest = (value: object) =>
    createHash('sha256')
      .update(canonicalJson(value as JsonObject))
      .digest()
  return `z${base58.encode(sign(null, Buffer.concat([digest(proof), digest(document)]), privateKey))}`
}

const spki = Buffer.from('302a300506032b6570032100', 'hex')

/** Ed25519 by the platform, the key imported by PEM: the quickest way in there is. */
export function verifyEd25519(signature: Uint8Array, message: Uint8Array, raw: Uint8Array): boolean {
  const der = Buffer.concat([spki, raw]).toString('base64')
  const key = createPublicKey(`-----BEGIN PUBLIC KEY-----\n${der}\n-----END PUBLIC KEY-----`)
  return verify(null, message, key, signature)
}

/**
 * The entry after `last`, in the shape the library gave that one: `key` takes over as promised, stands in the document
 * instead of `before`, and promises `next`.
 *
 * The library itself verifies the whole log for every entry it adds, so ten thousand would take it days.
 */
export function nextEntry(last: WebvhEntry, before: WebvhKey, key: WebvhKey, next: WebvhKey): WebvhEntry {
  const versionTime = new Date(Date.parse(last.versionTime) + 1000).toISOString().replace('.000Z', 'Z')
  const parameters = { ...last.parameters, updateKeys: [key.multikey], nextKeyHashes: [webvhHash(next.multikey)] }
  const unnumbered = { versionId: last.versionId, versionTime, parameters, state: withKey(last.state, before, key) }
  const number = Number.parseInt(last.versionId, 10) + 1
  const entry = { ...unnumbered, versionId: `${number}-${webvhHash(canonicalJson(unnumbered))}` }
  const proof = {
    ...{ type: 'DataIntegrityProof', cryptosuite: 'eddsa-jcs-2022', verificationMethod: methodOf(key) },
    ...{ created: versionTime, proofPurpose: 'assertionMethod' },
  }
  return { ...entry, proof: [{ ...proof, proofValue: signEntry(key, entry, proof) }] }
}

/** Its document with another key, whose last letters name it. */
function withKey(state: JsonObject, before: WebvhKey, key: WebvhKey): JsonObject {
  const named = JSON.stringify(state).replaceAll(before.multikey, key.multikey)
  return JSON.parse(named.replaceAll(before.multikey.slice(-8), key.multikey.slice(-8))) as JsonObject
}

export function formatWebvhLog(log: readonly WebvhEntry[]): string {
  return log.map((entry) => `${JSON.stringify(entry)}\n`).join('')
}

export function parseWebvhLog(text: string): readonly WebvhEntry[] {
  const lines = text.trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as WebvhEntry)
}
