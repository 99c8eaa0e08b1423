import type { PublicJwk } from '../crypto/key.ts'
import { instantOfDateTime } from '../date-time.ts'
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../encoding/json.ts'
import { Fault } from '../fault.ts'
import { isInstant, type Instant } from '../instant.ts'
import { expandTypes, knownContexts } from './contexts.ts'
import { holderKey, keyOfSelf } from './holder-key.ts'
import type { UnverifiedVcJwt } from './vc-jwt.ts'

/** A time as a document states it: an instant, or nothing one can reckon with. */
export type StatedTime = Instant | 'broken'

/** What a document of the W3C data model says, and the token around it, in one form for both versions. */
export interface VcFacts {
  /** The party it says has issued it. */
  readonly issuer?: string
  /** What its types stand for, in order. */
  readonly types: readonly string[]
  readonly subjects: readonly JsonObject[]
  readonly starts: readonly StatedTime[]
  readonly ends: readonly StatedTime[]
  /** When it was issued: `iat`, else the first start stated. */
  readonly issuedAt?: Instant
}

/** Each is asked for several times in a judgement. A credential that was read never changes. */
const known = new WeakMap<UnverifiedVcJwt, VcFacts>()

/** The facts of a credential; what is missing or of another shape is left out. */
export function readVcFacts(credential: UnverifiedVcJwt): VcFacts {
  const before = known.get(credential)
  if (before !== undefined) return before
  const read = factsOf(credential)
  known.set(credential, read)
  return read
}

function factsOf(credential: UnverifiedVcJwt): VcFacts {
  const { payload, claims, format } = credential
  const { iat, nbf, exp } = payload
  const isOld = format === 'vc-jwt-1.1'
  const starts = [
    ...[claims.validFrom, isOld ? claims.issuanceDate : undefined].flatMap((value) => stated(value, 'up')),
    ...statedNumber(nbf),
    ...statedNumber(iat),
  ]
  const ends = [
    ...[claims.validUntil, isOld ? claims.expirationDate : undefined].flatMap((value) => stated(value, 'down')),
    ...statedNumber(exp),
  ]
  const issuer = isOld ? (payload.iss ?? idOf(claims.issuer)) : idOf(claims.issuer)
  const issuedAt = [iat, ...starts].find(isInstant)
  return {
    types: typesOf(credential),
    subjects: subjectsOf(claims.credentialSubject),
    ...{ starts, ends },
    ...(typeof issuer === 'string' ? { issuer } : {}),
    ...(issuedAt === undefined ? {} : { issuedAt }),
  }
}

function stated(value: Json | undefined, round: 'up' | 'down'): readonly StatedTime[] {
  return value === undefined ? [] : [instantOfDateTime(value, round) ?? 'broken']
}

function statedNumber(value: Json | undefined): readonly StatedTime[] {
  if (value === undefined) return []
  return [isInstant(value) ? value : 'broken']
}

/** An IRI, or an object that is named by one (VCDM 2.0, 4.7). */
export function idOf(value: Json | undefined): Json | undefined {
  return isJsonObject(value) ? value.id : value
}

/** Types as they are written: one, or several. */
export function writtenTypes(value: Json | undefined): readonly string[] {
  const types = isJsonArray(value) ? value : [value]
  return types.filter((type) => typeof type === 'string')
}

/** Names of VCDM 1.1 remain as they are: its contexts are none of ours. */
function typesOf({ claims, format }: UnverifiedVcJwt): readonly string[] {
  const named = claims['@context']
  const known = format === 'vc+jwt' && isJsonArray(named) ? (knownContexts(named) ?? []) : []
  return expandTypes(writtenTypes(claims.type), known)
}

function subjectsOf(value: Json | undefined): readonly JsonObject[] {
  const subjects = isJsonArray(value) ? value : [value]
  return subjects.every(isJsonObject) ? subjects : []
}

/**
 * The key a credential is bound to: its `cnf`. Of VCDM 1.1, which has none, the key of a subject named by did:key or
 * did:jwk.
 */
export function holderKeyOfVc(credential: UnverifiedVcJwt): PublicJwk | undefined {
  const { payload, claims, format } = credential
  if (format === 'vc+jwt' || payload.cnf !== undefined) return holderKey(payload)
  const subject = payload.sub ?? idOf(claims.credentialSubject)
  return typeof subject === 'string' ? keyOfName(subject) : undefined
}

/** The key a name has in itself; undefined for all other names. */
export function keyOfName(name: string): PublicJwk | undefined {
  try {
    return keyOfSelf(name)
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.kind === 'input') return undefined
    throw thrown
  }
}
