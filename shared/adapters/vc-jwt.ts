import { verifyJWT } from 'did-jwt'
import { parseJws, jwsClaims, type Jws } from '../core/crypto/jws.ts'
import { judgeVcHeader } from '../core/credential/judge-vc-jwt.ts'
import { parseDid } from '../core/did/did.ts'
import type { DidDocument, Relationship } from '../core/did/document.ts'
import type { JsonObject } from '../core/encoding/json.ts'
import { Fault, within } from '../core/fault.ts'
import { isInstant, type Instant } from '../core/instant.ts'
import { lifetimes } from '../core/lifetimes.ts'
import { limits } from '../core/limits.ts'
import type { FindingCode } from '../core/verdict.ts'

/** What a foreign token is held against. */
export interface ForeignTerms {
  /** The document of a DID as it is now; undefined if nobody knows it, or it was deactivated. */
  readonly resolve: (did: string) => Promise<DidDocument | undefined>
  /** For which use the key has to stand in the document: of an issuer, or of a holder. */
  readonly use: Extract<Relationship, 'assertionMethod' | 'authentication'>
  /** Whom the token has to be addressed to; absent: it may be addressed to nobody. */
  readonly audience?: string
  readonly now: Instant
}

/**
 * Verifies a JWT of VCDM 1.1 by did-jwt, between checks of our own: before it, of what did-jwt lets pass, and after it,
 * that the party and the key it found are those the token names. Nothing but findings; the judge looks again.
 *
 * @throws Fault `credential.malformed`, `limit.exceeded`
 */
export async function verifyForeignJwt(text: string, terms: ForeignTerms): Promise<readonly FindingCode[]> {
  const jws = within('credential.malformed', () => parseJws(text, { maxBytes: limits.vpJwt }))
  const claims = within('credential.malformed', () => jwsClaims(jws, { array: 256, string: limits.vcJwt }))
  const codes = [
    ...judgeVcHeader(jws, { types: ['JWT'], purpose: 'vcdm-1.1' }, true),
    ...judgeClaims(claims, terms),
    ...judgeNames(jws, claims),
  ]
  if (codes.length > 0) return [...new Set(codes)]
  const iss = claims.iss as string
  const document = await terms.resolve(iss)
  const kid = document && namedKey(jws, document, terms)
  if (document === undefined || kid === undefined) return [document ? 'issuer.key_unknown' : 'issuer.unknown']
  return askDidJwt(text, { iss, kid, document }, terms)
}

function judgeClaims({ iat, nbf, exp, aud }: JsonObject, { audience, now }: ForeignTerms): readonly FindingCode[] {
  const slack = lifetimes.clockSlack
  const codes: FindingCode[] = []
  if ([iat, nbf, exp].some((time) => time !== undefined && !isInstant(time))) codes.push('credential.claim_missing')
  if ([iat, nbf].some((start) => isInstant(start) && start > now + slack)) codes.push('credential.not_yet_valid')
  if (isInstant(exp) && now >= exp + slack) codes.push('credential.expired')
  if (aud !== audience) codes.push(audience === undefined ? 'jws.type_wrong' : 'key_binding.wrong_audience')
  return codes
}

/** A DID as the issuer, and a key of its own. */
function judgeNames({ header }: Jws, { iss }: JsonObject): readonly FindingCode[] {
  if (typeof iss !== 'string' || !isDid(iss)) return ['issuer.unknown']
  const { kid } = header
  if (kid === undefined) return []
  if (typeof kid !== 'string') return ['issuer.key_unknown']
  return kid.startsWith('#') || kid.startsWith(`${iss}#`) ? [] : ['issuer.names_disagree']
}

function isDid(text: string): boolean {
  try {
    parseDid(text)
    return true
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.kind === 'input') return false
    throw thrown
  }
}

/** The key the token names, in full; without a name the one key there is. */
function namedKey({ header }: Jws, document: DidDocument, { use }: ForeignTerms): string | undefined {
  const keys = document[use] ?? []
  const { kid } = header
  if (typeof kid !== 'string') return keys.length === 1 ? keys[0] : undefined
  const absolute = kid.startsWith('#') ? document.id + kid : kid
  return keys.includes(absolute) ? absolute : undefined
}

interface NamedSigner {
  readonly iss: string
  readonly kid: string
  readonly document: DidDocument
}

/** The one call: its options are a fresh object each time, because did-jwt writes the keys it found into them. */
async function askDidJwt(
  text: string,
  { iss, kid, document }: NamedSigner,
  { use, audience, now }: ForeignTerms,
): Promise<readonly FindingCode[]> {
  const resolution = { didResolutionMetadata: {}, didDocument: document as never, didDocumentMetadata: {} }
  try {
    // `auth` is left out: did-jwt drops the purpose of the key as soon as it stands there.
    const { issuer, signer } = await verifyJWT(text, {
      resolver: { resolve: () => Promise.resolve(resolution) },
      ...(audience === undefined ? {} : { audience }),
      skewTime: lifetimes.clockSlack,
      proofPurpose: use,
      policies: { now, nbf: true, iat: true, exp: true, aud: true },
    })
    if (issuer !== iss) return ['issuer.names_disagree']
    return signer.id === kid ? [] : ['issuer.key_unknown']
  } catch (thrown) {
    return [codeOf(thrown)]
  }
}

const prefixes: Readonly<Record<string, FindingCode>> = {
  no_suitable_keys: 'issuer.key_unknown',
  resolver_error: 'issuer.unknown',
  not_supported: 'jws.algorithm_refused',
}

/** What did-jwt threw, by the word its messages begin with; whatever else it found wrong, it does not hold. */
function codeOf(thrown: unknown): FindingCode {
  const message = thrown instanceof Error ? thrown.message : ''
  const known = Object.keys(prefixes).find((prefix) => message.startsWith(prefix))
  return (known === undefined ? undefined : prefixes[known]) ?? 'jws.signature_invalid'
}
