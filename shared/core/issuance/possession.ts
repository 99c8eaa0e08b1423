import { parsePublicJwk, jwkMembers, thumbprint, type PublicJwk } from '../crypto/key.ts'
import { jwsClaims, parseJws, verifyJws, type Jws } from '../crypto/jws.ts'
import { parseDid } from '../did/did.ts'
import { keyOf } from '../did/document.ts'
import { resolveOffline } from '../did/methods.ts'
import { jsonObject, type JsonObject } from '../encoding/json.ts'
import { Fault, within } from '../fault.ts'
import type { Instant } from '../instant.ts'
import { lifetimes } from '../lifetimes.ts'
import { limits } from '../limits.ts'
import { parseCertificateChain } from '../x509/certificate.ts'

/** Proof that a holder has the key a credential is to be bound to (OpenID4VCI 1.0, appendix F.1). */
export const possessionType = 'openid4vci-proof+jwt'

export interface PossessionTerms {
  /** The credential issuer: the audience. */
  readonly issuer: string
  readonly issuedAt: Instant
  readonly nonce: string
  /** Only of a client that is known by name. */
  readonly clientId?: string
}

/** The claims to sign, under `possessionHeader`. */
export function formatPossession({ issuer, issuedAt, nonce, clientId }: PossessionTerms): JsonObject {
  return jsonObject({ iss: clientId, aud: issuer, iat: issuedAt, nonce })
}

/** The header: the key itself. */
export function possessionHeader(key: PublicJwk): { readonly typ: string; readonly jwk: JsonObject } {
  return { typ: possessionType, jwk: jwkMembers(key) }
}

export interface PossessionExpectation {
  readonly issuer: string
  readonly now: Instant
  /** Absent for anonymous clients, which must not name themselves. */
  readonly clientId?: string
  /** How many copies may be asked for at once. */
  readonly batchSize: number
}

/** What the proofs of one request show. The nonce has still to be found fresh, and spent. */
export interface ProvenKeys {
  readonly keys: readonly PublicJwk[]
  readonly nonce: string
}

/**
 * Verifies the proofs of one credential request: each signed by its own key, all of one nonce, no key twice.
 *
 * @throws Fault `proof.invalid`, `nonce.invalid` if they differ in it or have none, `limit.exceeded`
 */
export async function verifyPossessions(
  proofs: readonly string[],
  expected: PossessionExpectation,
): Promise<ProvenKeys> {
  if (proofs.length === 0) return invalid('no proof')
  if (proofs.length > Math.min(expected.batchSize, limits.batch)) throw new Fault('limit.exceeded', { limit: 'batch' })
  const keys: PublicJwk[] = []
  const nonces = new Set<string>()
  for (const proof of proofs) {
    const { key, nonce } = await verifyOne(proof, expected)
    keys.push(key)
    nonces.add(nonce)
  }
  if (new Set(keys.map(thumbprint)).size !== keys.length) return invalid('a key twice')
  const [nonce, ...others] = nonces
  if (nonce === undefined || others.length > 0) throw new Fault('nonce.invalid')
  return { keys, nonce }
}

async function verifyOne(text: string, expected: PossessionExpectation): Promise<{ key: PublicJwk; nonce: string }> {
  const jws = within('proof.invalid', () => parseJws(text, { maxBytes: limits.possession }))
  const claims = within('proof.invalid', () => jwsClaims(jws))
  const key = await keyOfProof(jws)
  const codes = await verifyJws(jws, key, { types: [possessionType], purpose: 'possession', embeddedKey: true })
  if (codes[0] !== undefined) return invalid(codes[0])
  if (claims.aud !== expected.issuer) return invalid('aud')
  if (claims.iss !== expected.clientId) return invalid('iss')
  const { iat, nonce } = claims
  // `not within` also refuses what is no number.
  if (!(typeof iat === 'number' && Math.abs(iat - expected.now) <= lifetimes.possession)) return invalid('iat')
  if (typeof nonce !== 'string') throw new Fault('nonce.invalid')
  return { key, nonce }
}

async function keyOfProof({ header }: Jws): Promise<PublicJwk> {
  const { jwk, kid, x5c } = header
  if ([jwk, kid, x5c].filter((each) => each !== undefined).length !== 1) return invalid('one of jwk, kid, x5c')
  try {
    if (jwk !== undefined) return parsePublicJwk(jwk)
    if (x5c !== undefined) return (await parseCertificateChain(x5c))[0].publicJwk
    return await keyOfKid(typeof kid === 'string' ? kid : '')
  } catch (cause) {
    throw new Fault('proof.invalid', { reason: 'key' }, { cause })
  }
}

/** did:key and did:jwk: the DIDs that are their key. */
async function keyOfKid(kid: string): Promise<PublicJwk> {
  const did = parseDid(kid.replace(/#.*$/, ''))
  const document = did.method === 'key' || did.method === 'jwk' ? await resolveOffline(did) : undefined
  if (document === undefined) return invalid('kid')
  const [only] = document.verificationMethod
  return keyOf(document, kid.includes('#') ? kid : (only?.id ?? ''), 'authentication') ?? invalid('kid')
}

function invalid(reason: string): never {
  throw new Fault('proof.invalid', { reason })
}
