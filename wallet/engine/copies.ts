import { parseSdJwt, type UnverifiedSdJwt } from '@fujie/shared/core/credential/sd-jwt.ts'
import type { Candidate } from '@fujie/shared/core/presentation/dcql.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import { parseCertificateChain } from '@fujie/shared/core/x509/certificate.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import {
  readRecords,
  storedCopy,
  storedDocument,
  type Records,
  type StoredCopy,
  type StoredDocument,
} from './contents.ts'
import type { DocumentState } from './contract.ts'
import type { StoredKey } from './ports.ts'
import type { Trust } from './trust.ts'
import type { Vault } from './vault.ts'

/** A document with everything it came in. */
export interface Holding {
  readonly document: StoredDocument
  readonly copies: readonly StoredCopy[]
}

export function holdingsOf(records: Records): readonly Holding[] {
  const copies = readRecords(records, 'copies', storedCopy)
  return readRecords(records, 'documents', storedDocument).map((document) => ({
    document,
    copies: copies.filter((copy) => copy.document === document.id),
  }))
}

/** The first instant at which a document no longer holds; undefined if it has no end. */
export function endOf({ document, copies }: Holding): Instant | undefined {
  if (document.ends !== undefined) return document.ends
  const ends = copies.filter(({ edition }) => edition === 'full').flatMap(({ expires }) => expires ?? [])
  return ends.length === 0 ? undefined : Math.max(...ends)
}

const soon = 30 * 86_400

/** How a document stands: what its status list said last, and what its own dates say now. */
export function stateOf({ document, copies }: Holding, now: Instant): DocumentState {
  if (document.state === 'revoked' || document.state === 'suspended') return document.state
  const end = endOf({ document, copies })
  if (end !== undefined && now >= end) return 'expired'
  if (document.state === 'unknown') return 'unknown'
  return end !== undefined && now >= end - soon ? 'expiring' : 'valid'
}

/** Whether a document in this state may be shown. Unknown may: the verifier asks for itself. */
export function isUsable(state: DocumentState): boolean {
  return state === 'valid' || state === 'expiring' || state === 'unknown'
}

/** One edition of a document as it would be shown now, by one of its copies. */
export interface Showable extends Candidate {
  readonly copy: StoredCopy
  readonly document: StoredDocument
  readonly sdJwt: UnverifiedSdJwt
  readonly copiesLeft: number
  /** The copy was shown before: two verifiers could tell that it is the same. */
  readonly reused: boolean
  /** The key of a credential that this wallet issues to itself for the occasion: no copy of it is kept. */
  readonly minted?: StoredKey
}

/**
 * What can be shown to a verifier (its digest): one candidate an edition of each usable document.
 *
 * An unused copy if there is one; else the one this verifier has seen already; else any.
 */
export async function showables(
  vault: Vault,
  verifier: string,
  now: Instant,
  types: Pick<Trust, 'metadataOf'>,
): Promise<readonly Showable[]> {
  const found = holdingsOf(vault).flatMap((holding) => {
    if (!isUsable(stateOf(holding, now))) return []
    return (['counter', 'full'] as const).flatMap((edition) => showableOf(holding, edition, verifier, now) ?? [])
  })
  return Promise.all(found.map((each) => withFamily(each, types)))
}

/** With the types its own type extends, and the authorities that certified its issuer: a query may ask for these. */
async function withFamily(showable: Showable, types: Pick<Trust, 'metadataOf'>): Promise<Showable> {
  const { document, sdJwt } = showable
  const vct = String(sdJwt.claims.vct)
  const family = [vct]
  for (let own = await types.metadataOf(vct, document.metadata[vct]); own?.extends !== undefined;) {
    const { vct: parent, integrity } = own.extends
    if (family.length > limits.typeExtends || family.includes(parent)) break
    family.push(parent)
    own = await types.metadataOf(parent, integrity)
  }
  return { ...showable, types: family, authorityKeyIds: await authoritiesOf(sdJwt) }
}

async function authoritiesOf({ jws }: UnverifiedSdJwt): Promise<readonly string[]> {
  if (jws.header.x5c === undefined) return []
  const chain = await parseCertificateChain(jws.header.x5c)
  return chain.flatMap(({ authorityKeyId }) => (authorityKeyId === undefined ? [] : [encodeBase64url(authorityKeyId)]))
}

function showableOf(
  { document, copies }: Holding,
  edition: StoredCopy['edition'],
  verifier: string,
  now: Instant,
): Showable | undefined {
  const alive = copies.filter((copy) => copy.edition === edition && (copy.expires === undefined || copy.expires > now))
  const unused = alive.filter(({ used }) => used === 0)
  const copy = unused[0] ?? alive.find(({ shownTo }) => shownTo.includes(verifier)) ?? alive[0]
  if (copy === undefined) return undefined
  const sdJwt = parseSdJwt(copy.credential)
  return {
    id: copy.id,
    format: 'dc+sd-jwt',
    types: [String(sdJwt.claims.vct)],
    claims: sdJwt.claims,
    bound: true,
    authorityKeyIds: [],
    copy,
    document,
    sdJwt,
    copiesLeft: unused.length,
    reused: copy.used > 0,
  }
}

const day = 86_400
/** Left in stock when more is fetched, and days before the end of what is left (security design, 10). */
const low = { copies: 3, before: 7 * day } as const

/**
 * Editions of a document whose stock is to be filled up: counter copies that run low, also those that no backup brings
 * back, and a full edition once shown.
 */
export function editionsToRefill({ document, copies }: Holding, now: Instant): StoredCopy['edition'][] {
  const fresh = (edition: StoredCopy['edition']) =>
    copies.filter(
      (copy) => copy.edition === edition && copy.used === 0 && (copy.expires ?? Infinity) > now + low.before,
    )
  const hasFull = copies.some(({ edition }) => edition === 'full')
  return [
    ...(hasFull && fresh('full').length === 0 ? (['full'] as const) : []),
    ...(document.counterType !== undefined && fresh('counter').length <= low.copies ? (['counter'] as const) : []),
  ]
}
