import type { PublicJwk } from '../crypto/key.ts'
import { jsonObject } from '../encoding/json.ts'
import type { Instant } from '../instant.ts'
import { lifetimes } from '../lifetimes.ts'
import type { PresentationRequest } from '../presentation/presentation.ts'
import type { Grounds } from '../trust/prove.ts'
import { readSignerOfChain, type SignerReading } from '../trust/signer.ts'
import type { FindingCode } from '../verdict.ts'
import { statusReference } from './credential.ts'
import { cutMdoc } from './cut-mdoc.ts'
import type { CredentialFormat } from './format.ts'
import { judgeDeviceAuth } from './judge-device-auth.ts'
import type { UnverifiedMdoc } from './mdoc.ts'
import { certificatesOf, coseToBeSigned, judgeCoseHeader, verifyCose } from './mdoc-cose.ts'

/** ISO mdoc by OpenID4VP (wire profile, 3). Its issuer goes by certificate alone, its type by its docType. */
export const mdocFormat: CredentialFormat<UnverifiedMdoc> = {
  readSigner,
  matter: ({ docType, security }) => ({ vct: docType, at: security.validity.signed }),
  judgeSignature,
  judgeClaims,
  // There are no metadata for docTypes: what an element means ISO says.
  judgeType: () => ({ codes: [], ancestors: [] }),
  typesOf: ({ docType }) => [docType],
  statusReference: ({ security }) => statusReference(jsonObject({ status: security.status })),
  isBound: ({ security }) => security.deviceKey !== undefined,
  judgeBinding,
  disclosed: ({ items }) => items.map(({ namespace, element }) => [namespace, element]),
  signedBytes: ({ issuerAuth }) => coseToBeSigned(issuerAuth.protectedBytes, issuerAuth.payload),
  evidence: cutMdoc,
  integrity: () => undefined,
}

function readSigner({ issuerAuth }: UnverifiedMdoc): SignerReading | Promise<SignerReading> {
  const certificates = certificatesOf(issuerAuth)
  return certificates === undefined ? { codes: ['issuer.unknown'] } : readSignerOfChain(certificates)
}

async function judgeSignature({ issuerAuth }: UnverifiedMdoc, key: PublicJwk): Promise<readonly FindingCode[]> {
  const codes = judgeCoseHeader(issuerAuth)
  if (codes.includes('jws.algorithm_refused')) return codes
  if (key.crv !== 'P-256') return [...codes, 'jws.algorithm_refused']
  return [...codes, ...(await verifyCose<FindingCode>(issuerAuth, issuerAuth.payload, key, 'jws.signature_invalid'))]
}

/** When it was signed is told to the day or second; all three times have to fit (ISO/IEC 18013-5, 9.3.1). */
function judgeClaims(
  { security: { validity } }: UnverifiedMdoc,
  _isLogged: boolean,
  now: Instant,
): readonly FindingCode[] {
  const { clockSlack } = lifetimes
  const codes: FindingCode[] = []
  if (now >= validity.until + clockSlack) codes.push('credential.expired')
  if (Math.max(validity.signed, validity.from) > now + clockSlack) codes.push('credential.not_yet_valid')
  return codes
}

function judgeBinding(
  mdoc: UnverifiedMdoc,
  request: PresentationRequest,
  { policy }: Grounds,
): readonly FindingCode[] | Promise<readonly FindingCode[]> {
  const isWaived = mdoc.deviceAuth === undefined && !policy.requireKeyBinding
  return isWaived ? [] : judgeDeviceAuth(mdoc, request)
}
