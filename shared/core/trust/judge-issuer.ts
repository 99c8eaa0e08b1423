import type { Jws } from '../crypto/jws.ts'
import { equalJwk, type PublicJwk } from '../crypto/key.ts'
import { parseDid } from '../did/did.ts'
import { keyOf, type DidDocument } from '../did/document.ts'
import { isFujieDid } from '../did/fujie-id.ts'
import { resolveOffline } from '../did/methods.ts'
import type { Json } from '../encoding/json.ts'
import { faultCode } from '../fault.ts'
import type { DocumentKey } from '../record/operation.ts'
import type { FindingCode } from '../verdict.ts'
import { parseCertificate, type LeafCertificate } from '../x509/certificate.ts'
import { judgeCertificateTime, judgeChain } from '../x509/chain.ts'
import { judgeAccreditation, type Matter } from './judge-accreditation.ts'
import { keyAt } from './key-at.ts'
import { namesType, type LocalAnchor, type Policy } from './policy.ts'
import type { Grounds } from './prove.ts'
import { readSigner, type SignerReading, type TokenSigner } from './signer.ts'

export interface IssuerJudgement {
  readonly codes: readonly FindingCode[]
  /** The party that is trusted, if it is: the one whose key verifies. */
  readonly subject?: string
  /** Whether the log vouches for it; else a local anchor does, or nobody. */
  readonly isLogged: boolean
  /** The key that the signature has to hold under; none if it was not found. */
  readonly key?: PublicJwk
  readonly statusDelegate?: string
  /** Authority key ids of the certificates it came with. */
  readonly authorityKeyIds: readonly Uint8Array[]
}

/**
 * Judges who signed a token and whether that party may issue what it says (wire profile, 10).
 *
 * Accreditation and key go by the one name the token is signed under. What the token claims beside adds no trust.
 */
export async function judgeIssuer(
  jws: Jws,
  iss: Json | undefined,
  matter: Matter,
  grounds: Grounds,
): Promise<IssuerJudgement> {
  return judgeSigner(await readSigner(jws, iss), matter, grounds)
}

/** The same of a signer read before, in whatever form it was named. */
export async function judgeSigner(
  { codes, signer }: SignerReading,
  matter: Matter,
  grounds: Grounds,
): Promise<IssuerJudgement> {
  if (signer === undefined) return { codes, isLogged: false, authorityKeyIds: [] }
  const judged =
    signer.form === 'D' ? await judgeByDid(signer, matter, grounds) : await judgeByCertificate(signer, matter, grounds)
  const chain = signer.form === 'X' ? signer.chain : []
  return {
    ...judged,
    codes: [...new Set([...codes, ...judged.codes])],
    authorityKeyIds: chain.flatMap(({ authorityKeyId }) => authorityKeyId ?? []),
  }
}

type Judged = Omit<IssuerJudgement, 'authorityKeyIds'>
type Named<F> = Extract<TokenSigner, { readonly form: F }>

const stranger: Judged = { codes: ['issuer.unknown'], isLogged: false }

async function judgeByDid({ did, keyId }: Named<'D'>, matter: Matter, grounds: Grounds): Promise<Judged> {
  const anchor = grounds.policy.anchors.find((each) => 'did' in each && each.did === did)
  if (anchor !== undefined) return judgeAnchored(did, keyId, anchor, matter, grounds)
  if (!did.startsWith('did:fujie:')) return stranger
  return judgeLogged(did, (key) => key.id === keyId, matter, grounds)
}

/** A key that carries itself in its name, trusted by this verifier alone. */
async function judgeAnchored(
  did: string,
  keyId: string | undefined,
  { types }: LocalAnchor,
  { vct }: Matter,
  { policy }: Grounds,
): Promise<Judged> {
  const document = await anchoredDocument(did, policy)
  const key = document && assertionKey(document, keyId)
  const codes: FindingCode[] = types.some((type) => namesType(type, vct)) ? [] : ['issuer.not_accredited']
  if (key === undefined) codes.push('issuer.key_unknown')
  return { codes, subject: did, isLogged: false, ...(key && { key }) }
}

/** A verifier has few anchors, and what their names say under the same suites never changes. */
const knownDocuments = new Map<string, DidDocument | undefined>()
const mostKnown = 64

async function anchoredDocument(did: string, { suites }: Policy): Promise<DidDocument | undefined> {
  const name = `${suites.join()} ${did}`
  if (knownDocuments.has(name)) return knownDocuments.get(name)
  const document = await readableDocument(did, suites)
  if (knownDocuments.size >= mostKnown) knownDocuments.delete(knownDocuments.keys().next().value as string)
  knownDocuments.set(name, document)
  return document
}

/** An anchor whose key is of no kind that counts here is one without a key. */
async function readableDocument(did: string, suites: Policy['suites']): Promise<DidDocument | undefined> {
  try {
    return await resolveOffline(parseDid(did), suites)
  } catch (thrown) {
    if (faultCode(thrown) === 'did.invalid') return undefined
    throw thrown
  }
}

function assertionKey(document: DidDocument, keyId: string | undefined): PublicJwk | undefined {
  const id = keyId === undefined ? document.assertionMethod?.[0] : `${document.id}#${keyId}`
  return id === undefined ? undefined : keyOf(document, id, 'assertionMethod')
}

async function judgeLogged(
  did: string,
  isMeant: (key: DocumentKey) => boolean,
  matter: Matter,
  grounds: Grounds,
): Promise<Judged> {
  const accreditation = await judgeAccreditation(did, matter, grounds)
  const { codes, key } = await keyAt(did, isMeant, matter.at, grounds)
  // Nobody looks up the keys of a party that is not accredited: that they are missing then says nothing new.
  const known = accreditation.codes.length === 0 ? codes : codes.filter((code) => code !== 'evidence.missing')
  return {
    codes: [...accreditation.codes, ...known],
    subject: did,
    isLogged: true,
    ...(key && { key }),
    ...(accreditation.statusDelegate === undefined ? {} : { statusDelegate: accreditation.statusDelegate }),
  }
}

async function judgeByCertificate(
  { chain, did, keyId }: Named<'X'>,
  matter: Matter,
  grounds: Grounds,
): Promise<Judged> {
  const [leaf] = chain
  if (did !== undefined && isFujieDid(did)) {
    const isMeant = (key: DocumentKey) => isSecondName(key, leaf) && (keyId === undefined || key.id === keyId)
    const judged = await judgeLogged(did, isMeant, matter, grounds)
    const logged = !judged.codes.includes('issuer.key_unknown')
    if (logged) return { ...judged, codes: [...judged.codes, ...judgeCertificateTime(leaf, matter.at)] }
  }
  return judgeByAnchor(chain, matter, grounds)
}

/** The log knows a key and its certificate as one: both have to be the same. */
function isSecondName({ jwk }: DocumentKey, leaf: LeafCertificate): boolean {
  return jwk['x5t#S256'] === leaf.digest && equalJwk(jwk, leaf.publicJwk)
}

/**
 * A certificate whose chain reaches an authority: one of this verifier's own, or one accredited by digest. An authority
 * that renewed its certificate has two under one name: one that holds is enough.
 */
async function judgeByAnchor(chain: Named<'X'>['chain'], matter: Matter, grounds: Grounds): Promise<Judged> {
  let nearest: Judged | undefined
  for (const anchor of anchorsOf(grounds)) {
    const judged = await judgeUnder(chain, anchor, matter, grounds)
    if (judged?.codes.length === 0) return judged
    nearest ??= judged
  }
  return nearest ?? { codes: ['certificate.anchor_unknown'], isLogged: false, key: chain[0].publicJwk }
}

/** Without types: the log says which. */
interface Anchor {
  readonly bytes: Uint8Array
  readonly types?: readonly string[]
}

function anchorsOf({ policy, evidence }: Grounds): readonly Anchor[] {
  return [
    ...policy.anchors.flatMap((each) =>
      'certificate' in each ? [{ bytes: each.certificate, types: each.types }] : [],
    ),
    ...evidence.items.filter(({ kind }) => kind === 'certificate'),
  ]
}

/** Undefined if the chain does not end under this authority. */
async function judgeUnder(
  chain: Named<'X'>['chain'],
  { bytes, types }: Anchor,
  matter: Matter,
  grounds: Grounds,
): Promise<Judged | undefined> {
  const authority = await parseCertificate(bytes)
  const codes = await judgeChain(chain, [authority], matter.at)
  if (codes.includes('certificate.anchor_unknown')) return undefined
  const subject = `x509:${authority.digest}`
  const key = chain[0].publicJwk
  if (types !== undefined) {
    const isNamed = types.some((type) => namesType(type, matter.vct))
    return { codes: isNamed ? codes : [...codes, 'issuer.not_accredited'], subject, isLogged: false, key }
  }
  const accreditation = await judgeAccreditation(subject, matter, grounds)
  return { ...accreditation, codes: [...codes, ...accreditation.codes], subject, isLogged: true, key }
}
