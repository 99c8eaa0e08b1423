import { verifyJwsSignature, type JwsExpectation } from '../crypto/jws.ts'
import { equalJwk, type PublicJwk } from '../crypto/key.ts'
import { isJsonArray } from '../encoding/json.ts'
import type { Instant } from '../instant.ts'
import type { FindingCode } from '../verdict.ts'
import { baseContext, baseContext11 } from './contexts.ts'
import { judgeVcHeader } from './judge-vc-jwt.ts'
import { judgeOccasion, type Occasion } from './key-binding.ts'
import { idOf, keyOfName, writtenTypes } from './vc-document.ts'
import type { UnverifiedVcJwt, UnverifiedVpJwt } from './vc-jwt.ts'
import { vpJwtType } from './vp-jwt.ts'

const expectations: Readonly<Record<UnverifiedVpJwt['format'], JwsExpectation>> = {
  'vp+jwt': { types: [vpJwtType], purpose: 'key-binding' },
  'vp-jwt-1.1': { types: ['JWT'], purpose: 'vcdm-1.1' },
}

/**
 * Judges that the holder of a credential signed the presentation it came in, for this occasion, just now.
 *
 * `key` comes from the credential, never from the presentation: what that says of its holder adds no trust, and must
 * not be another's.
 */
export async function judgeVpBinding(
  presentation: UnverifiedVpJwt,
  format: UnverifiedVcJwt['format'],
  key: PublicJwk,
  occasion: Occasion,
  now: Instant,
): Promise<readonly FindingCode[]> {
  const { jws, payload } = presentation
  const { purpose } = expectations[presentation.format]
  const header = judgeHeader(presentation, format)
  const signature = header.includes('jws.algorithm_refused') ? [] : await verifyJwsSignature(jws, key, purpose)
  const signed = signature.map((code): FindingCode =>
    code === 'jws.signature_invalid' ? 'key_binding.signature_invalid' : code,
  )
  const holder = isHolder(presentation, key) ? [] : (['key_binding.signature_invalid'] as const)
  return [...new Set([...header, ...signed, ...holder, ...judgeOccasion(payload, occasion, now)])]
}

/** Both of one version, and the presentation one by its type, its context and its claims. */
function judgeHeader(presentation: UnverifiedVpJwt, format: UnverifiedVcJwt['format']): readonly FindingCode[] {
  const { jws, payload, claims } = presentation
  const isNew = presentation.format === 'vp+jwt'
  const codes = judgeVcHeader(jws, expectations[presentation.format], !isNew)
  const named = claims['@context']
  const isPresentation =
    isNew === (format === 'vc+jwt') &&
    (isJsonArray(named) ? named[0] : named) === (isNew ? baseContext : baseContext11) &&
    writtenTypes(claims.type).includes('VerifiablePresentation') &&
    payload.vc === undefined &&
    (!isNew || payload.vp === undefined)
  return isPresentation || codes.includes('jws.type_wrong') ? codes : [...codes, 'jws.type_wrong']
}

/** One holder by every name, and one whose key it is wherever the name tells its key. */
function isHolder({ format, jws, payload, claims }: UnverifiedVpJwt, key: PublicJwk): boolean {
  const stated = idOf(claims.holder)
  const holder = format === 'vp+jwt' ? stated : payload.iss
  const { kid } = jws.header
  if (typeof holder !== 'string') return false
  const isOne = [stated, payload.iss].every((name) => name === undefined || name === holder)
  const isOwn = kid === undefined || (typeof kid === 'string' && (kid.startsWith('#') || kid.startsWith(`${holder}#`)))
  const named = keyOfName(holder)
  return isOne && isOwn && (named === undefined || equalJwk(named, key))
}
