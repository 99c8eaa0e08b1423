import { jwkMembers, parsePublicJwk, type PublicJwk } from '../crypto/key.ts'
import { decodeBase64url, encodeBase64url } from '../encoding/base64url.ts'
import { utf8 } from '../encoding/bytes.ts'
import { isJsonObject, parseJsonBytes, type JsonObject } from '../encoding/json.ts'
import { Fault, within } from '../fault.ts'
import type { SuiteName } from '../suites/known.ts'
import type { Did } from './did.ts'
import { singleKeyDocument } from './key.ts'
import type { DidDocument } from './document.ts'

/** The did:jwk of a public key. */
export function formatDidJwk(jwk: PublicJwk): string {
  return `did:jwk:${encodeBase64url(utf8(JSON.stringify(jwkMembers(jwk))))}`
}

/**
 * The document a did:jwk stands for; `use` of the key narrows what it may do. Keys of a suite are read where
 * `on` names it.
 *
 * @throws Fault `did.invalid`
 */
export function didJwkDocument(did: Did, on: readonly SuiteName[] = []): DidDocument {
  const member = memberOf(did)
  const document = singleKeyDocument(
    did,
    within('did.invalid', () => parsePublicJwk(member, on)),
    '0',
  )
  const id = `${did.text}#0`
  const { '@context': context, id: subject, verificationMethod, ...uses } = document
  const agreement =
    document.keyAgreement ?? (document.verificationMethod[0]?.publicKeyJwk.kty === 'EC' ? [id] : undefined)
  if (member['use'] === 'enc')
    return { '@context': context, id: subject, verificationMethod, ...(agreement && { keyAgreement: agreement }) }
  if (member['use'] === 'sig' || !agreement) return { '@context': context, id: subject, verificationMethod, ...uses }
  return { '@context': context, id: subject, verificationMethod, ...uses, keyAgreement: agreement }
}

function memberOf(did: Did): JsonObject {
  const bytes = decodeBase64url(did.id)
  const value = bytes && within('did.invalid', () => parseJsonBytes(bytes))
  if (!isJsonObject(value)) throw new Fault('did.invalid')
  return value
}
