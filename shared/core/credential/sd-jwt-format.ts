import type { Purpose } from '../crypto/algorithms.ts'
import { verifyJws } from '../crypto/jws.ts'
import type { PublicJwk } from '../crypto/key.ts'
import { utf8 } from '../encoding/bytes.ts'
import { isJsonArray, type Json } from '../encoding/json.ts'
import { isInstant, type Instant } from '../instant.ts'
import { lifetimes } from '../lifetimes.ts'
import type { PresentationRequest } from '../presentation/presentation.ts'
import { suiteOfFormat } from '../suites/known.ts'
import { accreditedTypes } from '../trust/accredited-types.ts'
import type { Matter } from '../trust/judge-accreditation.ts'
import type { IssuerJudgement } from '../trust/judge-issuer.ts'
import type { Grounds } from '../trust/prove.ts'
import { readSigner } from '../trust/signer.ts'
import type { FindingCode } from '../verdict.ts'
import { statusReference } from './credential.ts'
import { cutSdJwt } from './cut-sd-jwt.ts'
import type { CredentialFormat } from './format.ts'
import { holderKey } from './holder-key.ts'
import { judgeType } from './judge-type.ts'
import { judgeKeyBinding } from './key-binding.ts'
import { sdJwtForm, type SdJwtFormat, type UnverifiedSdJwt } from './sd-jwt.ts'

/** SD-JWT VC (wire profile, 2), also under the names of a suite (11). */
export const sdJwtFormat: CredentialFormat<UnverifiedSdJwt> = {
  readSigner: ({ jws, claims }) => readSigner(jws, claims.iss),
  matter,
  judgeSignature,
  judgeClaims,
  judgeType,
  typesOf,
  statusReference: ({ claims }) => statusReference(claims),
  isBound: (credential) => keyOfHolder(credential) !== undefined,
  judgeBinding,
  disclosed: ({ places }) => places.map(({ path }) => path),
  signedBytes: ({ jws }) => utf8(jws.signedText),
  evidence: cutSdJwt,
  integrity: ({ claims }) => textOf(claims['vct#integrity']),
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function matter({ claims: { vct, region, iat, nbf } }: UnverifiedSdJwt, now: Instant): Matter {
  const at = [iat, nbf].find(isInstant) ?? now
  return { vct: typeof vct === 'string' ? vct : '', at, ...(typeof region === 'string' ? { region } : {}) }
}

async function judgeSignature(
  { format, jws, claims, defects }: UnverifiedSdJwt,
  key: PublicJwk,
): Promise<readonly FindingCode[]> {
  const types = format === 'dc+sd-jwt' && claims.vct !== undefined ? [format, 'vc+sd-jwt'] : [format]
  const codes = await verifyJws(jws, key, { types, purpose: purposeOf(format, 'credential') })
  return codes.filter((code) => !defects.includes(code))
}

/** A suite's credentials and their bindings are signed by the suite alone. */
function purposeOf<P extends Purpose>(format: SdJwtFormat, registered: P) {
  const suite = suiteOfFormat(format)
  return suite === undefined ? registered : (`suite:${suite.name}` as const)
}

/** Keys of a suite count inside its own credentials. */
function keyOfHolder({ claims, format }: UnverifiedSdJwt): PublicJwk | undefined {
  const suite = suiteOfFormat(format)
  return holderKey(claims, suite === undefined ? [] : [suite.name])
}

function judgeClaims({ payload, places }: UnverifiedSdJwt, isLogged: boolean, now: Instant): FindingCode[] {
  const { vct, iat, exp, nbf, status } = payload
  const isDated = [iat, exp, nbf].every(isOptionalInstant) && (exp !== undefined || status !== undefined)
  const isOurs = !isLogged || iat !== undefined
  const codes: FindingCode[] =
    typeof vct === 'string' && vct !== '' && isDated && isOurs ? [] : ['credential.claim_missing']
  if (isLogged && places.some(({ path }) => path[0] === 'iat')) codes.push('disclosure.claim_hidden')
  if (isInstant(exp) && now >= exp + lifetimes.clockSlack) codes.push('credential.expired')
  if ([iat, nbf].some((start) => isInstant(start) && start > now + lifetimes.clockSlack))
    codes.push('credential.not_yet_valid')
  return codes
}

function isOptionalInstant(value: Json | undefined): boolean {
  return value === undefined || isInstant(value)
}

/** A further type counts only if the issuer may issue that one too. */
function typesOf(
  { claims: { vct, aka_vcts: others, iat } }: UnverifiedSdJwt,
  issuer: IssuerJudgement,
  grounds: Grounds,
): readonly string[] | Promise<readonly string[]> {
  if (typeof vct !== 'string') return []
  if (!isJsonArray(others)) return [vct]
  const further = others.filter((each) => typeof each === 'string')
  const at = isInstant(iat) ? iat : grounds.now
  return accreditedTypes(further, issuer, at, grounds).then((types) => [vct, ...types])
}

/** By the key that the issuer bound it to; what came is judged even where none is demanded. */
async function judgeBinding(
  credential: UnverifiedSdJwt,
  request: PresentationRequest,
  { policy, now }: Grounds,
): Promise<readonly FindingCode[]> {
  const { format, keyBinding, presented, defects } = credential
  const key = keyOfHolder(credential)
  if (keyBinding === undefined) {
    const isBroken = defects.includes('key_binding.signature_invalid')
    return policy.requireKeyBinding && !isBroken ? ['key_binding.missing'] : []
  }
  if (key === undefined) return ['credential.unbound']
  const form = { digest: sdJwtForm(format).digest, purpose: purposeOf(format, 'key-binding') }
  return judgeKeyBinding(keyBinding, presented, key, request, now, form)
}
