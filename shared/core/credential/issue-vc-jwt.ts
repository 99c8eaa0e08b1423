import { jwkMembers, type PublicJwk } from '../crypto/key.ts'
import { formatDateTime } from '../date-time.ts'
import { jsonObject, type JsonObject } from '../encoding/json.ts'
import type { Instant } from '../instant.ts'
import { baseContext, undefinedTerms } from './contexts.ts'
import type { StatusReference } from './credential.ts'
import { vcJwtType } from './vc-jwt.ts'

/** What a `vc+jwt` certifies, of whom, until when. */
export interface VcJwtContent {
  /** DID of the issuer. */
  readonly issuer: string
  /** Name of the credential itself, an IRI. */
  readonly id?: string
  /** IRIs, beside `VerifiableCredential`. */
  readonly types: readonly string[]
  readonly subject: JsonObject
  readonly holder: PublicJwk
  readonly validFrom: Instant
  readonly validUntil: Instant
  readonly status?: StatusReference
}

/**
 * Header, without `alg` and `kid`, and payload of a `vc+jwt` (VC-JOSE-COSE, 3.1; wire profile, 3).
 *
 * The second context gives a place to names of the subject that no context defines.
 */
export function formatVcJwt(content: VcJwtContent): { readonly header: JsonObject; readonly payload: JsonObject } {
  const { status } = content
  return {
    header: jsonObject({ typ: vcJwtType, cty: 'vc' }),
    payload: jsonObject({
      '@context': [baseContext, undefinedTerms],
      id: content.id,
      type: ['VerifiableCredential', ...content.types],
      issuer: content.issuer,
      validFrom: formatDateTime(content.validFrom),
      validUntil: formatDateTime(content.validUntil),
      credentialSubject: content.subject,
      cnf: jsonObject({ jwk: jwkMembers(content.holder) }),
      status: status && jsonObject({ status_list: jsonObject({ idx: status.index, uri: status.uri }) }),
    }),
  }
}
