import type { Jws } from '../crypto/jws.ts'
import { parseDidUrl, parseDid, shortForm, type Did } from '../did/did.ts'
import type { Json } from '../encoding/json.ts'
import { Fault } from '../fault.ts'
import type { FindingCode } from '../verdict.ts'
import { parseCertificateChain, parseCertificates, type CertificateChain } from '../x509/certificate.ts'
import { judgeChainForm } from '../x509/chain.ts'

/** Who a token says has signed it (wire profile, 1): by DID and key (form D), or by certificate (form X). */
export type TokenSigner =
  | {
      readonly form: 'D'
      readonly did: string
      /** Fragment of the key; absent: the DID's only one. */ readonly keyId?: string
    }
  | {
      readonly form: 'X'
      readonly chain: CertificateChain
      /** The DID among the leaf's names. */
      readonly did?: string
      /** Named besides: it must be the leaf's. */
      readonly keyId?: string
    }

export interface SignerReading {
  readonly codes: readonly FindingCode[]
  readonly signer?: TokenSigner
}

/**
 * Reads the signer's name out of a token's header and `iss`. The names must be one party's: otherwise one of them
 * would be trusted for what the other signed.
 */
export async function readSigner(jws: Pick<Jws, 'header'>, iss: Json | undefined): Promise<SignerReading> {
  if (iss !== undefined && typeof iss !== 'string') return { codes: ['issuer.names_disagree'] }
  try {
    return jws.header.x5c === undefined ? readByDid(jws.header.kid, iss) : await readByCertificate(jws, iss)
  } catch (thrown) {
    return unreadable(thrown)
  }
}

/** Reads the signer's name out of a chain, leaf first, that is all there is (RFC 9360). */
export async function readSignerOfChain(ders: readonly Uint8Array[]): Promise<SignerReading> {
  try {
    return signerOf(await parseCertificates(ders), undefined, undefined)
  } catch (thrown) {
    return unreadable(thrown)
  }
}

/** A name that cannot be read is one of nobody. */
function unreadable(thrown: unknown): SignerReading {
  if (!(thrown instanceof Fault) || thrown.kind === 'bug') throw thrown
  const broken = thrown.code === 'certificate.malformed' || thrown.code === 'limit.exceeded'
  return { codes: [broken ? 'certificate.chain_invalid' : 'issuer.key_unknown'] }
}

function readByDid(kid: Json | undefined, iss: string | undefined): SignerReading {
  const named = iss?.startsWith('did:') ? readDid(iss) : undefined
  // RFC 7515, 4.1.4: a text. What is none names no key, not any.
  if (kid !== undefined && typeof kid !== 'string') return { codes: ['issuer.key_unknown'] }
  if (kid === undefined) return named ? { codes: [], signer: { form: 'D', did: shortForm(named) } } : unknownParty
  const own = ownFragment(kid, iss)
  const url = named && own !== undefined ? { did: named, fragment: own } : didUrlOf(kid)
  if (url === undefined) return unknownParty
  if (iss !== undefined && (named === undefined || !isSame(named, url.did))) return { codes: ['issuer.names_disagree'] }
  if (!url.fragment) return { codes: ['issuer.key_unknown'] }
  return { codes: [], signer: { form: 'D', did: shortForm(url.did), keyId: url.fragment } }
}

/** The key's name where `kid` is one of `iss` itself, in full or by its fragment alone. */
function ownFragment(kid: string, iss: string | undefined): string | undefined {
  if (kid.startsWith('#')) return kid.slice(1)
  return iss !== undefined && kid.startsWith(`${iss}#`) ? kid.slice(iss.length + 1) : undefined
}

/** The same few issuers sign nearly all there is to read. */
const knownDids = new Map<string, Did>()
const mostKnown = 256

function readDid(text: string): Did {
  const known = knownDids.get(text)
  if (known !== undefined) return known
  const did = parseDid(text)
  if (knownDids.size >= mostKnown) knownDids.delete(knownDids.keys().next().value as string)
  knownDids.set(text, did)
  return did
}

const unknownParty: SignerReading = { codes: ['issuer.unknown'] }

/** A key's name is a DID and a fragment. With a path, a query or another version it is the name of something else. */
function didUrlOf(kid: string): { readonly did: Did; readonly fragment?: string } | undefined {
  const url = kid.startsWith('did:') ? parseDidUrl(kid) : undefined
  return url?.path === undefined && url?.query === undefined ? url : undefined
}

function isSame(a: Did, b: Did): boolean {
  return shortForm(a) === shortForm(b)
}

async function readByCertificate({ header }: Pick<Jws, 'header'>, iss: string | undefined): Promise<SignerReading> {
  return signerOf(await parseCertificateChain(header.x5c), header.kid, iss)
}

function signerOf(chain: CertificateChain, kid: Json | undefined, iss: string | undefined): SignerReading {
  const codes = judgeChainForm(chain)
  const { uris } = chain[0]
  const dids = uris.filter((uri) => uri.startsWith('did:'))
  const url = typeof kid === 'string' ? didUrlOf(kid) : undefined
  const [did] = dids
  const isOneParty =
    dids.length <= 1 && (iss === undefined || uris.includes(iss)) && (url === undefined || shortForm(url.did) === did)
  if (!isOneParty) codes.push('issuer.names_disagree')
  const keyId = url?.fragment
  return {
    codes,
    signer: { form: 'X', chain, ...(did === undefined ? {} : { did }), ...(keyId === undefined ? {} : { keyId }) },
  }
}
