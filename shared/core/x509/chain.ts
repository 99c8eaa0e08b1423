import { verifySignature } from '../crypto/signature.ts'
import { equalBytes } from '../encoding/bytes.ts'
import type { Instant } from '../instant.ts'
import type { FindingCode } from '../verdict.ts'
import type { Certificate } from './certificate.ts'

type Chain = readonly [Certificate, ...Certificate[]]

/** Bits of keyUsage (RFC 5280, 4.2.1.3). */
const digitalSignature = 1
const certificateSign = 32

/** What a chain must be whatever it is trusted by: no anchor inside, leaf not self-signed and no authority, usage fitting. */
export function judgeChainForm(chain: Chain): FindingCode[] {
  const [leaf, ...above] = chain
  const findings: FindingCode[] = []
  if (leaf.subject === leaf.issuer) findings.push('certificate.self_signed')
  if (above.some((certificate) => certificate.subject === certificate.issuer))
    findings.push('certificate.anchor_in_chain')
  if (leaf.isAuthority || (leaf.keyUsage !== undefined && (leaf.keyUsage & digitalSignature) === 0)) {
    findings.push('certificate.usage_wrong')
  }
  if (chain.some((certificate) => certificate.unknownCritical)) findings.push('certificate.chain_invalid')
  return findings
}

/** Whether a certificate is inside its own validity at an instant. */
export function judgeCertificateTime(certificate: Certificate, at: Instant): FindingCode[] {
  return certificate.notBefore <= at && at <= certificate.notAfter ? [] : ['certificate.expired']
}

/**
 * Judges that a chain leads to one of the anchors at an instant: names, key identifiers, basic constraints,
 * path length, key usage, validity and signatures of every link (RFC 5280, 6.1 without policies).
 */
export async function judgeChain(chain: Chain, anchors: readonly Certificate[], at: Instant): Promise<FindingCode[]> {
  const last = chain[chain.length - 1] as Certificate
  const anchor = anchors.find((candidate) => isIssuedBy(last, candidate))
  if (!anchor) return [...judgeChainForm(chain), 'certificate.anchor_unknown']
  const path = [...chain, anchor]
  const findings = [...judgeChainForm(chain), ...path.flatMap((certificate) => judgeCertificateTime(certificate, at))]
  for (const [depth, certificate] of chain.entries()) {
    findings.push(...(await judgeLink(certificate, path[depth + 1] as Certificate, depth)))
  }
  return [...new Set(findings)]
}

async function judgeLink(
  certificate: Certificate,
  issuer: Certificate,
  depth: number,
): Promise<readonly FindingCode[]> {
  const mayIssue =
    issuer.isAuthority &&
    (issuer.keyUsage === undefined || (issuer.keyUsage & certificateSign) !== 0) &&
    (issuer.pathLength === undefined || issuer.pathLength >= depth)
  const { signature } = certificate
  if (!mayIssue || !isIssuedBy(certificate, issuer) || signature?.curve !== issuer.publicJwk.crv) {
    return ['certificate.chain_invalid']
  }
  return verifySignature<FindingCode>(
    issuer.publicJwk,
    certificate.signedPart,
    signature.bytes,
    'certificate.chain_invalid',
  )
}

function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  if (certificate.issuer !== issuer.subject) return false
  const { authorityKeyId } = certificate
  const { subjectKeyId } = issuer
  return authorityKeyId === undefined || subjectKeyId === undefined || equalBytes(authorityKeyId, subjectKeyId)
}
