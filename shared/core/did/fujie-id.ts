import { decodeBase32, encodeBase32 } from '../encoding/base32.ts'
import { Recent } from '../encoding/recent.ts'
import type { Hash } from '../crypto/hash.ts'

const prefix = 'did:fujie:'
/** Multihash header: SHA-256, 32 bytes. */
const multihash = [0x12, 0x20] as const

/** The short form of the DID whose create record has this id (registry, 3). */
export function formatFujieDid(createId: Hash): string {
  return prefix + encodeBase32(Uint8Array.of(...multihash, ...createId))
}

/** The create record's id inside a short did:fujie; undefined if the text is none: one spelling only. */
export function createIdOf(did: string): Hash | undefined {
  if (!did.startsWith(prefix) || did.length !== prefix.length + 55) return undefined
  const bytes = decodeBase32(did.slice(prefix.length))
  if (bytes === undefined || bytes[0] !== multihash[0] || bytes[1] !== multihash[1]) return undefined
  return bytes.subarray(2)
}

/** The same few names stand in most of what is read. */
const known = new Recent<string, true>(512)

export function isFujieDid(text: string): boolean {
  if (known.get(text) === true) return true
  if (createIdOf(text) === undefined) return false
  known.put(text, true)
  return true
}
