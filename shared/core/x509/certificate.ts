import { sha256 } from '../crypto/hash.ts'
import { derSignature, joseSignature } from '../crypto/der.ts'
import type { RsaHash } from '../crypto/rsa.ts'
import type { PublicJwk } from '../crypto/key.ts'
import { decodeBase64 } from '../encoding/base64.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { equalBytes, fromHex } from '../encoding/bytes.ts'
import { isJsonArray, type Json } from '../encoding/json.ts'
import { Fault } from '../fault.ts'
import type { Instant } from '../instant.ts'
import { limits } from '../limits.ts'
import { keyOfSpki, type CertificateKey } from './certificate-key.ts'
import { checkDer, derContent, derElements, derTag, derUnsigned } from './der.ts'

/** What we read of an X.509 certificate (RFC 5280). */
export interface Certificate extends CertificateKey {
  readonly der: Uint8Array
  /** SHA-256 of the DER, base64url: what `x5t#S256` and `x509_hash` name. */
  readonly digest: string
  /** Names, DER: compared as they stand. */
  readonly subject: Uint8Array
  readonly issuer: Uint8Array
  readonly notBefore: Instant
  readonly notAfter: Instant
  readonly uris: readonly string[]
  readonly dnsNames: readonly string[]
  readonly isAuthority: boolean
  readonly pathLength?: number
  readonly keyUsage?: number
  readonly extendedKeyUsages: readonly string[]
  /** Whether the key may be used for nothing but these. */
  readonly isUsageCritical: boolean
  readonly subjectKeyId?: Uint8Array
  readonly authorityKeyId?: Uint8Array
  /** There is something in it that has to be known, and is not. */
  readonly unknownCritical: boolean
  /** The signed part, and the signature over it; none where the algorithm is not ours. */
  readonly signedPart: Uint8Array
  readonly signature?: CertificateSignature
}

export type CertificateSignature =
  | { readonly kind: 'ECDSA'; readonly curve: 'P-256' | 'P-384'; /** JOSE form. */ readonly bytes: Uint8Array }
  | { readonly kind: 'RSA'; readonly hash: RsaHash; readonly bytes: Uint8Array }

/** A certificate whose key signs tokens: that is never RSA. */
export interface LeafCertificate extends Certificate {
  readonly publicJwk: PublicJwk
}

/** Leaf first. */
export type CertificateChain = readonly [LeafCertificate, ...Certificate[]]

/**
 * Reads the `x5c` header of a token: leaf first, standard base64, at most three certificates.
 *
 * @throws Fault `certificate.malformed`, `key.unsupported`, `limit.exceeded`
 */
export async function parseCertificateChain(x5c: Json | undefined): Promise<CertificateChain> {
  if (!isJsonArray(x5c)) throw new Fault('certificate.malformed', { reason: 'no chain' })
  if (x5c.length > limits.certificateChain) throw new Fault('limit.exceeded', { limit: 'certificate chain' })
  const ders = x5c.map((each) => (typeof each === 'string' ? decodeBase64(each) : undefined) ?? new Uint8Array())
  return parseCertificates(ders)
}

/**
 * Reads a chain, leaf first, as `x5chain` has it (RFC 9360, 2).
 *
 * @throws Fault `certificate.malformed`, `key.unsupported`, `limit.exceeded`
 */
export async function parseCertificates(ders: readonly Uint8Array[]): Promise<CertificateChain> {
  if (ders.length > limits.certificateChain) throw new Fault('limit.exceeded', { limit: 'certificate chain' })
  const size = ders.reduce((sum, der) => sum + der.length, 0)
  if (size > limits.certificateChainBytes) throw new Fault('limit.exceeded', { limit: 'certificate chain bytes' })
  const chain: Certificate[] = []
  for (const der of ders) chain.push(await parseCertificate(der))
  const [leaf, ...above] = chain
  if (leaf === undefined) throw new Fault('certificate.malformed', { reason: 'no chain' })
  if (!isLeaf(leaf)) throw new Fault('key.unsupported', { reason: 'key of a leaf' })
  return [leaf, ...above]
}

function isLeaf(certificate: Certificate): certificate is LeafCertificate {
  return certificate.publicJwk !== undefined
}

/** The same few issuers sign nearly all there is to read, and to read a certificate takes longer than to verify with it. */
const known = new Map<string, Certificate>()
const mostKnown = 256

/**
 * Reads one certificate. The parser is loaded at first use: most visits to a page meet none.
 *
 * @throws Fault `certificate.malformed`, `limit.exceeded`
 */
export async function parseCertificate(der: Uint8Array): Promise<Certificate> {
  if (der.length > limits.certificateChainBytes) throw new Fault('limit.exceeded', { limit: 'certificate chain bytes' })
  const digest = encodeBase64url(sha256(der))
  const read = known.get(digest)
  if (read !== undefined) return read
  const certificate = await readCertificate(der.slice(), digest)
  if (known.size >= mostKnown) known.delete(known.keys().next().value as string)
  known.set(digest, certificate)
  return certificate
}

/** Extensions whose meaning is checked here or in the chain; another critical one is refused. */
const extensions = {
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  subjectAltName: '2.5.29.17',
  subjectKeyId: '2.5.29.14',
  authorityKeyId: '2.5.29.35',
} as const

/** Has to be critical (RFC 5280, 4.2.1.10); where it is not, it counts as if it were. */
const nameConstraints = '2.5.29.30'

async function readCertificate(der: Uint8Array, digest: string): Promise<Certificate> {
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  try {
    const outer = readOuter(der)
    const parsed = new x509.X509Certificate(der as Uint8Array<ArrayBuffer>)
    const names = parsed.getExtension(x509.SubjectAlternativeNameExtension)?.names.toJSON() ?? []
    const constraints = parsed.getExtension(x509.BasicConstraintsExtension)
    const usage = parsed.getExtension(x509.KeyUsagesExtension)
    const extended = parsed.getExtension(x509.ExtendedKeyUsageExtension)
    const subjectKeyId = hexBytes(parsed.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId)
    const authorityKeyId = hexBytes(parsed.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId)
    const signature = signatureOf(outer.algorithm, outer.signature)
    const types = parsed.extensions.map(({ type }) => type)
    if (new Set(types).size !== types.length) malformed('an extension twice')
    return {
      der,
      digest,
      subject: outer.subject,
      issuer: outer.issuer,
      notBefore: Math.floor(parsed.notBefore.getTime() / 1000),
      notAfter: Math.floor(parsed.notAfter.getTime() / 1000),
      uris: names.filter((name) => name.type === 'url').map((name) => name.value),
      dnsNames: names.filter((name) => name.type === 'dns').map((name) => name.value),
      isAuthority: constraints?.ca === true,
      ...(constraints?.pathLength === undefined ? {} : { pathLength: constraints.pathLength }),
      ...(usage ? { keyUsage: usage.usages } : {}),
      extendedKeyUsages: (extended?.usages ?? []).map(String),
      isUsageCritical: extended?.critical === true,
      ...(subjectKeyId ? { subjectKeyId } : {}),
      ...(authorityKeyId ? { authorityKeyId } : {}),
      unknownCritical: parsed.extensions.some(({ critical, type }) => isUnknown(type, critical)),
      ...keyOfSpki(outer.spki),
      signedPart: outer.signedPart,
      ...(signature ? { signature } : {}),
    }
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    throw new Fault('certificate.malformed', {}, { cause })
  }
}

function isUnknown(type: string, critical: boolean): boolean {
  return type === nameConstraints || (critical && !Object.values(extensions).some((oid) => oid === type))
}

/**
 * What stands in every certificate, read strictly: DER throughout, version 3, a positive serial number of at most 20
 * bytes, and the algorithm of the signature the same inside what is signed (RFC 5280, 4.1).
 */
function readOuter(der: Uint8Array) {
  checkDer(der)
  const [certificate, ...rest] = derElements(der)
  const [signed, algorithm, signature] = derElements(derContent(certificate, derTag.sequence))
  const [version, serial, inner, ...fields] = derElements(derContent(signed, derTag.sequence))
  const [issuer, , subject, spki, ...optional] = fields
  if (rest.length > 0 || signed === undefined || algorithm === undefined || inner === undefined) malformed('form')
  if (issuer === undefined || subject === undefined || spki === undefined) malformed('form')
  if (!equalBytes(derContent(version, derTag.version), versionThree)) malformed('version')
  const number = derUnsigned(derContent(serial, derTag.integer))
  if (number === undefined || number.length > 20 || number.every((byte) => byte === 0)) malformed('serial number')
  if (!equalBytes(inner.bytes, algorithm.bytes)) malformed('two algorithms')
  if (optional.some(({ tag }) => tag !== derTag.extensions)) malformed('unique identifiers')
  const bits = derContent(signature, derTag.bitString)
  if (bits[0] !== 0) malformed('signature')
  return {
    ...{ issuer: issuer.bytes, subject: subject.bytes, spki: spki.bytes, signedPart: signed.bytes },
    ...{ algorithm: algorithm.content, signature: bits.subarray(1) },
  }
}

/** INTEGER 2 */
const versionThree = Uint8Array.of(0x02, 0x01, 0x02)

function hexBytes(hex: string | undefined): Uint8Array | undefined {
  return hex === undefined ? undefined : fromHex(hex)
}

/** AlgorithmIdentifiers with SHA-2 (RFC 5758, 3.2; RFC 4055, 5), and what they stand for. */
const algorithms = [
  { content: '06082a8648ce3d040302', kind: 'ECDSA', curve: 'P-256', width: 32 },
  { content: '06082a8648ce3d040303', kind: 'ECDSA', curve: 'P-384', width: 48 },
  { content: '06092a864886f70d01010b0500', kind: 'RSA', hash: 'SHA-256' },
  { content: '06092a864886f70d01010c0500', kind: 'RSA', hash: 'SHA-384' },
  { content: '06092a864886f70d01010d0500', kind: 'RSA', hash: 'SHA-512' },
] as const

/** ECDSA with the hash that goes with its curve, or RSA (PKCS #1 v1.5); what else there is does not verify here. */
function signatureOf(algorithm: Uint8Array, bytes: Uint8Array): CertificateSignature | undefined {
  const row = algorithms.find(({ content }) => equalBytes(algorithm, fromHex(content) as Uint8Array))
  if (row === undefined) return undefined
  if (row.kind === 'RSA') return { kind: 'RSA', hash: row.hash, bytes }
  const jose = joseSignature(bytes, row.width)
  // One signature has one spelling, else one certificate would have many digests.
  return equalBytes(derSignature(jose), bytes) ? { kind: 'ECDSA', curve: row.curve, bytes: jose } : undefined
}

function malformed(reason: string): never {
  throw new Fault('certificate.malformed', { reason })
}
