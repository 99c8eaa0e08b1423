import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../encoding/json.ts'
import { Fault } from '../fault.ts'
import { limits } from '../limits.ts'
import { suiteOfFormat } from '../suites/known.ts'

/** A claims path pointer (OpenID4VP 1.0, 7): member names, array indices, `null` for every element. */
export type ClaimPath = readonly (string | number | null)[]

/** A value a claim may be asked to have. */
export type ClaimValue = string | number | boolean

/** One claim that is asked for (OpenID4VP 1.0, 6.3). */
export interface ClaimQuery {
  readonly id?: string
  readonly path: ClaimPath
  readonly values?: readonly ClaimValue[]
}

/** What kind of credential is meant, by format; `other` is read and matches nothing. */
export type TypeQuery =
  | { readonly kind: 'vct'; readonly values: readonly string[] }
  | { readonly kind: 'doctype'; readonly value: string }
  | { readonly kind: 'types'; readonly values: readonly (readonly string[])[] }
  | { readonly kind: 'other' }

export interface TrustedAuthority {
  readonly type: string
  readonly values: readonly string[]
}

/** One credential that is asked for (OpenID4VP 1.0, 6.1). */
export interface CredentialQuery {
  readonly id: string
  readonly format: string
  readonly type: TypeQuery
  readonly multiple: boolean
  readonly requiresHolderBinding: boolean
  readonly trustedAuthorities?: readonly TrustedAuthority[]
  readonly claims?: readonly ClaimQuery[]
  /** Ids of claims: the first set that can be given is. */
  readonly claimSets?: readonly (readonly string[])[]
}

/** Which credentials together answer (OpenID4VP 1.0, 6.2). */
export interface CredentialSetQuery {
  readonly options: readonly (readonly string[])[]
  readonly required: boolean
}

/** A DCQL query (OpenID4VP 1.0, 6). */
export interface DcqlQuery {
  readonly credentials: readonly CredentialQuery[]
  readonly credentialSets?: readonly CredentialSetQuery[]
  /** As it came: for comparing and keeping. */
  readonly json: JsonObject
}

/**
 * Reads a DCQL query.
 *
 * @throws Fault `query.invalid`
 */
export function parseDcqlQuery(value: Json | undefined): DcqlQuery {
  const json = objectAt(value, 'dcql_query')
  const credentials = listAt(json.credentials, 'credentials', limits.dcqlCredentials).map(credentialAt)
  const ids = credentials.map((credential) => credential.id)
  unique(ids, 'credentials')
  if (json.credential_sets === undefined) return { credentials, json }
  const sets = listAt(json.credential_sets, 'credential_sets', limits.dcqlSets)
  return { credentials, credentialSets: sets.map((set, i) => setAt(set, `credential_sets/${i}`, ids)), json }
}

/** The registered identifier of a format that goes by another name too (wire profile, 3). */
export function formatName(format: string): string {
  return format === 'vc+jwt' ? 'jwt_vc_json' : format
}

function credentialAt(value: Json, i: number): CredentialQuery {
  const at = `credentials/${i}`
  const json = objectAt(value, at)
  const format = formatName(textAt(json.format, `${at}/format`))
  const claims = json.claims === undefined ? undefined : claimsAt(json.claims, at, format)
  return {
    id: idAt(json.id, `${at}/id`),
    format,
    type: typeAt(json.meta, format, `${at}/meta`),
    multiple: flagAt(json.multiple, false, `${at}/multiple`),
    requiresHolderBinding: flagAt(
      json.require_cryptographic_holder_binding,
      true,
      `${at}/require_cryptographic_holder_binding`,
    ),
    ...(json.trusted_authorities === undefined
      ? {}
      : { trustedAuthorities: authoritiesAt(json.trusted_authorities, `${at}/trusted_authorities`) }),
    ...(claims === undefined ? {} : { claims }),
    ...(json.claim_sets === undefined ? {} : { claimSets: claimSetsAt(json.claim_sets, at, claims) }),
  }
}

function claimsAt(value: Json, at: string, format: string): readonly ClaimQuery[] {
  const claims = listAt(value, `${at}/claims`, limits.dcqlClaims).map((claim, i) =>
    claimAt(claim, `${at}/claims/${i}`, format),
  )
  unique(
    claims.flatMap((claim) => claim.id ?? []),
    `${at}/claims`,
  )
  return claims
}

function claimAt(value: Json, at: string, format: string): ClaimQuery {
  const json = objectAt(value, at)
  return {
    ...(json.id === undefined ? {} : { id: idAt(json.id, `${at}/id`) }),
    path: pathAt(json.path, `${at}/path`, format),
    ...(json.values === undefined
      ? {}
      : { values: listAt(json.values, `${at}/values`, limits.dcqlValues).map((each) => valueAt(each, at)) }),
  }
}

function pathAt(value: Json | undefined, at: string, format: string): ClaimPath {
  const path = listAt(value, at, limits.dcqlPath).map((step) => {
    if (typeof step === 'string' || step === null) return step
    return typeof step === 'number' && Number.isSafeInteger(step) && step >= 0 ? step : invalid(at)
  })
  // An mdoc has namespaces and elements, nothing deeper (OpenID4VP 1.0, 7.2).
  const isPair = path.length === 2 && path.every((step) => typeof step === 'string')
  return format !== 'mso_mdoc' || isPair ? path : invalid(at)
}

function valueAt(value: Json, at: string): ClaimValue {
  if (typeof value === 'string' || typeof value === 'boolean') return value
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : invalid(`${at}/values`)
}

function claimSetsAt(
  value: Json,
  at: string,
  claims: readonly ClaimQuery[] | undefined,
): readonly (readonly string[])[] {
  if (claims === undefined) return invalid(`${at}/claim_sets`)
  const ids = claims.map((claim) => claim.id)
  if (ids.includes(undefined)) invalid(`${at}/claims`)
  return listAt(value, `${at}/claim_sets`, limits.dcqlClaimSets).map((set, i) =>
    listAt(set, `${at}/claim_sets/${i}`, limits.dcqlClaims).map((id) => knownAt(id, ids, `${at}/claim_sets/${i}`)),
  )
}

function typeAt(value: Json | undefined, format: string, at: string): TypeQuery {
  const meta = objectAt(value, at)
  if (suiteOfFormat(format) !== undefined) return vctsAt(meta, at)
  switch (format) {
    case 'dc+sd-jwt':
      return vctsAt(meta, at)
    case 'mso_mdoc':
      return { kind: 'doctype', value: textAt(meta.doctype_value, `${at}/doctype_value`) }
    case 'jwt_vc_json':
    case 'ldp_vc': {
      const values = listAt(meta.type_values, `${at}/type_values`, limits.dcqlValues)
      return { kind: 'types', values: values.map((types) => textsAt(types, `${at}/type_values`)) }
    }
    default:
      return { kind: 'other' }
  }
}

function vctsAt(meta: JsonObject, at: string): TypeQuery {
  return { kind: 'vct', values: textsAt(meta.vct_values, `${at}/vct_values`) }
}

function authoritiesAt(value: Json, at: string): readonly TrustedAuthority[] {
  return listAt(value, at, limits.dcqlValues).map((each, i) => {
    const json = objectAt(each, `${at}/${i}`)
    return { type: textAt(json.type, `${at}/${i}/type`), values: textsAt(json.values, `${at}/${i}/values`) }
  })
}

function setAt(value: Json, at: string, ids: readonly string[]): CredentialSetQuery {
  const json = objectAt(value, at)
  const options = listAt(json.options, `${at}/options`, limits.dcqlOptions).map((option) => {
    const queries = listAt(option, `${at}/options`, limits.dcqlCredentials)
    return queries.map((id) => knownAt(id, ids, `${at}/options`))
  })
  return { options, required: flagAt(json.required, true, `${at}/required`) }
}

function knownAt(value: Json, ids: readonly (string | undefined)[], at: string): string {
  return typeof value === 'string' && ids.includes(value) ? value : invalid(at)
}

function idAt(value: Json | undefined, at: string): string {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(value) ? value : invalid(at)
}

function textAt(value: Json | undefined, at: string): string {
  return typeof value === 'string' && value !== '' ? value : invalid(at)
}

function textsAt(value: Json | undefined, at: string): readonly string[] {
  return listAt(value, at, limits.dcqlValues).map((text) => textAt(text, at))
}

function flagAt(value: Json | undefined, otherwise: boolean, at: string): boolean {
  if (value === undefined) return otherwise
  return typeof value === 'boolean' ? value : invalid(at)
}

/** An array with something in it, and not too much. */
function listAt(value: Json | undefined, at: string, most: number): readonly Json[] {
  return isJsonArray(value) && value.length > 0 && value.length <= most ? value : invalid(at)
}

function objectAt(value: Json | undefined, at: string): JsonObject {
  return isJsonObject(value) ? value : invalid(at)
}

function unique(ids: readonly string[], at: string): void {
  if (new Set(ids).size !== ids.length) invalid(at)
}

function invalid(at: string): never {
  throw new Fault('query.invalid', { at })
}
