import { Tagged } from 'cborg'
import type { PublicJwk } from '../crypto/key.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { compareBytes } from '../encoding/bytes.ts'
import { encodeCbor } from '../encoding/cbor.ts'
import { Fault } from '../fault.ts'
import type { Instant } from '../instant.ts'
import { limits } from '../limits.ts'
import type { StatusReference } from './credential.ts'
import { startOfDay } from './issue.ts'
import { CborDate, embedCbor } from './mdoc-cbor.ts'
import { coseOfP256, coseToBeSigned, es256Header, formatCoseSign1 } from './mdoc-cose.ts'
import { digestOfItem } from './mdoc.ts'

/** The value of an element: what JSON has, byte strings, and dates. */
export type MdocValue = null | boolean | number | string | Uint8Array | CborDate | readonly MdocValue[] | MdocGroup

export interface MdocGroup {
  readonly [name: string]: MdocValue
}

/** What is certified, of whom, until when. */
export interface MdocContent {
  readonly docType: string
  /** Elements by namespace. */
  readonly nameSpaces: Readonly<Record<string, MdocGroup>>
  readonly holder: PublicJwk
  readonly issuedAt: Instant
  readonly expiresAt: Instant
  readonly status?: StatusReference
}

/** What the issuer's key signs, and the items that go with it. */
export interface UnsignedMdoc {
  readonly toBeSigned: Uint8Array
  /** MobileSecurityObjectBytes. */
  readonly payload: Uint8Array
  /** IssuerSignedItems by namespace, without tag 24. */
  readonly nameSpaces: ReadonlyMap<string, readonly Uint8Array[]>
}

const randomLength = 16

/**
 * Makes an mdoc, ready to be signed (ISO/IEC 18013-5, 9.1.2). `draw` gives fresh random bytes, for the items and for
 * the order of their digests: a digest id does not tell which element it stands for.
 *
 * @throws Fault `key.unsupported` for a holder without a P-256 key, `limit.exceeded`
 */
export function issueMdoc(content: MdocContent, draw: (length: number) => Uint8Array): UnsignedMdoc {
  const spaces = Object.entries(content.nameSpaces).map(([name, group]) => [name, itemsOf(group, draw)] as const)
  const count = spaces.reduce((sum, [, items]) => sum + items.length, 0)
  if (count > limits.mdocElements) throw new Fault('limit.exceeded', { limit: 'mdoc elements' })
  const digests = new Map(
    spaces.map(([name, items]) => [name, new Map(items.map((bytes, id) => [id, digestOfItem(bytes)]))]),
  )
  const payload = embedCbor(encodeCbor(securityObject(content, digests)))
  return { payload, toBeSigned: coseToBeSigned(es256Header, payload), nameSpaces: new Map(spaces) }
}

/** IssuerSignedItems of one namespace: the place of each is its digest id. */
function itemsOf(group: MdocGroup, draw: (length: number) => Uint8Array): readonly Uint8Array[] {
  const drawn = Object.entries(group).map(([element, value]) => ({ element, value, order: draw(16) }))
  drawn.sort((a, b) => compareBytes(a.order, b.order))
  return drawn.map(({ element, value }, digestID) =>
    encodeCbor({ digestID, random: draw(randomLength), elementIdentifier: element, elementValue: cborOf(value) }),
  )
}

function cborOf(value: MdocValue): unknown {
  if (value instanceof CborDate) return new Tagged(value.tag, value.text)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (Array.isArray(value)) return value.map(cborOf)
  return new Map(Object.entries(value as MdocGroup).map(([name, inner]) => [name, cborOf(inner)]))
}

/** Times at midnight: copies of one day are not told apart by their seconds. */
function securityObject({ docType, holder, issuedAt, expiresAt, status }: MdocContent, valueDigests: unknown) {
  const signed = dateTime(startOfDay(issuedAt))
  return {
    version: '1.0',
    digestAlgorithm: 'SHA-256',
    docType,
    valueDigests,
    deviceKeyInfo: { deviceKey: coseOfP256(holder) },
    validityInfo: { signed, validFrom: signed, validUntil: dateTime(startOfDay(expiresAt)) },
    ...(status && { status: { status_list: { idx: status.index, uri: status.uri } } }),
  }
}

function dateTime(at: Instant): Tagged {
  return new Tagged(0, new Date(at * 1000).toISOString().replace('.000Z', 'Z'))
}

/** A day as mdocs spell it (`full-date`, RFC 8943): `YYYY-MM-DD`. */
export function fullDate(text: string): CborDate {
  return new CborDate(1004, text)
}

/** The base64url `IssuerSigned` that is issued. Certificates leaf first, without the anchor. */
export function joinMdoc(
  { payload, nameSpaces }: UnsignedMdoc,
  signature: Uint8Array,
  certificates: readonly Uint8Array[],
): string {
  const issuerAuth = formatCoseSign1(payload, signature, certificates)
  return encodeBase64url(encodeCbor({ nameSpaces: embeddedItems(nameSpaces), issuerAuth }))
}

/** `IssuerNameSpaces`, ready to be encoded. */
export function embeddedItems(nameSpaces: ReadonlyMap<string, readonly Uint8Array[]>): ReadonlyMap<string, unknown> {
  return new Map([...nameSpaces].map(([name, items]) => [name, items.map((bytes) => new Tagged(24, bytes))]))
}
