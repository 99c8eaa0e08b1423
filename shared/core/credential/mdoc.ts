import { sha256 } from '../crypto/hash.ts'
import type { PublicJwk } from '../crypto/key.ts'
import { decodeBase64url } from '../encoding/base64url.ts'
import { equalBytes } from '../encoding/bytes.ts'
import { bareObject, type Json, type JsonObject } from '../encoding/json.ts'
import { Fault } from '../fault.ts'
import type { Instant } from '../instant.ts'
import { limits } from '../limits.ts'
import type { FindingCode } from '../verdict.ts'
import {
  CborDate,
  EmbeddedCbor,
  embedCbor,
  isNamedMap,
  jsonOfCbor,
  readMdocCbor,
  type CborMap,
  type CborValue,
} from './mdoc-cbor.ts'
import { p256OfCose, parseCoseSign1, type CoseSign1 } from './mdoc-cose.ts'

/** An mdoc taken apart (ISO/IEC 18013-5), with all that is wrong in it. Nothing of it is believed yet. */
export interface UnverifiedMdoc {
  readonly format: 'mso_mdoc'
  readonly text: string
  readonly docType: string
  readonly issuerAuth: CoseSign1 & { readonly payload: Uint8Array }
  readonly security: SecurityObject
  /** What was disclosed, in the order in which it came. */
  readonly items: readonly MdocItem[]
  /** The same by namespace, dates as text and byte strings in base64url (OpenID4VP 1.0, B.2). */
  readonly claims: JsonObject
  /** Absent where no holder shows it: as it was issued. */
  readonly deviceAuth?: DeviceAuth
  readonly defects: readonly FindingCode[]
}

/** Mobile security object (ISO/IEC 18013-5, 9.1.2.4): what the issuer signs. */
export interface SecurityObject {
  readonly validity: { readonly signed: Instant; readonly from: Instant; readonly until: Instant }
  /** By namespace and digest id; none where another algorithm than SHA-256 made them. */
  readonly digests: ReadonlyMap<string, ReadonlyMap<number, Uint8Array>>
  /** P-256, else there is none that counts. */
  readonly deviceKey?: PublicJwk
  readonly status?: Json
}

/** One disclosed element (ISO/IEC 18013-5, 8.3.2.1.2.2). */
export interface MdocItem {
  readonly namespace: string
  readonly element: string
  readonly digestId: number
  readonly random: Uint8Array
  /** IssuerSignedItem as it came, without tag 24. */
  readonly bytes: Uint8Array
  readonly value: Json
}

/** How the holder showed it (ISO/IEC 18013-5, 9.1.3). */
export interface DeviceAuth {
  /** DeviceNameSpaces, as they came, without tag 24. */
  readonly nameSpaces: Uint8Array
  /** Absent: there was a MAC, for which we have no key. */
  readonly signature?: CoseSign1
}

/**
 * Reads a base64url `DeviceResponse` with one document (ISO/IEC 18013-5, 8.3.2.1.2.2; OpenID4VP 1.0, B.2).
 *
 * What its parts are is a Fault; what is wrong between them is a defect, so that all of it is told.
 *
 * @throws Fault `credential.malformed`, `limit.exceeded`
 */
export function parseMdoc(text: string): UnverifiedMdoc {
  const response = namedMap(readText(text), 'DeviceResponse')
  if (response.get('version') !== '1.0' || response.get('status') !== 0) malformed('DeviceResponse')
  const documents = response.get('documents')
  if (!Array.isArray(documents) || documents.length !== 1) malformed('not one document')
  const document = namedMap(documents[0] as CborValue, 'document')
  const device = namedMap(document.get('deviceSigned'), 'deviceSigned')
  const issued = readIssuerSigned(text, document.get('issuerSigned'))
  if (document.get('docType') !== issued.docType) malformed('docType')
  const { auth, defects } = readDeviceSigned(device)
  return { ...issued, deviceAuth: auth, defects: [...new Set([...issued.defects, ...defects])] }
}

/**
 * Reads a base64url `IssuerSigned`, as it is issued (OpenID4VCI 1.0, A.2.4).
 *
 * @throws Fault `credential.malformed`, `limit.exceeded`
 */
export function parseIssuedMdoc(text: string): UnverifiedMdoc {
  return readIssuerSigned(text, readText(text))
}

function readText(text: string): CborValue {
  if (text.length > limits.mdoc) throw new Fault('limit.exceeded', { limit: 'mdoc' })
  const bytes = decodeBase64url(text)
  return bytes === undefined ? malformed('base64url') : readMdocCbor(bytes)
}

function readIssuerSigned(text: string, value: CborValue | undefined): UnverifiedMdoc {
  const issued = namedMap(value, 'issuerSigned')
  const signed = parseCoseSign1(issued.get('issuerAuth'))
  const payload = signed.payload ?? malformed('issuerAuth')
  const { docType, security, defects } = readSecurityObject(payload)
  const items = readItems(issued.get('nameSpaces'))
  return {
    ...{ format: 'mso_mdoc', text, docType, security, items },
    issuerAuth: { ...signed, payload },
    claims: claimsOf(items),
    defects: [...new Set([...defects, ...judgeItems(items, security, defects)])],
  }
}

function readSecurityObject(payload: Uint8Array) {
  const outer = readMdocCbor(payload)
  const object = namedMap(outer instanceof EmbeddedCbor ? outer.value : undefined, 'MobileSecurityObject')
  const docType = object.get('docType')
  if (object.get('version') !== '1.0' || typeof docType !== 'string' || docType === '') malformed('version or docType')
  const isSha256 = object.get('digestAlgorithm') === 'SHA-256'
  const deviceKey = p256OfCose(namedMap(object.get('deviceKeyInfo'), 'deviceKeyInfo').get('deviceKey'))
  const status = object.get('status')
  const digests = readDigests(object.get('valueDigests'))
  const security: SecurityObject = {
    validity: readValidity(object.get('validityInfo')),
    digests: isSha256 ? digests : new Map<string, never>(),
    ...(deviceKey && { deviceKey }),
    ...(status === undefined ? {} : { status: jsonOfCbor(status) }),
  }
  const defects: readonly FindingCode[] = isSha256 ? [] : ['disclosure.digest_algorithm']
  return { docType, security, defects }
}

function readValidity(value: CborValue | undefined): SecurityObject['validity'] {
  const validity = namedMap(value, 'validityInfo')
  const at = (name: string): Instant => {
    const date = validity.get(name)
    return date instanceof CborDate && date.tag === 0 ? Date.parse(date.text) / 1000 : malformed(name)
  }
  if (validity.has('expectedUpdate')) at('expectedUpdate')
  const times = { signed: at('signed'), from: at('validFrom'), until: at('validUntil') }
  return times.signed <= times.from && times.from < times.until ? times : malformed('validityInfo')
}

function readDigests(value: CborValue | undefined): SecurityObject['digests'] {
  const spaces = namedMap(value, 'valueDigests')
  for (const digests of spaces.values()) {
    if (!(digests instanceof Map)) malformed('valueDigests')
    for (const [id, digest] of digests)
      if (!isDigestId(id) || !(digest instanceof Uint8Array)) malformed('valueDigests')
  }
  return spaces as ReadonlyMap<string, CborValue> as SecurityObject['digests']
}

function isDigestId(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function readItems(value: CborValue | undefined): readonly MdocItem[] {
  if (value === undefined) return []
  const items: MdocItem[] = []
  for (const [namespace, list] of namedMap(value, 'nameSpaces')) {
    if (!Array.isArray(list) || list.length === 0) malformed('nameSpaces')
    for (const item of list as readonly CborValue[]) items.push(readItem(namespace, item))
  }
  if (items.length > limits.mdocElements) throw new Fault('limit.exceeded', { limit: 'mdoc elements' })
  return items
}

/** What an IssuerSignedItem has, and nothing else: more of it would be signed and seen by nobody. */
const itemMembers = ['digestID', 'random', 'elementIdentifier', 'elementValue']

function readItem(namespace: string, item: CborValue): MdocItem {
  if (!(item instanceof EmbeddedCbor)) malformed('IssuerSignedItem')
  const map = namedMap(item.value, 'IssuerSignedItem')
  if (map.size !== itemMembers.length || !itemMembers.every((name) => map.has(name))) malformed('IssuerSignedItem')
  const [digestId, random, element, value] = itemMembers.map((name) => map.get(name)) as [...CborValue[], CborValue]
  if (!isDigestId(digestId) || typeof element !== 'string') malformed('IssuerSignedItem')
  if (!(random instanceof Uint8Array)) malformed('random')
  return { namespace, element, digestId, random, bytes: item.bytes, value: jsonOfCbor(value as CborValue) }
}

/** The least that hides a value from guessing (ISO/IEC 18013-5, 9.1.2.5). */
const leastRandom = 16

/** Whether the issuer signed each item, each once, and none could be guessed without it. */
function judgeItems(
  items: readonly MdocItem[],
  { digests }: SecurityObject,
  known: readonly FindingCode[],
): readonly FindingCode[] {
  const codes: FindingCode[] = []
  const seen = new Set<string>()
  const isNew = (name: string) => seen.size < seen.add(name).size
  for (const { namespace, element, digestId, random, bytes } of items) {
    if (random.length < leastRandom) codes.push('disclosure.malformed')
    if (!isNew(JSON.stringify([namespace, digestId]))) codes.push('disclosure.duplicate')
    if (!isNew(JSON.stringify([namespace, element]))) codes.push('disclosure.name_clash')
    const digest = digests.get(namespace)?.get(digestId)
    const isSigned = digest !== undefined && equalBytes(digest, digestOfItem(bytes))
    if (!isSigned && known.length === 0) codes.push('disclosure.unreferenced')
  }
  return codes
}

/** SHA-256 over IssuerSignedItemBytes (ISO/IEC 18013-5, 9.1.2.5). */
export function digestOfItem(bytes: Uint8Array): Uint8Array {
  return sha256(embedCbor(bytes))
}

/** An element that came twice is a defect; shown is the first. */
function claimsOf(items: readonly MdocItem[]): JsonObject {
  const claims: Record<string, Json> = bareObject()
  for (const { namespace, element, value } of items) {
    const space = (claims[nameOf(namespace)] ??= bareObject()) as Record<string, Json>
    if (space[nameOf(element)] === undefined) space[element] = value
  }
  return claims
}

function nameOf(text: string): string {
  return text === '__proto__' ? malformed('a name that is none') : text
}

function readDeviceSigned(device: CborMap) {
  const nameSpaces = device.get('nameSpaces')
  if (!(nameSpaces instanceof EmbeddedCbor)) malformed('device nameSpaces')
  const auth = namedMap(device.get('deviceAuth'), 'deviceAuth')
  const signature = auth.get('deviceSignature')
  if (auth.size !== 1 || !(signature !== undefined || auth.has('deviceMac'))) malformed('deviceAuth')
  // What the holder says of itself no issuer vouches for: it is not read, and not passed over either.
  const isSelfSaid = namedMap(nameSpaces.value, 'device nameSpaces').size > 0
  const defects: readonly FindingCode[] = isSelfSaid ? ['disclosure.unreferenced'] : []
  const read: DeviceAuth = {
    nameSpaces: nameSpaces.bytes,
    ...(signature === undefined ? {} : { signature: parseCoseSign1(signature) }),
  }
  return { auth: read, defects }
}

function namedMap(value: CborValue | undefined, reason: string): ReadonlyMap<string, CborValue> {
  return isNamedMap(value) ? value : malformed(reason)
}

function malformed(reason: string): never {
  throw new Fault('credential.malformed', { reason })
}
