import { sha256 } from '../crypto/hash.ts'
import { jwkMembers, parsePublicJwk, thumbprint, type PublicJwk } from '../crypto/key.ts'
import { jwsClaims, parseJws, verifyJws } from '../crypto/jws.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { utf8 } from '../encoding/bytes.ts'
import { jsonObject, type JsonObject } from '../encoding/json.ts'
import { Fault, within } from '../fault.ts'
import type { Instant } from '../instant.ts'
import { lifetimes } from '../lifetimes.ts'
import { limits } from '../limits.ts'

/** Proof of the key a token is bound to, made for one call (RFC 9449). */
export const dpopType = 'dpop+jwt'

export interface DpopTerms {
  readonly method: string
  readonly url: string
  readonly issuedAt: Instant
  /** Never used before: at least 96 random bits. */
  readonly jti: string
  /** From the server's `DPoP-Nonce`. */
  readonly nonce?: string
  /** With a call that carries one. */
  readonly accessToken?: string
}

/** The claims to sign, under `dpopHeader` (RFC 9449, 4.2). */
export function formatDpop({ method, url, issuedAt, jti, nonce, accessToken }: DpopTerms): JsonObject {
  const ath = accessToken === undefined ? undefined : accessTokenHash(accessToken)
  return jsonObject({ jti, htm: method, htu: targetOf(url), iat: issuedAt, nonce, ath })
}

/** The header: the key itself. */
export function dpopHeader(key: PublicJwk): { readonly typ: string; readonly jwk: JsonObject } {
  return { typ: dpopType, jwk: jwkMembers(key) }
}

/** `ath`: SHA-256 of the token's ASCII text, base64url. */
export function accessTokenHash(accessToken: string): string {
  return encodeBase64url(sha256(utf8(accessToken)))
}

export interface DpopExpectation {
  readonly method: string
  /** The address of the call as clients see it. */
  readonly url: string
  readonly now: Instant
  /** Whether a nonce is one of ours and fresh; absent: none is asked for. */
  readonly isFresh?: (nonce: string) => boolean
  readonly accessToken?: string
  /** Thumbprint of the key the token is bound to. */
  readonly boundTo?: string
}

export interface ProvenDpop {
  readonly key: PublicJwk
  readonly thumbprint: string
  /** To be kept for as long as the proof is fresh, and refused a second time. */
  readonly jti: string
}

/**
 * Verifies a DPoP proof (RFC 9449, 4.3). That its `jti` is new is for the caller's store to say.
 *
 * @throws Fault `dpop.invalid`, `dpop.nonce_required`, `limit.exceeded`
 */
export async function verifyDpop(text: string, expected: DpopExpectation): Promise<ProvenDpop> {
  const jws = within('dpop.invalid', () => parseJws(text, { maxBytes: limits.dpop }))
  const claims = within('dpop.invalid', () => jwsClaims(jws))
  const key = within('dpop.invalid', () => parsePublicJwk(jws.header.jwk))
  const codes = await verifyJws(jws, key, { types: [dpopType], purpose: 'dpop', embeddedKey: true })
  if (codes[0] !== undefined) return invalid(codes[0])
  const { jti, htm, htu, iat, nonce, ath } = claims
  if (typeof jti !== 'string' || jti.length < 8 || jti.length > 256) return invalid('jti')
  if (htm !== expected.method) return invalid('htm')
  if (typeof htu !== 'string' || !URL.canParse(htu) || targetOf(htu) !== targetOf(expected.url)) return invalid('htu')
  if (!(typeof iat === 'number' && Math.abs(iat - expected.now) <= lifetimes.dpop)) return invalid('iat')
  if (expected.accessToken !== undefined && ath !== accessTokenHash(expected.accessToken)) return invalid('ath')
  const name = thumbprint(key)
  if (expected.boundTo !== undefined && name !== expected.boundTo) return invalid('another key')
  if (expected.isFresh !== undefined && !(typeof nonce === 'string' && expected.isFresh(nonce))) {
    throw new Fault('dpop.nonce_required')
  }
  return { key, thumbprint: name, jti }
}

/** The address without query and fragment, spelled one way (RFC 9449, 4.3 with RFC 3986, 6.2.2 and 6.2.3). */
function targetOf(url: string): string {
  const { origin, pathname } = new URL(url)
  return `${origin}${pathname}`
}

function invalid(reason: string): never {
  throw new Fault('dpop.invalid', { reason })
}
