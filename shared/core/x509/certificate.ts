import { sha256 } from '../crypto/hash.ts'
import { joseSignature } from '../crypto/der.ts'
import type { PublicJwk } from '../crypto/key.ts'
import { decodeBase64 } from '../encoding/base64.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { fromHex, toHex } from '../encoding/bytes.ts'
import { isJsonArray, type Json } from '../encoding/json.ts'
import { Fault } from '../fault.ts'
import type { Instant } from '../instant.ts'
import { limits } from '../limits.ts'

/** What we read of an X.509 certificate (RFC 5280). */
export interface Certificate {
  readonly der: Uint8Array
  /** SHA-256 of the DER, base64url: what `x5t#S256` and `x509_hash` name. */
  readonly digest: string
  readonly subject: string
  readonly issuer: string
  readonly notBefore: Instant
  readonly notAfter: Instant
  readonly uris: readonly string[]
  readonly dnsNames: readonly string[]
  readonly isAuthority: boolean
  readonly pathLength?: number
  readonly keyUsage?: number
  readonly extendedKeyUsages: readonly string[]
  readonly subjectKeyId?: Uint8Array
  readonly authorityKeyId?: Uint8Array
  readonly unknownCritical: boolean
  readonly publicJwk: PublicJwk
  /** The signed part, and the signature over it in JOSE form; none where the algorithm is not ours. */
  readonly signedPart: Uint8Array
  readonly signature?: { readonly curve: 'P-256' | 'P-384'; readonly bytes: Uint8Array }
}

/**
 * Reads the `x5c` header of a token: leaf first, standard base64, at most three certificates.
 *
 * @throws Fault `certificate.malformed`, `limit.exceeded`
 */
export async function parseCertificateChain(x5c: Json | undefined): Promise<readonly [Certificate, ...Certificate[]]> {
  if (!isJsonArray(x5c) || x5c.length === 0) throw new Fault('certificate.malformed', { reason: 'no chain' })
  if (x5c.length > limits.certificateChain) throw new Fault('limit.exceeded', { limit: 'certificate chain' })
  const ders = x5c.map((each) => (typeof each === 'string' ? decodeBase64(each) : undefined))
  const size = ders.reduce((sum, der) => sum + (der?.length ?? 0), 0)
  if (size > limits.certificateChainBytes) throw new Fault('limit.exceeded', { limit: 'certificate chain bytes' })
  const chain: Certificate[] = []
  for (const der of ders) chain.push(await parseCertificate(der ?? new Uint8Array()))
  return chain as unknown as readonly [Certificate, ...Certificate[]]
}

/** Names of the extensions whose meaning is checked here or in the chain; another critical one is refused. */
const known = {
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  subjectAltName: '2.5.29.17',
  subjectKeyId: '2.5.29.14',
  authorityKeyId: '2.5.29.35',
} as const

/**
 * Reads one certificate. The parser is loaded at first use: most visits to a page meet none.
 *
 * @throws Fault `certificate.malformed`, `key.unsupported`
 */
export async function parseCertificate(der: Uint8Array): Promise<Certificate> {
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  let parsed: InstanceType<typeof x509.X509Certificate>
  try {
    parsed = new x509.X509Certificate(der as Uint8Array<ArrayBuffer>)
    // The parser reads over what stands behind: one certificate would have many digests.
    const outer = contentStart(der, 0)
    if (outer.start + outer.length !== der.length) throw new Fault('certificate.malformed', { reason: 'not DER' })
    const names = parsed.getExtension(x509.SubjectAlternativeNameExtension)?.names.toJSON() ?? []
    const constraints = parsed.getExtension(x509.BasicConstraintsExtension)
    const usage = parsed.getExtension(x509.KeyUsagesExtension)
    const extended = parsed.getExtension(x509.ExtendedKeyUsageExtension)
    const subjectKeyId = hexBytes(parsed.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId)
    const authorityKeyId = hexBytes(parsed.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId)
    const signature = signatureOf(parsed.signatureAlgorithm, new Uint8Array(parsed.signature))
    return {
      der,
      digest: encodeBase64url(sha256(der)),
      subject: parsed.subject,
      issuer: parsed.issuer,
      notBefore: Math.floor(parsed.notBefore.getTime() / 1000),
      notAfter: Math.floor(parsed.notAfter.getTime() / 1000),
      uris: names.filter((name) => name.type === 'url').map((name) => name.value),
      dnsNames: names.filter((name) => name.type === 'dns').map((name) => name.value),
      isAuthority: constraints?.ca === true,
      ...(constraints?.pathLength === undefined ? {} : { pathLength: constraints.pathLength }),
      ...(usage ? { keyUsage: usage.usages } : {}),
      extendedKeyUsages: (extended?.usages ?? []).map(String),
      ...(subjectKeyId ? { subjectKeyId } : {}),
      ...(authorityKeyId ? { authorityKeyId } : {}),
      unknownCritical: parsed.extensions.some(
        ({ critical, type }) => critical && !Object.values(known).some((oid) => oid === type),
      ),
      publicJwk: keyOfSpki(new Uint8Array(parsed.publicKey.rawData)),
      signedPart: firstElement(der),
      ...(signature ? { signature } : {}),
    }
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    throw new Fault('certificate.malformed', {}, { cause })
  }
}

function hexBytes(hex: string | undefined): Uint8Array | undefined {
  return hex === undefined ? undefined : fromHex(hex)
}

const curves = [
  { crv: 'P-256', width: 32, prefix: '3059301306072a8648ce3d020106082a8648ce3d030107034200' },
  { crv: 'P-384', width: 48, prefix: '3076301006072a8648ce3d020106052b81040022036200' },
] as const

/** The JWK of an uncompressed point in its SubjectPublicKeyInfo (RFC 5480). */
function keyOfSpki(spki: Uint8Array): PublicJwk {
  const hex = toHex(spki)
  const curve = curves.find(({ prefix }) => hex.startsWith(prefix))
  const point = curve && spki.subarray(curve.prefix.length / 2)
  if (!curve || !point || point[0] !== 4 || point.length !== 1 + 2 * curve.width) throw new Fault('key.unsupported')
  return {
    kty: 'EC',
    crv: curve.crv,
    x: encodeBase64url(point.subarray(1, 1 + curve.width)),
    y: encodeBase64url(point.subarray(1 + curve.width)),
  }
}

/** ECDSA with the hash that goes with its curve; what else there is does not verify here. */
function signatureOf(algorithm: unknown, der: Uint8Array): Certificate['signature'] {
  const name = memberOf(algorithm, 'name')
  const hash = memberOf(memberOf(algorithm, 'hash'), 'name') ?? memberOf(algorithm, 'hash')
  if (name !== 'ECDSA' || (hash !== 'SHA-256' && hash !== 'SHA-384')) return undefined
  const [curve, width] = hash === 'SHA-256' ? (['P-256', 32] as const) : (['P-384', 48] as const)
  return { curve, bytes: joseSignature(der, width) }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** The first element inside the outer SEQUENCE, whole: of a certificate, the part that is signed. */
function firstElement(der: Uint8Array): Uint8Array {
  const outer = contentStart(der, 0)
  const inner = contentStart(der, outer.start)
  return der.subarray(outer.start, inner.start + inner.length)
}

function contentStart(der: Uint8Array, at: number): { readonly start: number; readonly length: number } {
  const first = der[at + 1] ?? 0
  if (first < 0x80) return { start: at + 2, length: first }
  let length = 0
  for (let i = 0; i < (first & 0x7f); i++) length = length * 256 + (der[at + 2 + i] ?? 0)
  return { start: at + 2 + (first & 0x7f), length }
}
