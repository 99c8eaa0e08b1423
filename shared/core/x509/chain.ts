import { verifyRsaSignature } from '../crypto/rsa.ts'
import { verifySignature } from '../crypto/signature.ts'
import { equalBytes } from '../encoding/bytes.ts'
import type { Instant } from '../instant.ts'
import type { FindingCode } from '../verdict.ts'
import type { Certificate, CertificateChain } from './certificate.ts'

/** Bits of keyUsage (RFC 5280, 4.2.1.3). */
const digitalSignature = 1
const certificateSign = 32

/** What a chain must be whatever it is trusted by: no anchor inside, leaf not self-signed and no authority, usage fitting. */
export function judgeChainForm(chain: CertificateChain): FindingCode[] {
  const [leaf, ...above] = chain
  const findings: FindingCode[] = []
  if (isSelfIssued(leaf)) findings.push('certificate.self_signed')
  if (above.some(isSelfIssued)) findings.push('certificate.anchor_in_chain')
  if (!isUsableAsLeaf(leaf)) findings.push('certificate.usage_wrong')
  const isTwice = new Set(chain.map(({ digest }) => digest)).size < chain.length
  if (isTwice || chain.some((certificate) => certificate.unknownCritical)) findings.push('certificate.chain_invalid')
  return findings
}

function isSelfIssued({ subject, issuer }: Certificate): boolean {
  return equalBytes(subject, issuer)
}

/**
 * What the keys of leaves may be for, where a certificate allows nothing else: anything; signing documents (RFC 9336),
 * mdocs and requests for them (ISO/IEC 18013-5, B.1.4 and B.1.7).
 */
const leafUsages: readonly string[] = ['2.5.29.37.0', '1.3.6.1.5.5.7.3.36', '1.0.18013.5.1.2', '1.0.18013.5.1.6']

function isUsableAsLeaf({ isAuthority, keyUsage, isUsageCritical, extendedKeyUsages }: Certificate): boolean {
  const signs = keyUsage === undefined || ((keyUsage & digitalSignature) !== 0 && (keyUsage & certificateSign) === 0)
  const isForUs = !isUsageCritical || extendedKeyUsages.some((usage) => leafUsages.includes(usage))
  return !isAuthority && signs && isForUs
}

/** Whether a certificate is inside its own validity at an instant. */
export function judgeCertificateTime(certificate: Certificate, at: Instant): FindingCode[] {
  return certificate.notBefore <= at && at <= certificate.notAfter ? [] : ['certificate.expired']
}

/**
 * Judges that a chain leads to one of the anchors at an instant: names, key identifiers, basic constraints,
 * path length, key usage, validity and signatures of every link (RFC 5280, 6.1 without policies).
 *
 * An authority may have several certificates under one name: of all that could have issued the chain the best counts.
 */
export async function judgeChain(
  chain: CertificateChain,
  anchors: readonly Certificate[],
  at: Instant,
): Promise<FindingCode[]> {
  const last = chain[chain.length - 1] as Certificate
  const form = judgeChainForm(chain)
  if (chain.some(({ digest }) => anchors.some((anchor) => anchor.digest === digest)))
    form.push('certificate.anchor_in_chain')
  const issuers = anchors.filter((candidate) => isIssuedBy(last, candidate))
  const judged = await Promise.all(issuers.map((anchor) => judgePath([...chain, anchor], at)))
  const best = judged.find((codes) => codes.length === 0) ?? judged[0] ?? (['certificate.anchor_unknown'] as const)
  return [...new Set([...form, ...best])]
}

/** All certificates but the last, which is the anchor, under the one above them. */
async function judgePath(path: readonly Certificate[], at: Instant): Promise<readonly FindingCode[]> {
  const links = await Promise.all(
    path.slice(0, -1).map((certificate, depth) => judgeLink(certificate, path[depth + 1] as Certificate, depth)),
  )
  return [...path.flatMap((certificate) => judgeCertificateTime(certificate, at)), ...links.flat()]
}

async function judgeLink(
  certificate: Certificate,
  issuer: Certificate,
  depth: number,
): Promise<readonly FindingCode[]> {
  const mayIssue =
    issuer.isAuthority &&
    !issuer.unknownCritical &&
    (issuer.keyUsage === undefined || (issuer.keyUsage & certificateSign) !== 0) &&
    (issuer.pathLength === undefined || issuer.pathLength >= depth)
  if (!mayIssue || !isIssuedBy(certificate, issuer)) return invalid
  return verifyIssued(certificate, issuer)
}

const invalid: readonly FindingCode[] = ['certificate.chain_invalid']

/** The signature under the issuer's key, whose kind has to be the signature's. */
async function verifyIssued(
  { signedPart, signature }: Certificate,
  { publicJwk, rsaKey }: Certificate,
): Promise<readonly FindingCode[]> {
  if (signature?.kind === 'ECDSA' && publicJwk?.crv === signature.curve)
    return verifySignature<FindingCode>(publicJwk, signedPart, signature.bytes, 'certificate.chain_invalid')
  if (signature?.kind !== 'RSA' || rsaKey === undefined) return invalid
  return verifyRsaSignature<FindingCode>(
    rsaKey.spki,
    signature.hash,
    signedPart,
    signature.bytes,
    'certificate.chain_invalid',
  )
}

function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  if (!equalBytes(certificate.issuer, issuer.subject)) return false
  const { authorityKeyId } = certificate
  const { subjectKeyId } = issuer
  return authorityKeyId === undefined || subjectKeyId === undefined || equalBytes(authorityKeyId, subjectKeyId)
}
