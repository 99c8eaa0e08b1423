import { jwsClaims, parseJws, verifyJws, type Jws } from '../crypto/jws.ts'
import type { JsonObject } from '../encoding/json.ts'
import { Fault, within } from '../fault.ts'
import { isInstant, type Instant } from '../instant.ts'
import { lifetimes } from '../lifetimes.ts'
import { limits } from '../limits.ts'
import type { Finding, FindingCode } from '../verdict.ts'
import { parseCertificateChain, type Certificate } from '../x509/certificate.ts'
import { judgeCertificateTime, judgeChainForm } from '../x509/chain.ts'
import { parseIssuerMetadata, type IssuerMetadata } from './metadata.ts'

export const signedMetadataType = 'openidvci-issuer-metadata+jwt'

/** Signed issuer metadata (OpenID4VCI 1.0, 12.2.3); its signer is not yet believed. */
export interface UnverifiedMetadata {
  readonly jws: Jws
  readonly metadata: IssuerMetadata
  readonly issuedAt: Instant
  readonly expires?: Instant
}

/**
 * Reads signed metadata fetched for `issuer`.
 *
 * @throws Fault `metadata.malformed` also if `sub` or the metadata name another issuer, `limit.exceeded`
 */
export function parseSignedMetadata(text: string, issuer: string): UnverifiedMetadata {
  const jws = within('metadata.malformed', () => parseJws(text, { maxBytes: limits.metadata }))
  const claims = within('metadata.malformed', () => jwsClaims(jws))
  const { sub, iat, exp } = claims
  if (sub !== issuer) throw new Fault('metadata.malformed', { at: 'sub' })
  if (!isInstant(iat)) throw new Fault('metadata.malformed', { at: 'iat' })
  if (exp !== undefined && !isInstant(exp)) throw new Fault('metadata.malformed', { at: 'exp' })
  return {
    jws,
    metadata: parseIssuerMetadata(claims, issuer),
    issuedAt: iat,
    ...(exp === undefined ? {} : { expires: exp }),
  }
}

/**
 * Judges signed metadata by their certificate, which has to name the issuer; whether the certificate is trusted is
 * judged apart.
 *
 * @throws Fault `certificate.malformed`, `key.unsupported`, `limit.exceeded`
 */
export async function judgeSignedMetadata(
  { jws, metadata, issuedAt, expires }: UnverifiedMetadata,
  now: Instant,
): Promise<{ readonly findings: readonly Finding[]; readonly certificate: Certificate }> {
  const chain = await parseCertificateChain(jws.header.x5c)
  const [leaf] = chain
  const codes: FindingCode[] = [
    ...(await verifyJws(jws, leaf.publicJwk, { types: [signedMetadataType], purpose: 'metadata' })),
    ...judgeChainForm(chain),
    ...judgeCertificateTime(leaf, now),
  ]
  if (!leaf.uris.includes(metadata.issuer)) codes.push('certificate.name_mismatch')
  if (issuedAt > now + lifetimes.clockSlack) codes.push('clock.wrong')
  if (expires !== undefined && expires + lifetimes.clockSlack < now) codes.push('evidence.too_old')
  return { findings: codes.map((code) => ({ code, at: 'metadata' })), certificate: leaf }
}

/** The claims to sign: the metadata, whose they are, and for how long. */
export function formatSignedMetadata(metadata: JsonObject, issuer: string, issuedAt: Instant): JsonObject {
  return { ...metadata, sub: issuer, iat: issuedAt, exp: issuedAt + lifetimes.signedMetadata }
}

/** The header of signed metadata: form X. */
export function signedMetadataHeader(x5c: readonly string[]): {
  readonly typ: string
  readonly x5c: readonly string[]
} {
  return { typ: signedMetadataType, x5c }
}
