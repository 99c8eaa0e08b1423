import { digestOfText } from '../crypto/hash.ts'
import { jwkMembers, thumbprint, type PublicJwk } from '../crypto/key.ts'
import { isJsonArray, jsonObject, type Json, type JsonObject } from '../encoding/json.ts'
import { limits } from '../limits.ts'

/** A second signature over a credential as it was issued, beside its own: it survives where the first one's algorithm does not. */
export const secondType = 'fujie-second+jwt'

/** The member beside credentials in which second signatures travel, in no order: each says itself what it signs. */
export const secondMember = 'x_fujie_second'

/**
 * Second signatures as they came, unread. What is no list of them is none: they may be missing, and who demands them
 * says so.
 */
export function secondsAt(value: Json | undefined): readonly string[] {
  if (!isJsonArray(value) || value.length > limits.batch) return []
  return value.filter((each) => typeof each === 'string' && each.length <= limits.second) as string[]
}

/** Header and payload that the second key signs; `alg` is the signer's. */
export function formatSecond(
  issued: string,
  key: PublicJwk,
): { readonly header: JsonObject; readonly payload: JsonObject } {
  return {
    header: jsonObject({ typ: secondType, jwk: jwkMembers(key) }),
    payload: jsonObject({ hash: digestOfText(issued) }),
  }
}

/**
 * How a DID document names a second key: among `alsoKnownAs`, by thumbprint (RFC 9278). The log's own records know no
 * such keys, and are too small for them.
 */
export function secondKeyName(key: PublicJwk): string {
  return `urn:ietf:params:oauth:jwk-thumbprint:sha-256:${thumbprint(key)}`
}
