import { utf8 } from '../encoding/bytes.ts'
import type { PresentationRequest } from '../presentation/presentation.ts'
import { accreditedTypes } from '../trust/accredited-types.ts'
import type { IssuerJudgement } from '../trust/judge-issuer.ts'
import type { Grounds } from '../trust/prove.ts'
import { readSigner, type SignerReading } from '../trust/signer.ts'
import type { FindingCode } from '../verdict.ts'
import { baseTypes } from './contexts.ts'
import { cutVcJwt } from './cut-vc-jwt.ts'
import type { CredentialFormat } from './format.ts'
import { judgeVcClaims, judgeVcSignature, judgeVcTerms, matterOfVc, statusOfVc } from './judge-vc-jwt.ts'
import { judgeVpBinding } from './judge-vp-jwt.ts'
import { holderKeyOfVc, readVcFacts } from './vc-document.ts'
import type { UnverifiedVcJwt } from './vc-jwt.ts'

/** Credentials of the W3C data model in a JWS, of both versions (wire profile, 3). */
export const vcJwtFormat: CredentialFormat<UnverifiedVcJwt> = {
  readSigner: readIssuer,
  matter: matterOfVc,
  judgeSignature: judgeVcSignature,
  judgeClaims: judgeVcClaims,
  judgeType: (credential) => ({ codes: judgeVcTerms(credential), ancestors: [] }),
  typesOf,
  statusReference: statusOfVc,
  isBound: (credential) => holderKeyOfVc(credential) !== undefined,
  judgeBinding,
  disclosed: () => [],
  signedBytes: ({ jws }) => utf8(jws.signedText),
  evidence: cutVcJwt,
  integrity: () => undefined,
}

/** By DID alone: this format knows no second name in a certificate. */
function readIssuer(credential: UnverifiedVcJwt): Promise<SignerReading> | SignerReading {
  const { jws } = credential
  if (jws.header.x5c !== undefined) return { codes: ['jws.key_header_refused'] }
  return readSigner(jws, readVcFacts(credential).issuer)
}

/** `VerifiableCredential`, by its IRI and as everybody writes it, and the types its issuer has a right to. */
async function typesOf(
  credential: UnverifiedVcJwt,
  issuer: IssuerJudgement,
  grounds: Grounds,
): Promise<readonly string[]> {
  const { vct, at } = matterOfVc(credential, grounds.now)
  const base = baseTypes.VerifiableCredential as string
  const further = readVcFacts(credential).types.filter((type) => type !== vct && type !== base)
  const types = [base, 'VerifiableCredential', vct, ...(await accreditedTypes(further, issuer, at, grounds))]
  return [...new Set(types)]
}

/** By the key that the issuer bound it to; what came is judged even where none is demanded. */
async function judgeBinding(
  credential: UnverifiedVcJwt,
  request: PresentationRequest,
  { policy, now }: Grounds,
): Promise<readonly FindingCode[]> {
  const { presentation, format } = credential
  if (presentation === undefined) return policy.requireKeyBinding ? ['key_binding.missing'] : []
  const key = holderKeyOfVc(credential)
  return key === undefined ? ['credential.unbound'] : judgeVpBinding(presentation, format, key, request, now)
}
