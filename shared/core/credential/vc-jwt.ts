import { jwsClaims, parseJws, type Jws } from '../crypto/jws.ts'
import { isJsonObject, type JsonObject } from '../encoding/json.ts'
import { Fault, within } from '../fault.ts'
import { limits } from '../limits.ts'
import type { FindingCode } from '../verdict.ts'

export const vcJwtType = 'vc+jwt'

/** A credential of the W3C data model in a JWS, taken apart. Nothing of it is believed yet. */
export interface UnverifiedVcJwt {
  /** `vc+jwt`: the payload is a VCDM 2.0 document. `vc-jwt-1.1`: a VCDM 1.1 document stands in its claim `vc`. */
  readonly format: 'vc+jwt' | 'vc-jwt-1.1'
  readonly text: string
  readonly jws: Jws
  /** As it was signed. */
  readonly payload: JsonObject
  /** The document: what a query asks about. */
  readonly claims: JsonObject
  /** The presentation it came in, if its holder signed one. */
  readonly presentation?: UnverifiedVpJwt
  readonly defects: readonly FindingCode[]
}

/** A presentation of the W3C data model in a JWS, without what it holds. Nothing of it is believed yet. */
export interface UnverifiedVpJwt {
  /** `vp+jwt`: VCDM 2.0. `vp-jwt-1.1`: a VCDM 1.1 presentation stands in its claim `vp`. */
  readonly format: 'vp+jwt' | 'vp-jwt-1.1'
  readonly text: string
  readonly jws: Jws
  readonly payload: JsonObject
  /** The document. */
  readonly claims: JsonObject
}

const bounds = { array: 256, string: limits.vcJwt }

/**
 * Reads a credential in a JWS: VCDM 1.1 if it has `vc` and does not say it is `vc+jwt`, else VCDM 2.0.
 *
 * @throws Fault `credential.malformed`, `limit.exceeded`
 */
export function parseVcJwt(text: string): UnverifiedVcJwt {
  const jws = within('credential.malformed', () => parseJws(text, { maxBytes: limits.vcJwt }))
  const payload = within('credential.malformed', () => jwsClaims(jws, bounds))
  if (payload.vc === undefined || jws.header.typ === vcJwtType)
    return { format: 'vc+jwt', text, jws, payload, claims: payload, defects: jws.defects }
  const { vc } = payload
  if (!isJsonObject(vc)) throw new Fault('credential.malformed', { at: 'vc' })
  return { format: 'vc-jwt-1.1', text, jws, payload, claims: vc, defects: jws.defects }
}
