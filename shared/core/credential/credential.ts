import { isJsonObject, type JsonObject } from '../encoding/json.ts'
import type { UnverifiedMdoc } from './mdoc.ts'
import type { UnverifiedSdJwt } from './sd-jwt.ts'
import type { UnverifiedVcJwt } from './vc-jwt.ts'

/** A credential in any format we read; a new format is a member here and a row in `judge`. */
export type UnverifiedCredential = UnverifiedSdJwt | UnverifiedMdoc | UnverifiedVcJwt

declare const verified: unique symbol

/** A credential that stood before the judge. Only an accepted verdict gives one. */
export type VerifiedCredential = UnverifiedCredential & { readonly [verified]: true }

/** Where the status of a credential stands (Token Status List, 6.2). */
export interface StatusReference {
  readonly uri: string
  readonly index: number
}

/** The reference of a credential: none, or 'broken' if it has a status that is no reference we can follow. */
export function statusReference(claims: JsonObject): StatusReference | 'broken' | undefined {
  const { status } = claims
  if (status === undefined) return undefined
  const list = isJsonObject(status) ? status.status_list : undefined
  if (!isJsonObject(list)) return 'broken'
  const { uri, idx: index } = list
  if (typeof uri !== 'string' || typeof index !== 'number' || !Number.isSafeInteger(index) || index < 0) return 'broken'
  return { uri, index }
}
