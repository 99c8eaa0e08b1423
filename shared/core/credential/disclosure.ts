import { digestOfText } from '../crypto/hash.ts'
import { decodeBase64urlText, encodeBase64url, encodeBase64urlText } from '../encoding/base64url.ts'
import { isJsonArray, parseJson, type Json } from '../encoding/json.ts'
import { faultCode } from '../fault.ts'
import { limits } from '../limits.ts'
import type { FindingCode } from '../verdict.ts'

/** One claim or array element that its holder may show (RFC 9901, 4.2). */
export interface Disclosure {
  readonly text: string
  /** Hash of the text, base64url, SHA-256 but in a suite's own format: what stands in its place. */
  readonly digest: string
  /** Absent for an array element. */
  readonly name?: string
  readonly value: Json
}

/** Member names that belong to the format itself. */
export function isReserved(name: string): boolean {
  return name === '_sd' || name === '...'
}

/** The digest of a disclosure is over its text as it was sent, not over what it decodes to (RFC 9901, 4.2.3). */
export function digestOfDisclosure(text: string): string {
  return digestOfText(text)
}

/** Digests a disclosure's text. */
export type DisclosureDigest = (text: string) => string

const bounds = { depth: limits.jsonDepth, array: 256, string: limits.sdJwtWithPortrait }

/**
 * Reads one disclosure, or names what is wrong with it: base64url, JSON, arity, salt, name.
 *
 * @throws Fault `limit.exceeded`
 */
export function readDisclosure(
  text: string,
  digestOf: DisclosureDigest = digestOfDisclosure,
): Disclosure | FindingCode {
  const array = arrayOf(text)
  if (array === undefined || array.length < 2 || array.length > 3) return 'disclosure.malformed'
  const [salt, name, last] = array
  if (typeof salt !== 'string') return 'disclosure.malformed'
  const digest = digestOf(text)
  if (last === undefined) return { text, digest, value: name as Json }
  if (typeof name !== 'string') return 'disclosure.malformed'
  return isReserved(name) ? 'disclosure.reserved_name' : { text, digest, name, value: last }
}

function arrayOf(text: string): readonly Json[] | undefined {
  const json = decodeBase64urlText(text)
  if (json === undefined || json === '') return undefined
  try {
    const value = parseJson(json, bounds)
    return isJsonArray(value) ? value : undefined
  } catch (thrown) {
    if (faultCode(thrown) === 'json.malformed') return undefined
    throw thrown
  }
}

/** The text of a disclosure: of an array element if `name` is undefined. */
export function formatDisclosure(salt: Uint8Array, name: string | undefined, value: Json): string {
  const array = name === undefined ? [encodeBase64url(salt), value] : [encodeBase64url(salt), name, value]
  return encodeBase64urlText(JSON.stringify(array))
}
