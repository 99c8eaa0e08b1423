import { verifyJws, type Jws } from '../crypto/jws.ts'
import type { PublicJwk } from '../crypto/key.ts'
import { parseDid, shortForm } from '../did/did.ts'
import { keyOf, type DidDocument } from '../did/document.ts'
import { resolveOffline } from '../did/methods.ts'
import { faultCode } from '../fault.ts'
import { isOperation } from '../record/record.ts'
import type { DocumentKey } from '../record/operation.ts'
import { prove, type Grounds } from '../trust/prove.ts'
import { readSigner, type TokenSigner } from '../trust/signer.ts'
import type { FindingCode } from '../verdict.ts'
import { parseClientId } from './client-id.ts'
import { evidenceBundleType } from './evidence-bundle.ts'

/** Who signed an evidence bundle, by the name its key goes by, and what is wrong with that. */
export interface BundleSigner {
  readonly codes: readonly FindingCode[]
  /** A DID, or `x509_hash:…` of a certificate; absent where the bundle names nobody. */
  readonly name?: string
}

/**
 * Judges whether a bundle was signed by the verifier whose request it holds. Its key is the certificate's in
 * `x509_hash`, or one of its DID, which the bundle's own evidence has to prove.
 *
 * `grounds.now` is when the bundle was signed.
 */
export async function judgeBundleSigner(jws: Jws, clientId: string, grounds: Grounds): Promise<BundleSigner> {
  const { codes, signer } = await readSigner(jws, undefined)
  if (signer === undefined) return { codes: codes.length > 0 ? codes : ['issuer.key_unknown'] }
  const name = nameOf(signer)
  const found = await keyOfSigner(signer, grounds)
  const asked: readonly FindingCode[] = isAsker(signer, clientId) ? [] : ['verifier.client_mismatch']
  if (found.key === undefined) return { codes: [...codes, ...found.codes, ...asked], name }
  const signed = await verifyJws(jws, found.key, { types: [evidenceBundleType], purpose: 'request' })
  return { codes: [...codes, ...found.codes, ...signed, ...asked], name }
}

function nameOf(signer: TokenSigner): string {
  return signer.form === 'X' ? `x509_hash:${signer.chain[0].digest}` : signer.did
}

function isAsker(signer: TokenSigner, clientId: string): boolean {
  try {
    const { prefix, value } = parseClientId(clientId)
    if (prefix === 'x509_hash') return signer.form === 'X' && signer.chain[0].digest === value
    return signer.did === shortForm(parseDid(value))
  } catch (thrown) {
    if (faultCode(thrown) === 'unexpected') throw thrown
    return false
  }
}

interface SignerKey {
  readonly codes: readonly FindingCode[]
  readonly key?: PublicJwk
}

async function keyOfSigner(signer: TokenSigner, grounds: Grounds): Promise<SignerKey> {
  if (signer.form === 'X') return { codes: [], key: signer.chain[0].publicJwk }
  const { did, keyId } = signer
  const document = await resolveOffline(parseDid(did))
  if (document !== undefined) return keyIn(document, keyId)
  return loggedKey(did, keyId, grounds)
}

/** A DID that carries its key has it for all that is signed, or for none of it. */
function keyIn(document: DidDocument, keyId: string | undefined): SignerKey {
  const key = keyOf(document, `${document.id}#${keyId}`, 'authentication')
  return key === undefined ? { codes: ['issuer.key_unknown'] } : { codes: [], key }
}

async function loggedKey(did: string, keyId: string | undefined, grounds: Grounds): Promise<SignerKey> {
  const { codes, state } = await prove('did_state', did, grounds)
  if (state === undefined) return { codes }
  if (state.status === 'closed') return { codes: [...codes, 'issuer.deactivated'] }
  const { record } = state
  const keys = record && isOperation(record) && 'doc' in record.payload ? record.payload.doc.keys : []
  const found = keys.find(({ id }) => id === keyId)
  if (found === undefined || !maySign(found, grounds.now)) return { codes: [...codes, 'issuer.key_unknown'] }
  return { codes, key: found.jwk }
}

/** A verifier signs with a key by which it asks; what is signed under one it lost, anyone may have signed. */
function maySign({ for: uses, from, retired, compromised }: DocumentKey, at: number): boolean {
  const isInTime = (from === undefined || from <= at) && (retired === undefined || at < retired)
  return isInTime && compromised !== true && (uses.includes('authentication') || uses.includes('assertionMethod'))
}
