import {
  decodeBase64url,
  decodeBase64urlText,
  encodeBase64url,
  encodeBase64urlText,
  hasBase64urlLetters,
} from '../encoding/base64url.ts'
import { utf8, utf8Text } from '../encoding/bytes.ts'
import { isJsonObject, jsonObject, parseJson, type Json, type JsonBounds, type JsonObject } from '../encoding/json.ts'
import { Recent } from '../encoding/recent.ts'
import { Fault, within } from '../fault.ts'
import type { FindingCode } from '../verdict.ts'
import { algorithmOfHeader, algorithmOfKey, type Purpose } from './algorithms.ts'
import type { PublicJwk } from './key.ts'
import { verifySignature } from './signature.ts'

/** A compact JWS taken apart (RFC 7515, 7.1). Nothing of it is believed yet. */
export interface Jws {
  readonly text: string
  readonly header: JsonObject
  readonly payload: Uint8Array
  /** The payload as text; undefined if it is not UTF-8. */
  readonly payloadText: string | undefined
  readonly signature: Uint8Array
  /** What is signed: everything before the second dot. All of it is ASCII. */
  readonly signedText: string
  /** What is wrong with its spelling. */
  readonly defects: readonly FindingCode[]
}

/** What one purpose demands of a token. */
export interface JwsExpectation {
  /** Exact values of `typ`. */
  readonly types: readonly string[]
  readonly purpose: Purpose
  /** Whether `jwk` may stand in the header, as in possession proofs and DPoP. */
  readonly embeddedKey?: boolean
}

/**
 * Takes a compact JWS apart: size, alphabet and dots, base64url, strict JSON header.
 *
 * A respelled part (stray tail bits) is kept as the defect `jws.not_canonical`, so that it is judged and named.
 *
 * @throws Fault `jws.malformed`, `limit.exceeded`
 */
export function parseJws(text: string, bounds: { readonly maxBytes: number }): Jws {
  if (text.length > bounds.maxBytes) throw new Fault('limit.exceeded', { limit: 'jws' })
  const parts = text.split('.')
  if (parts.length !== 3) throw new Fault('jws.malformed', { reason: 'not three parts' })
  const [header, payload, signature] = parts as [string, string, string]
  const signatureBytes = decodeBase64url(signature)
  const payloadText = decodeBase64urlText(payload)
  const payloadBytes = payloadText === undefined ? decodeBase64url(payload) : undefined
  const known = knownHeaders.get(header) ?? readHeader(header)
  const isPayloadCanonical = payloadText !== undefined || payloadBytes !== undefined
  const isCanonical = known.isCanonical && isPayloadCanonical && signatureBytes !== undefined
  return new CompactJws(
    text,
    text.slice(0, header.length + 1 + payload.length),
    known.header,
    isPayloadCanonical ? payloadText : utf8Text(decodeLoosely(payload)),
    isPayloadCanonical ? payloadBytes : decodeLoosely(payload),
    signatureBytes ?? decodeLoosely(signature),
    isCanonical ? noDefects : ['jws.not_canonical'],
  )
}

const noDefects: readonly FindingCode[] = []

/** Most payloads are read as text and never asked for as bytes. */
class CompactJws implements Jws {
  readonly text: string
  readonly signedText: string
  readonly header: JsonObject
  readonly payloadText: string | undefined
  readonly signature: Uint8Array
  readonly defects: readonly FindingCode[]
  #payload: Uint8Array | undefined

  constructor(
    text: string,
    signedText: string,
    header: JsonObject,
    payloadText: string | undefined,
    payload: Uint8Array | undefined,
    signature: Uint8Array,
    defects: readonly FindingCode[],
  ) {
    this.text = text
    this.signedText = signedText
    this.header = header
    this.payloadText = payloadText
    this.#payload = payload
    this.signature = signature
    this.defects = defects
  }

  get payload(): Uint8Array {
    return (this.#payload ??= utf8(this.payloadText as string))
  }
}

interface ReadHeader {
  readonly header: JsonObject
  readonly isCanonical: boolean
}

/** Most tokens bear the same few headers, to the letter. */
const knownHeaders = new Recent<string, ReadHeader>(256)
const knownHeaderLength = 512

function readHeader(text: string): ReadHeader {
  const canonical = decodeBase64urlText(text)
  const read = {
    header: parseHeader(canonical ?? utf8Text(decodeLoosely(text))),
    isCanonical: canonical !== undefined,
  }
  if (canonical !== undefined && text.length <= knownHeaderLength) knownHeaders.put(text, read)
  return read
}

/** The bytes of a part that is not canonical, if only its spelling is at fault. */
function decodeLoosely(text: string): Uint8Array {
  if (!hasBase64urlLetters(text)) throw new Fault('jws.malformed', { reason: 'foreign letters' })
  return decodeBase64url(withoutTailBits(text)) ?? new Uint8Array()
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** The canonical spelling nearest to a text whose last letter carries bits beyond the last byte. */
function withoutTailBits(text: string): string {
  const unused = [0, 0, 4, 2][text.length % 4] as number
  const value = alphabet.indexOf(text.slice(-1))
  return text.slice(0, -1) + alphabet.charAt((value >> unused) << unused)
}

function parseHeader(text: string | undefined): JsonObject {
  if (text === undefined) throw new Fault('jws.malformed', { reason: 'the header is not UTF-8' })
  const header = within('jws.malformed', () => parseJson(text, { depth: 8, string: 24 * 1024 }))
  if (!isJsonObject(header)) throw new Fault('jws.malformed', { reason: 'the header is no object' })
  return header
}

/**
 * The payload as claims.
 *
 * @throws Fault `jws.malformed`, `limit.exceeded`
 */
export function jwsClaims(jws: Jws, bounds: Partial<JsonBounds> = {}): JsonObject {
  const { payloadText: text } = jws
  if (text === undefined) throw new Fault('jws.malformed', { reason: 'the payload is not UTF-8' })
  const claims = within('jws.malformed', () => parseJson(text, bounds))
  if (!isJsonObject(claims)) throw new Fault('jws.malformed', { reason: 'the payload is no object' })
  return claims
}

/** Checks the header of a token: type, algorithm by purpose, and none of the members that name foreign keys or rules. */
export function judgeJwsHeader(jws: Jws, expected: JwsExpectation): FindingCode[] {
  const { typ, alg, crit, b64, jku, x5u, jwk } = jws.header
  const findings: FindingCode[] = [...jws.defects]
  if (!expected.types.some((type) => type === typ)) findings.push('jws.type_wrong')
  if (typeof alg !== 'string' || !algorithmOfHeader(alg, expected.purpose)) findings.push('jws.algorithm_refused')
  if (crit !== undefined || b64 !== undefined) findings.push('jws.critical_unknown')
  if (jku !== undefined || x5u !== undefined || (jwk !== undefined && expected.embeddedKey !== true)) {
    findings.push('jws.key_header_refused')
  }
  return findings
}

/**
 * Verifies a token under a key whose one algorithm must be the header's.
 *
 * Header first; a token with a refused header is not given to the primitive at all.
 */
export async function verifyJws(jws: Jws, key: PublicJwk, expected: JwsExpectation): Promise<FindingCode[]> {
  const findings = judgeJwsHeader(jws, expected)
  if (findings.includes('jws.algorithm_refused')) return findings
  return [...findings, ...(await verifyJwsSignature(jws, key, expected.purpose))]
}

/** The signature alone, for tokens whose header was judged where its key was looked up. */
export function verifyJwsSignature(
  jws: Jws,
  key: PublicJwk,
  purpose: Purpose,
): readonly FindingCode[] | Promise<readonly FindingCode[]> {
  const { alg } = jws.header
  const named = typeof alg === 'string' ? algorithmOfHeader(alg, purpose) : undefined
  if (named === undefined || named !== algorithmOfKey(key)) return ['jws.algorithm_refused']
  return verifySignature<FindingCode>(key, jws.signedText, jws.signature, 'jws.signature_invalid')
}

/** `header.payload`, the text to sign; members stand in the order given. */
export function formatSigningInput(
  header: Readonly<Record<string, Json | undefined>>,
  payload: Json | Uint8Array,
): string {
  const body = payload instanceof Uint8Array ? encodeBase64url(payload) : encodeBase64urlText(JSON.stringify(payload))
  return `${encodeBase64urlText(JSON.stringify(jsonObject(header)))}.${body}`
}

/** The compact form of a signed text. */
export function joinJws(signingInput: string, signature: Uint8Array): string {
  return `${signingInput}.${encodeBase64url(signature)}`
}
