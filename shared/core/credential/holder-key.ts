import { equalJwk, parsePublicJwk, type PublicJwk } from '../crypto/key.ts'
import { parseDidUrl } from '../did/did.ts'
import { didJwkDocument } from '../did/jwk.ts'
import { keyOfDidKey } from '../did/key.ts'
import { isJsonObject, type JsonObject } from '../encoding/json.ts'
import { Fault } from '../fault.ts'
import type { SuiteName } from '../suites/known.ts'

/**
 * The key a credential is bound to: `cnf.jwk`, or `cnf.kid` as did:key or did:jwk; undefined if there is none to use.
 *
 * Keys of a suite bind where `on` names it. Two that differ bind to nobody (RFC 7800, 3.1 allows one; foreign issuers write both).
 */
export function holderKey(claims: JsonObject, on: readonly SuiteName[] = []): PublicJwk | undefined {
  const { cnf } = claims
  if (!isJsonObject(cnf)) return undefined
  try {
    const jwk = cnf.jwk === undefined ? undefined : parsePublicJwk(cnf.jwk, on)
    const named = cnf.kid === undefined ? undefined : keyOfKid(cnf.kid)
    return jwk && named && !equalJwk(jwk, named) ? undefined : (jwk ?? named)
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.kind === 'input') return undefined
    throw thrown
  }
}

function keyOfKid(kid: JsonObject[string]): PublicJwk | undefined {
  if (typeof kid !== 'string') throw new Fault('did.invalid')
  return keyOfSelf(kid)
}

/**
 * The key that a DID, or a DID URL, of did:key or did:jwk has in itself; undefined for other methods.
 *
 * @throws Fault `did.invalid`, `did.url_invalid`, `did.method_unsupported`
 */
export function keyOfSelf(didUrl: string): PublicJwk | undefined {
  const { did } = parseDidUrl(didUrl)
  if (did.method === 'key') return keyOfDidKey(did)
  return did.method === 'jwk' ? didJwkDocument(did).verificationMethod[0]?.publicKeyJwk : undefined
}
