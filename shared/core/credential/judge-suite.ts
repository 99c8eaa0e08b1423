import { judgeJwsHeader } from '../crypto/jws.ts'
import { suiteOfFormat } from '../suites/known.ts'
import type { Policy } from '../trust/policy.ts'
import type { FindingCode } from '../verdict.ts'
import type { UnverifiedCredential } from './credential.ts'
import { sdJwtForm } from './sd-jwt.ts'

/**
 * Judges a credential in a suite's own format by the registered names, if the policy does not name the suite: type,
 * algorithm and hash are then what nobody has heard of.
 */
export function judgeSuite(credential: UnverifiedCredential, policy: Policy): readonly FindingCode[] {
  if (credential.format === 'mso_mdoc') return []
  const { format, jws, payload } = credential
  const suite = suiteOfFormat(format)
  if (suite === undefined || policy.suites.includes(suite.name)) return []
  const registered = sdJwtForm('dc+sd-jwt')
  const codes = judgeJwsHeader(jws, { types: [registered.format], purpose: 'credential' })
  return payload._sd_alg === registered.hash ? codes : [...codes, 'disclosure.digest_algorithm']
}
