import { sha256 } from '../crypto/hash.ts'
import { decodeBase64url, encodeBase64url } from '../encoding/base64url.ts'
import { utf8, utf8Text } from '../encoding/bytes.ts'
import { parseJsonObject, type JsonObject } from '../encoding/json.ts'
import { Fault, within } from '../fault.ts'
import { limits } from '../limits.ts'
import { malformed, objectAt, textAt, wordAt } from './members.ts'
import { formatOperation, parseOperation, type Operation } from './operation.ts'
import { formatTrustPayload, parseTrustPayload, trustKinds, type TrustKind, type TrustPayload } from './trust.ts'

export type RecordType = 'fujie-did+jws' | 'fujie-trust+jws'
export type RecordPayload = Operation | TrustPayload
export type RecordKind = RecordPayload['kind']

/** The maps of the log by name: DIDs, and one for each kind of trust record. */
export type Namespace = 'did' | TrustKind
export const namespaces = ['did', ...trustKinds] as const satisfies readonly Namespace[]

export const recordAlgorithms = ['ES256', 'Ed25519'] as const

/** One signature over the payload, with a header of its own. */
export interface RecordSignature {
  readonly alg: (typeof recordAlgorithms)[number]
  /** Trust records: DID URL of the key, or the thumbprint of an admin key. */
  readonly kid?: string
  readonly header: string
  /** `header.payload`, what is signed. All of it is ASCII. */
  readonly signedText: string
  readonly signature: Uint8Array
}

/**
 * A signed statement of the log, read but not yet believed: no signature was checked.
 *
 * Its bytes are kept as they came: they are what is logged.
 */
export interface SignedRecord<P extends RecordPayload = RecordPayload> {
  readonly text: string
  readonly type: RecordType
  /** SHA-256 of the decoded payload, base64url: another signature over it does not change it. */
  readonly id: string
  readonly kind: P['kind']
  readonly payload: P
  readonly payloadBytes: Uint8Array
  readonly signatures: readonly RecordSignature[]
}

export type TrustRecord<K extends TrustKind = TrustKind> = SignedRecord<TrustPayload<K>>

const recordTypes = ['fujie-did+jws', 'fujie-trust+jws'] as const
const kidForm = /^[\x21-\x7e]{1,512}$/
const bounds = { depth: limits.recordDepth, fractions: false }

/**
 * Reads a record: compact JWS `header.payload.signature`, and `.header.signature` for each further signer (registry, 1.1).
 *
 * @throws Fault `operation.malformed` for anything that is not exactly this form
 */
export function parseRecord(text: string): SignedRecord {
  if (text.length > limits.trustRecord) malformed('size')
  const segments = text.split('.')
  if (segments.length < 3 || segments.length % 2 === 0 || segments.length > 1 + 2 * limits.recordKeys)
    malformed('segments')
  const [first = '', body = '', ...rest] = segments
  const payloadBytes = bytesOf(body)
  const pairs = [first, ...rest]
  const headers: Header[] = []
  const signatures: RecordSignature[] = []
  for (let i = 0; i < pairs.length; i += 2) {
    const { header, signature } = signatureOf(pairs[i] as string, body, pairs[i + 1] as string)
    headers.push(header)
    signatures.push(signature)
  }
  const type = (headers[0] as Header).typ
  if (headers.some((header) => header.typ !== type)) malformed('typ')
  const payload = payloadOf(payloadBytes, type, text.length)
  if (type === 'fujie-did+jws' && (payload as Operation).keys.length !== signatures.length) malformed('signatures')
  return {
    text,
    type,
    id: encodeBase64url(sha256(payloadBytes)),
    kind: payload.kind,
    payload,
    payloadBytes,
    signatures,
  }
}

/**
 * Whether a record is the one of these bytes: the same text, whose id is reckoned again. Then it need not be read again.
 */
export function isReadFrom(record: SignedRecord, bytes: Uint8Array): boolean {
  const text = utf8Text(bytes)
  if (text === undefined || text !== record.text) return false
  const start = text.indexOf('.') + 1
  return encodeBase64url(sha256(bytesOf(text.slice(start, text.indexOf('.', start))))) === record.id
}

interface Header {
  readonly alg: RecordSignature['alg']
  readonly typ: RecordType
  readonly kid?: string
}

function signatureOf(header: string, body: string, signature: string): { header: Header; signature: RecordSignature } {
  const read = headerOf(header)
  const bytes = bytesOf(signature)
  if (bytes.length !== 64) malformed('signature')
  const kid = read.kid === undefined ? {} : { kid: read.kid }
  return {
    header: read,
    signature: { alg: read.alg, ...kid, header, signedText: `${header}.${body}`, signature: bytes },
  }
}

/** Most records of a log bear the same few headers. */
const knownHeaders = new Map<string, Header>()

function headerOf(segment: string): Header {
  const known = knownHeaders.get(segment)
  if (known !== undefined) return known
  const json = jsonOf(bytesOf(segment))
  const typ = wordAt(json.typ, 'typ', recordTypes)
  objectAt(json, 'header', ['alg', 'typ', ...(typ === 'fujie-trust+jws' ? ['kid'] : [])])
  const alg = wordAt(json.alg, 'alg', recordAlgorithms)
  if (typ === 'fujie-trust+jws') return { alg, typ, kid: textAt(json.kid, 'kid', kidForm) }
  if (knownHeaders.size < 64) knownHeaders.set(segment, { alg, typ })
  return { alg, typ }
}

function payloadOf(bytes: Uint8Array, type: RecordType, size: number): RecordPayload {
  const json = jsonOf(bytes)
  if (json.v !== 1) malformed('v')
  if (type === 'fujie-trust+jws') return parseTrustPayload(json)
  return size > limits.operation ? malformed('size') : parseOperation(json)
}

function bytesOf(segment: string): Uint8Array {
  return decodeBase64url(segment) ?? malformed('base64url')
}

function jsonOf(bytes: Uint8Array): JsonObject {
  const text = utf8Text(bytes) ?? malformed('utf-8')
  try {
    return parseJsonObject(text, bounds)
  } catch (cause) {
    throw new Fault('operation.malformed', { at: 'json' }, { cause })
  }
}

/**
 * The payload's bytes as they are signed, after reading them back: what would be refused later is not signed now.
 *
 * @throws Fault `operation.malformed`
 */
export function formatRecordPayload(payload: RecordPayload): Uint8Array {
  const json = 'keys' in payload ? formatOperation(payload) : formatTrustPayload(payload)
  const bytes = utf8(JSON.stringify(json))
  within('operation.malformed', () => payloadOf(bytes, typeOf(payload), 0))
  return bytes
}

export function typeOf(payload: RecordPayload): RecordType {
  return 'keys' in payload ? 'fujie-did+jws' : 'fujie-trust+jws'
}

/** The header segment of one signature. */
export function formatRecordHeader(alg: RecordSignature['alg'], type: RecordType, kid?: string): string {
  const header = kid === undefined ? { alg, typ: type } : { alg, typ: type, kid }
  return encodeBase64url(utf8(JSON.stringify(header)))
}

/** Puts a record together from its payload segment and its signatures, in their order. */
export function joinRecord(
  body: string,
  signatures: readonly { readonly header: string; readonly signature: Uint8Array }[],
): string {
  const [first, ...rest] = signatures.map(({ header, signature }) => ({
    header,
    signature: encodeBase64url(signature),
  }))
  if (first === undefined) malformed('signatures')
  return [first.header, body, first.signature, ...rest.flatMap((each) => [each.header, each.signature])].join('.')
}

export function isOperation(record: SignedRecord): record is SignedRecord<Operation> {
  return record.type === 'fujie-did+jws'
}

export function isTrustRecord<K extends TrustKind>(record: SignedRecord, kind: K): record is TrustRecord<K> {
  return record.kind === kind
}
