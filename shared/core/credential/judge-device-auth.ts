import type { FindingCode } from '../verdict.ts'
import type { Occasion } from './key-binding.ts'
import type { UnverifiedMdoc } from './mdoc.ts'
import { judgeCoseHeader, verifyCose } from './mdoc-cose.ts'
import { deviceAuthentication, sessionTranscript } from './mdoc-transcript.ts'

/**
 * Judges that the holder showed the mdoc on this occasion (ISO/IEC 18013-5, 9.1.3; OpenID4VP 1.0, B.2.6).
 *
 * Audience, nonce and address are not in the answer: they stand in what is signed. So that one of them is wrong shows
 * only as a signature that does not hold. When it was signed it does not say: how old it may be is for who keeps the
 * nonce. Which items were chosen is not signed either; each of them is the issuer's.
 */
export async function judgeDeviceAuth(
  { deviceAuth, security, docType }: UnverifiedMdoc,
  occasion: Occasion,
): Promise<readonly FindingCode[]> {
  const key = security.deviceKey
  if (deviceAuth === undefined) return ['key_binding.missing']
  if (key === undefined) return ['credential.unbound']
  const { signature, nameSpaces } = deviceAuth
  // A MAC would need a key agreed with the reader, which there is none for here (OpenID4VP 1.0, B.2.6).
  if (signature === undefined) return ['key_binding.signature_invalid']
  const transcript = sessionTranscript(occasion)
  const signed: readonly FindingCode[] =
    transcript === undefined || signature.payload !== null
      ? ['key_binding.signature_invalid']
      : await verifyCose(
          signature,
          deviceAuthentication(transcript, docType, nameSpaces),
          key,
          'key_binding.signature_invalid' as const,
        )
  // There is no place in it for transaction data.
  const isForeign = (occasion.transactionHashes ?? []).length > 0
  const rest: readonly FindingCode[] = isForeign ? ['key_binding.transaction_mismatch'] : []
  return [...judgeCoseHeader(signature), ...signed, ...rest]
}
