import { equalJwk, type PublicJwk } from '../crypto/key.ts'
import { judgeJwsHeader, verifyJwsSignature } from '../crypto/jws.ts'
import { keyOf, type DidDocument } from '../did/document.ts'
import type { Instant } from '../instant.ts'
import { lifetimes } from '../lifetimes.ts'
import type { Finding, FindingCode } from '../verdict.ts'
import { parseCertificateChain, type Certificate } from '../x509/certificate.ts'
import { judgeCertificateTime, judgeChainForm } from '../x509/chain.ts'
import { anyWallet, requestType, type UnverifiedRequest } from './request.ts'

/** How a wallet came by a request. */
export interface RequestOccasion {
  /** `client_id` of the link or engagement that named the request. */
  readonly clientId: string
  /** Where it was fetched. */
  readonly requestUri: string
  /** What the wallet sent along; absent if it was fetched by GET. */
  readonly walletNonce?: string
  readonly now: Instant
}

/** Who signed a request, as far as the request itself shows. */
export interface JudgedRequest {
  readonly findings: readonly Finding[]
  /** There for `x509_hash`; its trust is judged apart. */
  readonly certificate?: Certificate
}

/**
 * Judges a request object by itself: its form, its signature under the identity it names, and that it is the answer to
 * this very fetch (OpenID4VP 1.0, 5.9 and 5.10; wire profile, 8). Whether its sender may ask is another question.
 *
 * @param document of the DID, for `decentralized_identifier`; absent if it could not be had.
 * @throws Fault `certificate.malformed`, `key.unsupported`, `limit.exceeded`
 */
export async function judgeRequest(
  request: UnverifiedRequest,
  occasion: RequestOccasion,
  document?: DidDocument,
): Promise<JudgedRequest> {
  const own = [...judgeHeader(request), ...judgeOccasion(request, occasion)]
  const { codes, certificate } = await judgeSigner(request, occasion, document)
  const findings = [...new Set([...own, ...codes])].map((code) => ({ code, at: 'request' }))
  return { findings, ...(certificate ? { certificate } : {}) }
}

function judgeHeader({ jws }: UnverifiedRequest): readonly FindingCode[] {
  const codes = judgeJwsHeader(jws, { types: [requestType], purpose: 'request' })
  const unsigned = jws.header.alg === 'none' || jws.signature.length === 0
  return unsigned ? [...codes.filter((code) => code !== 'jws.algorithm_refused'), 'verifier.unsigned'] : codes
}

function judgeOccasion(request: UnverifiedRequest, occasion: RequestOccasion): readonly FindingCode[] {
  const { now, requestUri } = occasion
  const { expires, issuedAt, audience } = request
  const codes: FindingCode[] = []
  if (request.clientId.text !== occasion.clientId) codes.push('verifier.client_mismatch')
  // Some software names the address of the request in place of any wallet; that harms nobody.
  if (audience !== undefined && audience !== anyWallet && audience !== requestUri)
    codes.push('verifier.client_mismatch')
  if (new URL(request.responseUri).origin !== new URL(requestUri).origin) codes.push('verifier.origin_mismatch')
  // A request made for another fetch is an old one.
  if (request.walletNonce !== occasion.walletNonce) codes.push('verifier.request_expired')
  if (expires !== undefined && expires + lifetimes.clockSlack < now) codes.push('verifier.request_expired')
  if (issuedAt !== undefined && issuedAt > now + lifetimes.clockSlack) codes.push('clock.wrong')
  return codes
}

interface JudgedSigner {
  readonly codes: readonly FindingCode[]
  readonly certificate?: Certificate
}

async function judgeSigner(
  request: UnverifiedRequest,
  occasion: RequestOccasion,
  document: DidDocument | undefined,
): Promise<JudgedSigner> {
  if (request.jws.header.alg === 'none' || request.jws.signature.length === 0) return { codes: [] }
  return request.clientId.prefix === 'x509_hash'
    ? judgeByCertificate(request, occasion.now)
    : { codes: await judgeByDid(request, document) }
}

async function judgeByCertificate(request: UnverifiedRequest, now: Instant): Promise<JudgedSigner> {
  const { x5c, kid } = request.jws.header
  if (x5c === undefined) return { codes: ['verifier.client_mismatch'] }
  const chain = await parseCertificateChain(x5c)
  const [leaf] = chain
  const codes: FindingCode[] = [
    ...judgeChainForm(chain),
    ...judgeCertificateTime(leaf, now),
    ...(await verifyRequest(request, leaf.publicJwk)),
  ]
  if (leaf.digest !== request.clientId.value) codes.push('verifier.client_mismatch')
  // A DID named beside the certificate has to be the same party.
  const did = typeof kid === 'string' && kid.startsWith('did:') ? kid.replace(/#.*$/, '') : undefined
  if (did !== undefined && !leaf.uris.includes(did)) codes.push('issuer.names_disagree')
  return { codes, certificate: leaf }
}

async function judgeByDid(
  request: UnverifiedRequest,
  document: DidDocument | undefined,
): Promise<readonly FindingCode[]> {
  const { kid, x5c } = request.jws.header
  const did = request.clientId.value
  if (typeof kid !== 'string' || !kid.startsWith(`${did}#`)) return ['verifier.client_mismatch']
  if (document === undefined) return ['evidence.missing']
  if (document.id !== did) return ['verifier.client_mismatch']
  const key = keyOf(document, kid, 'authentication')
  if (key === undefined) return ['verifier.signature_invalid']
  const codes = await verifyRequest(request, key)
  if (x5c === undefined) return codes
  const [leaf] = await parseCertificateChain(x5c)
  return leaf.uris.includes(did) && equalJwk(leaf.publicJwk, key) ? codes : [...codes, 'issuer.names_disagree']
}

async function verifyRequest({ jws }: UnverifiedRequest, key: PublicJwk): Promise<readonly FindingCode[]> {
  const codes = await verifyJwsSignature(jws, key, 'request')
  return codes.map((code) => (code === 'jws.signature_invalid' ? 'verifier.signature_invalid' : code))
}
