import { decodeBase64 } from '../encoding/base64.ts'
import { decodeBase64url } from '../encoding/base64url.ts'
import { toHex } from '../encoding/bytes.ts'
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../encoding/json.ts'
import { decodeBase58btc } from '../encoding/multibase.ts'
import type { FindingCode } from '../verdict.ts'
import { contexts } from './contexts.ts'

/**
 * Judges what a credential itself says of the contexts it is written in (VCDM 2.0, 5.3, `relatedResource`).
 *
 * Another text under a name we know: the issuer meant other words. A digest we cannot compare tells us nothing.
 */
export function judgeRelatedResources(value: Json | undefined): readonly FindingCode[] {
  const resources = isJsonArray(value) ? value : value === undefined ? [] : [value]
  return [...new Set(resources.filter(isJsonObject).flatMap(judgeResource))]
}

function judgeResource({ id, digestSRI, digestMultibase }: JsonObject): readonly FindingCode[] {
  const known = typeof id === 'string' && Object.hasOwn(contexts, id) ? contexts[id] : undefined
  if (known === undefined) return []
  const digests = [
    ...(digestSRI === undefined ? [] : [ofIntegrity(digestSRI)]),
    ...(digestMultibase === undefined ? [] : [ofMultibase(digestMultibase)]),
  ]
  if (digests.length === 0 || digests.includes(undefined)) return ['credential.context_unknown']
  return digests.every((digest) => digest === known.sha256) ? [] : ['credential.type_metadata_mismatch']
}

/** The SHA-256 of a subresource integrity text, hexadecimal; undefined for any other. */
function ofIntegrity(value: Json): string | undefined {
  if (typeof value !== 'string' || !value.startsWith('sha256-')) return undefined
  const bytes = decodeBase64(value.slice('sha256-'.length))
  return bytes?.length === 32 ? toHex(bytes) : undefined
}

/** The same of a multibase multihash (`u` or `z`, then 0x12 0x20 and the digest). */
function ofMultibase(value: Json): string | undefined {
  if (typeof value !== 'string') return undefined
  const bytes = value.startsWith('u') ? decodeBase64url(value.slice(1)) : decodeBase58btc(value)
  return bytes?.length === 34 && bytes[0] === 0x12 && bytes[1] === 0x20 ? toHex(bytes.subarray(2)) : undefined
}
