// Before the package that needs it.
import 'reflect-metadata'
import { p256 } from '@noble/curves/nist.js'
import * as x509 from '@peculiar/x509'
import { sha256 } from '../core/crypto/hash.ts'
import type { PublicJwk } from '../core/crypto/key.ts'
import { decodeBase64url } from '../core/encoding/base64url.ts'
import { concatBytes, fromHex, toHex } from '../core/encoding/bytes.ts'
import { Fault } from '../core/fault.ts'
import type { Instant } from '../core/instant.ts'
import { parseCertificate } from '../core/x509/certificate.ts'
import type { PrivateJwk } from './signer-file.ts'

/** What every certificate says. The serial number, in hex, is the maker's: equal input gives equal bytes. */
export interface CertificateTerms {
  /** Common name. */
  readonly name: string
  /** Hexadecimal; unique for its authority. */
  readonly serial: string
  readonly notBefore: Instant
  readonly notAfter: Instant
}

export interface AuthorityTerms extends CertificateTerms {
  /** P-256. */
  readonly key: PrivateJwk
}

/** An authority of our own: what a demonstration or an agency pins as its anchor. */
export interface Authority {
  readonly der: Uint8Array
  readonly name: string
  readonly key: PrivateJwk
}

/** One key, two names: the DID under which it is logged, and the web identifier (wire profile, 1). */
export interface LeafTerms extends CertificateTerms {
  /** P-256. */
  readonly publicJwk: PublicJwk
  readonly did: string
  /** `https` identifier; its host becomes a DNS name unless it is an address. */
  readonly identifier: string
}

/** RFC 5280, 4.2.1.3 */
const { digitalSignature, keyCertSign, cRLSign } = x509.KeyUsageFlags

/** A leaf lasts at most 13 months. */
const longestLeaf = 397 * 86_400

/**
 * Makes the self-signed certificate of an authority.
 *
 * @throws Fault `key.unsupported`
 */
export async function makeAuthority(terms: AuthorityTerms): Promise<Authority> {
  const { name, key } = terms
  const keyId = keyIdOf(key)
  const extensions = [
    new x509.BasicConstraintsExtension(true, 0, true),
    new x509.KeyUsagesExtension(keyCertSign | cRLSign, true),
    new x509.SubjectKeyIdentifierExtension(keyId),
  ]
  return { der: await make(terms, { issuer: name, publicJwk: key, extensions }, key), name, key }
}

/**
 * Issues the certificate of an issuer's or verifier's key; the chain to send, leaf first, without the anchor.
 *
 * @throws Fault `key.unsupported`, `certificate.malformed` if it would last longer than 13 months
 */
export async function makeLeaf(authority: Authority, terms: LeafTerms): Promise<readonly [Uint8Array]> {
  if (terms.notAfter - terms.notBefore > longestLeaf)
    throw new Fault('certificate.malformed', { reason: 'lasts too long' })
  const extensions = [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(digitalSignature, true),
    new x509.SubjectKeyIdentifierExtension(keyIdOf(terms.publicJwk)),
    new x509.AuthorityKeyIdentifierExtension(keyIdOf(authority.key)),
    new x509.SubjectAlternativeNameExtension(alternativeNames(terms)),
  ]
  const content = { issuer: authority.name, publicJwk: terms.publicJwk, extensions }
  return [await make(terms, content, authority.key)]
}

function alternativeNames({ did, identifier }: LeafTerms): x509.JsonGeneralNames {
  const { hostname } = new URL(identifier)
  const isAddress = /^[0-9.]+$|^\[/.test(hostname)
  const names: x509.JsonGeneralNames = [
    { type: 'url', value: did },
    { type: 'url', value: identifier },
  ]
  return isAddress ? names : [...names, { type: 'dns', value: hostname }]
}

interface Content {
  readonly issuer: string
  readonly publicJwk: PublicJwk
  readonly extensions: readonly x509.Extension[]
}

/** Twice: the package tells the bytes to sign only by making them. */
async function make(terms: CertificateTerms, content: Content, key: PrivateJwk): Promise<Uint8Array> {
  const unsigned = await parseCertificate(await encode(terms, content, new Uint8Array(64).fill(1)))
  return encode(terms, content, signDeterministically(unsigned.signedPart, key))
}

async function encode(terms: CertificateTerms, content: Content, signature: Uint8Array): Promise<Uint8Array> {
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: terms.serial,
    subject: nameOf(terms.name),
    issuer: nameOf(content.issuer),
    notBefore: new Date(terms.notBefore * 1000),
    notAfter: new Date(terms.notAfter * 1000),
    publicKey: spkiOf(content.publicJwk),
    signingAlgorithm: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as EcdsaAlgorithm,
    signature: new Uint8Array(signature),
    extensions: [...content.extensions],
  })
  return new Uint8Array(certificate.rawData)
}

interface EcdsaAlgorithm {
  readonly name: 'ECDSA'
  readonly namedCurve: 'P-256'
  readonly hash: 'SHA-256'
}

function nameOf(commonName: string): x509.Name {
  return new x509.Name([{ CN: [commonName] }])
}

/** RFC 6979, so that a demonstration has the same certificates every day. */
function signDeterministically(message: Uint8Array, { d }: PrivateJwk): Uint8Array {
  const secret = decodeBase64url(d)
  if (!secret) throw new Fault('key.unsupported')
  return p256.sign(message, secret, { prehash: true, lowS: false })
}

const spkiPrefix = fromHex('3059301306072a8648ce3d020106082a8648ce3d03010703420004') as Uint8Array

/** SubjectPublicKeyInfo of an uncompressed P-256 point (RFC 5480). */
function spkiOf(jwk: PublicJwk): Uint8Array<ArrayBuffer> {
  return new Uint8Array(concatBytes(spkiPrefix, pointOf(jwk)))
}

function pointOf({ crv, x, y }: PublicJwk): Uint8Array {
  const [left, right] = [decodeBase64url(x), decodeBase64url(y ?? '')]
  if (crv !== 'P-256' || !left || !right) throw new Fault('key.unsupported', { reason: 'not P-256' })
  return concatBytes(left, right)
}

/** The first 160 bits of a SHA-256 over the point (RFC 7093, 2, method 1), hex. */
function keyIdOf(jwk: PublicJwk): string {
  return toHex(sha256(concatBytes(Uint8Array.of(4), pointOf(jwk))).subarray(0, 20))
}
