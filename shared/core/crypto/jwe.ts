import { compactDecrypt, importJWK } from 'jose'
import { decodeBase64url } from '../encoding/base64url.ts'
import { isJsonObject, parseJsonBytes, type JsonObject } from '../encoding/json.ts'
import { Fault } from '../fault.ts'
import { limits } from '../limits.ts'
import { jwkMembers, parsePublicJwk, type PublicJwk } from './key.ts'

/** A private key that agrees on keys: P-256 or X25519. */
export interface AgreementKey extends PublicJwk {
  readonly d: string
}

export interface JweExpectation {
  /** The most bytes of content. */
  readonly maxBytes: number
  /** Our name for the key; a header with another one is not for it. */
  readonly kid?: string
}

const encryptions = ['A128GCM', 'A256GCM']
const ivLength = 12
const tagLength = 16

/**
 * Opens a compact JWE by ECDH-ES with AES-GCM (RFC 7516; RFC 7518, 4.6 and 5.3).
 *
 * Undefined for whatever is not exactly that or not for this key: key wrapping, passwords, RSA, compression, another
 * curve, respelled base64url, unknown critical members. Its header is read strictly before any cryptography is done.
 *
 * @throws Fault `limit.exceeded`
 */
export async function openJwe(
  text: string,
  key: AgreementKey,
  expected: JweExpectation,
): Promise<Uint8Array | undefined> {
  if (text.length > base64Length(expected.maxBytes) + limits.jweOverhead) {
    throw new Fault('limit.exceeded', { limit: 'jwe' })
  }
  const header = jweHeader(text)
  if (header === undefined || !isForKey(header, key, expected.kid)) return undefined
  try {
    const { plaintext } = await compactDecrypt(text, await importJWK({ ...jwkMembers(key), d: key.d }, 'ECDH-ES'), {
      keyManagementAlgorithms: ['ECDH-ES'],
      contentEncryptionAlgorithms: encryptions,
    })
    return plaintext
  } catch {
    return undefined
  }
}

function base64Length(bytes: number): number {
  return Math.ceil((bytes * 4) / 3)
}

/** The protected header of a well-spelled JWE in direct key agreement; undefined for others. */
export function jweHeader(text: string): JsonObject | undefined {
  const parts = text.split('.')
  const bytes = parts.map(decodeBase64url)
  if (parts.length !== 5 || bytes.includes(undefined)) return undefined
  const [header, encryptedKey, iv, , tag] = bytes as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array]
  // Direct agreement has no encrypted key; a short tag would be a guessable one.
  if (encryptedKey.length !== 0 || iv.length !== ivLength || tag.length !== tagLength) return undefined
  try {
    const json = parseJsonBytes(header, { depth: 4 })
    return isJsonObject(json) ? json : undefined
  } catch {
    return undefined
  }
}

function isForKey(header: JsonObject, key: AgreementKey, kid: string | undefined): boolean {
  const { alg, enc, zip, crit, apu, apv } = header
  if (alg !== 'ECDH-ES' || typeof enc !== 'string' || !encryptions.includes(enc)) return false
  if (zip !== undefined || crit !== undefined || (kid !== undefined && header.kid !== kid)) return false
  if (![apu, apv].every((info) => info === undefined || (typeof info === 'string' && decodeBase64url(info))))
    return false
  return isEphemeralFor(header, key)
}

function isEphemeralFor({ epk }: JsonObject, key: AgreementKey): boolean {
  try {
    return parsePublicJwk(epk).crv === key.crv
  } catch {
    return false
  }
}
