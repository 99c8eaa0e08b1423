import { jwsClaims, parseJws } from '../crypto/jws.ts'
import type { PublicJwk } from '../crypto/key.ts'
import { formatDidJwk } from '../did/jwk.ts'
import { isJsonArray, isJsonObject, jsonObject, type Json, type JsonObject } from '../encoding/json.ts'
import { Fault, within } from '../fault.ts'
import type { Instant } from '../instant.ts'
import { limits } from '../limits.ts'
import { baseContext } from './contexts.ts'
import { formatOccasion, type Occasion } from './key-binding.ts'
import { writtenTypes } from './vc-document.ts'
import { parseVcJwt, vcJwtType, type UnverifiedVcJwt, type UnverifiedVpJwt } from './vc-jwt.ts'

export const vpJwtType = 'vp+jwt'

const bounds = { array: limits.jsonArray, string: limits.vcJwt + 64 }

/**
 * Reads what answers a query for `jwt_vc_json`: a presentation, as the credentials in it, each with the presentation it
 * came in; or one credential that nobody signed for.
 *
 * The token's own type says which it is; of one with another type its claims do, so that the wrong type is judged.
 *
 * @throws Fault `credential.malformed`, `limit.exceeded`
 */
export function parseVcPresentation(text: string): readonly UnverifiedVcJwt[] {
  const jws = within('credential.malformed', () => parseJws(text, { maxBytes: limits.vpJwt }))
  const payload = within('credential.malformed', () => jwsClaims(jws, bounds))
  const { vp, verifiableCredential } = payload
  const { typ } = jws.header
  const isPresentation = typ === vpJwtType || vp !== undefined || verifiableCredential !== undefined
  if (typ === vcJwtType || !isPresentation) return [parseVcJwt(text)]
  const isOld = typ !== vpJwtType && vp !== undefined
  if (isOld && !isJsonObject(vp)) malformed('vp')
  const claims = isOld ? (vp as JsonObject) : payload
  const presentation: UnverifiedVpJwt = { format: isOld ? 'vp-jwt-1.1' : 'vp+jwt', text, jws, payload, claims }
  const held = listAt(claims.verifiableCredential)
  return held.map((each) => ({ ...parseVcJwt(isOld ? textAt(each) : envelopedAt(each)), presentation }))
}

function listAt(value: Json | undefined): readonly Json[] {
  const list = isJsonArray(value) ? value : value === undefined ? [] : [value]
  if (list.length === 0) malformed('verifiableCredential')
  if (list.length > limits.vpCredentials) throw new Fault('limit.exceeded', { limit: 'credentials of a presentation' })
  return list
}

function textAt(value: Json): string {
  return typeof value === 'string' ? value : malformed('verifiableCredential')
}

const envelope = 'data:application/vc+jwt,'

/**
 * The token in an `EnvelopedVerifiableCredential` (VCDM 2.0, 4.13). SD-JWTs have a proof of their holder of their own and
 * are presented by themselves.
 */
function envelopedAt(value: Json): string {
  if (!isJsonObject(value) || !writtenTypes(value.type).includes('EnvelopedVerifiableCredential'))
    return malformed('verifiableCredential.type')
  const { id, '@context': named } = value
  const [first] = isJsonArray(named) ? named : [named]
  if (first !== undefined && first !== baseContext) malformed('verifiableCredential.@context')
  if (typeof id !== 'string' || !id.startsWith(envelope)) return malformed('verifiableCredential.id')
  return id.slice(envelope.length)
}

function malformed(at: string): never {
  throw new Fault('credential.malformed', { at })
}

/**
 * Header, without `alg`, and payload of a `vp+jwt` over credentials bound to the holder's key (VC-JOSE-COSE, 3.1;
 * wire profile, 3). The holder goes by a did:jwk of that key.
 */
export function formatVpJwt(
  credentials: readonly string[],
  holder: PublicJwk,
  occasion: Omit<Occasion, 'requestedAt'>,
  iat: Instant,
): { readonly header: JsonObject; readonly payload: JsonObject } {
  const did = formatDidJwk(holder)
  return {
    header: jsonObject({ typ: vpJwtType, cty: 'vp', kid: `${did}#0` }),
    payload: jsonObject({
      '@context': [baseContext],
      type: ['VerifiablePresentation'],
      holder: did,
      verifiableCredential: credentials.map((token) =>
        jsonObject({ '@context': baseContext, type: 'EnvelopedVerifiableCredential', id: envelope + token }),
      ),
      ...formatOccasion(occasion, iat),
    }),
  }
}
