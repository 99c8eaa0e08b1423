import { isJsonObject, type Json, type JsonObject } from '../encoding/json.ts'
import { faultCode } from '../fault.ts'
import { limits } from '../limits.ts'
import { findEvidence } from '../presentation/evidence.ts'
import type { Grounds } from '../trust/prove.ts'
import type { FindingCode } from '../verdict.ts'
import type { ClaimPath, Place } from './resolve.ts'
import type { UnverifiedSdJwt } from './sd-jwt.ts'
import {
  integrityOf,
  parseTypeMetadata,
  type ClaimMetadata,
  type MetadataPath,
  type TypeMetadata,
} from './type-metadata.ts'

export interface TypeJudgement {
  readonly codes: readonly FindingCode[]
  /** Types that the credential's own type extends. */
  readonly ancestors: readonly string[]
}

/**
 * Judges whether a credential keeps to the metadata of its type, which its issuer named by digest (wire profile, 2).
 *
 * A mandatory claim that was not shown is no fault; missing metadata is one where it is expected.
 */
export async function judgeType(
  credential: UnverifiedSdJwt,
  isExpected: boolean,
  grounds: Grounds,
): Promise<TypeJudgement> {
  const { claims } = credential
  const ancestors: string[] = []
  const codes = new Set<FindingCode>()
  let next: Required<NonNullable<TypeMetadata['extends']>> | undefined = reference(claims.vct, claims['vct#integrity'])
  for (let depth = 0; next !== undefined; depth++) {
    const read: TypeMetadata | 'broken' | undefined =
      depth > limits.typeExtends ? 'broken' : await metadataOf(next.integrity, grounds)
    if (read === undefined && isExpected) codes.add('evidence.missing')
    if (read === undefined) break
    if (read === 'broken' || read.vct !== next.vct || ancestors.includes(read.vct)) {
      codes.add('credential.type_metadata_mismatch')
      break
    }
    ancestors.push(read.vct)
    for (const rule of read.claims) {
      const code = judgeRule(rule, credential)
      if (code !== undefined) codes.add(code)
    }
    next = read.extends && reference(read.extends.vct, read.extends.integrity)
  }
  return { codes: [...codes], ancestors: ancestors.slice(1) }
}

function reference(vct: Json | undefined, integrity: Json | undefined) {
  return typeof vct === 'string' && typeof integrity === 'string' ? { vct, integrity } : undefined
}

async function metadataOf(
  integrity: string,
  { evidence, cache }: Grounds,
): Promise<TypeMetadata | 'broken' | undefined> {
  const item = findEvidence(evidence, 'type_metadata', integrity)
  return item && (await cache.of('type', integrity, item.bytes, () => readMetadata(item.bytes, integrity)))
}

function readMetadata(bytes: Uint8Array, integrity: string): TypeMetadata | 'broken' {
  if (integrityOf(bytes) !== integrity) return 'broken'
  try {
    return parseTypeMetadata(bytes)
  } catch (thrown) {
    if (faultCode(thrown) === 'unexpected') throw thrown
    return 'broken'
  }
}

function judgeRule(
  { path, sd, mandatory }: ClaimMetadata,
  { claims, places }: UnverifiedSdJwt,
): FindingCode | undefined {
  switch (sd) {
    case 'allowed':
      return undefined
    case 'always':
      return has(claims, path) && !isHidden(places, path) ? 'credential.type_metadata_mismatch' : undefined
    case 'never':
      if (isHidden(places, path)) return 'disclosure.claim_hidden'
      return mandatory && path.length === 1 && !has(claims, path) ? 'credential.type_metadata_mismatch' : undefined
  }
}

function isHidden(places: readonly Place[], path: MetadataPath): boolean {
  for (const place of places) if (place.path.length === path.length && isAt(place.path, path)) return true
  return false
}

function isAt(place: ClaimPath, path: MetadataPath): boolean {
  return path.every((step, i) => step === place[i] || (step === null && typeof place[i] === 'number'))
}

/** Whether there is anything at a path; elements of arrays count one by one and are left to their own rule. */
function has(claims: JsonObject, path: MetadataPath): boolean {
  let value: Json | undefined = claims
  for (const step of path) {
    if (typeof step !== 'string' || !isJsonObject(value)) return false
    value = value[step]
  }
  return value !== undefined
}
