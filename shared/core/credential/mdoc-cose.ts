import { encodeCbor } from '../encoding/cbor.ts'
import { decodeBase64url, encodeBase64url } from '../encoding/base64url.ts'
import type { PublicJwk } from '../crypto/key.ts'
import { verifySignature } from '../crypto/signature.ts'
import { Fault } from '../fault.ts'
import type { FindingCode } from '../verdict.ts'
import { encodableCbor, readMdocCbor, type CborMap, type CborValue } from './mdoc-cbor.ts'

/** Header parameters (RFC 9052, 3.1; RFC 9360, 2). */
const header = { algorithm: 1, critical: 2, x5bag: 32, x5chain: 33, x5u: 35 } as const

/** ES256, the one algorithm of mdocs here (RFC 9053, 2.1). */
const es256 = -7

/** COSE_Sign1 (RFC 9052, 4.2), untagged as ISO/IEC 18013-5 has it. Nothing of it is believed yet. */
export interface CoseSign1 {
  /** As it came: signed in just these bytes. */
  readonly protectedBytes: Uint8Array
  readonly protectedHeader: CborMap
  readonly unprotectedHeader: CborMap
  /** Null: what is signed is named elsewhere. */
  readonly payload: Uint8Array | null
  readonly signature: Uint8Array
}

/** @throws Fault `credential.malformed`, `limit.exceeded` */
export function parseCoseSign1(value: CborValue | undefined): CoseSign1 {
  if (!Array.isArray(value) || value.length !== 4) malformed('COSE_Sign1')
  const [protectedBytes, unprotectedHeader, payload, signature] = value as readonly CborValue[]
  if (!(protectedBytes instanceof Uint8Array) || !(signature instanceof Uint8Array)) malformed('COSE_Sign1')
  if (!(unprotectedHeader instanceof Map) || !(payload === null || payload instanceof Uint8Array))
    malformed('COSE_Sign1')
  const protectedHeader = protectedBytes.length === 0 ? noHeader : readMdocCbor(protectedBytes)
  if (!(protectedHeader instanceof Map)) malformed('protected header')
  // A parameter in both would be read one way by us and another by somebody else (RFC 9052, 3).
  if ([...protectedHeader.keys()].some((label) => unprotectedHeader.has(label as CborValue))) malformed('header twice')
  return { protectedBytes, protectedHeader: protectedHeader as CborMap, unprotectedHeader, payload, signature }
}

const noHeader: CborMap = new Map()

/** What is wrong with the header: another algorithm, an extension we have to know, a key that comes from elsewhere. */
export function judgeCoseHeader({ protectedHeader, unprotectedHeader }: CoseSign1): readonly FindingCode[] {
  const codes: FindingCode[] = []
  if (protectedHeader.get(header.algorithm) !== es256) codes.push('jws.algorithm_refused')
  if (protectedHeader.has(header.critical) || unprotectedHeader.has(header.critical)) codes.push('jws.critical_unknown')
  const foreign = [header.x5u, header.x5bag].some((label) => protectedHeader.has(label) || unprotectedHeader.has(label))
  if (foreign) codes.push('jws.key_header_refused')
  return codes
}

/** The certificates of `x5chain`, leaf first; undefined if there are none or they are not spelled as RFC 9360, 2 asks. */
export function certificatesOf({ protectedHeader, unprotectedHeader }: CoseSign1): readonly Uint8Array[] | undefined {
  const chain = protectedHeader.get(header.x5chain) ?? unprotectedHeader.get(header.x5chain)
  if (chain instanceof Uint8Array) return [chain]
  const isList = Array.isArray(chain) && chain.length > 1
  return isList && chain.every((each) => each instanceof Uint8Array) ? (chain as readonly Uint8Array[]) : undefined
}

/** The bytes a COSE_Sign1 signs: Sig_structure (RFC 9052, 4.4) without external data. */
export function coseToBeSigned(protectedBytes: Uint8Array, payload: Uint8Array): Uint8Array {
  return encodeCbor(['Signature1', protectedBytes, new Uint8Array(), payload])
}

/** Verifies over `payload` and returns what is wrong: nothing, or `otherwise`. Only for P-256. */
export function verifyCose<F>(
  { protectedBytes, signature }: CoseSign1,
  payload: Uint8Array,
  key: PublicJwk,
  otherwise: F,
): readonly F[] | Promise<readonly F[]> {
  if (key.crv !== 'P-256') return [otherwise]
  return verifySignature(key, coseToBeSigned(protectedBytes, payload), signature, otherwise)
}

/** The protected header of what is signed here. */
export const es256Header: Uint8Array = encodeCbor(new Map([[header.algorithm, es256]]))

/** A COSE_Sign1 ready to be encoded. One certificate stands alone, several in a list. */
export function formatCoseSign1(
  payload: Uint8Array | null,
  signature: Uint8Array,
  certificates: readonly Uint8Array[] = [],
): readonly unknown[] {
  const chain = certificates.length === 1 ? certificates[0] : certificates
  const unprotected = new Map(certificates.length === 0 ? [] : [[header.x5chain, chain]])
  return [es256Header, unprotected, payload, signature]
}

/** One that was read, ready to be encoded as it came. */
export function coseOf({ protectedBytes, unprotectedHeader, payload, signature }: CoseSign1): readonly unknown[] {
  return [protectedBytes, encodableCbor(unprotectedHeader), payload, signature]
}

/** Parameters of an EC2 key (RFC 9053, 7.1.1). */
const keyParameter = { type: 1, algorithm: 3, curve: -1, x: -2, y: -3, d: -4 } as const

/** The P-256 key of a COSE_Key; undefined for any other, a private one, or a point in compressed form. */
export function p256OfCose(key: CborValue | undefined): PublicJwk | undefined {
  if (!(key instanceof Map) || key.get(keyParameter.type) !== 2 || key.get(keyParameter.curve) !== 1) return undefined
  const [x, y, algorithm]: unknown[] = [keyParameter.x, keyParameter.y, keyParameter.algorithm].map((at) => key.get(at))
  if (key.has(keyParameter.d) || !(algorithm === undefined || algorithm === es256)) return undefined
  if (!(x instanceof Uint8Array) || !(y instanceof Uint8Array) || x.length !== 32 || y.length !== 32) return undefined
  return { kty: 'EC', crv: 'P-256', x: encodeBase64url(x), y: encodeBase64url(y) }
}

/**
 * The COSE_Key of a P-256 key.
 *
 * @throws Fault `key.unsupported`
 */
export function coseOfP256({ crv, x, y }: PublicJwk): ReadonlyMap<number, number | Uint8Array> {
  const [left, right] = [x, y].map((part) => (part === undefined ? undefined : decodeBase64url(part)))
  if (crv !== 'P-256' || left?.length !== 32 || right?.length !== 32)
    throw new Fault('key.unsupported', { reason: 'not P-256' })
  return new Map<number, number | Uint8Array>([
    [keyParameter.type, 2],
    [keyParameter.curve, 1],
    [keyParameter.x, left],
    [keyParameter.y, right],
  ])
}

function malformed(reason: string): never {
  throw new Fault('credential.malformed', { reason })
}
