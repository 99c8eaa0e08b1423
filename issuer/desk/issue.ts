import { counterClaims, issueCredential, type Edition } from '@fujie/shared/core/credential/issue.ts'
import { joinSdJwt } from '@fujie/shared/core/credential/sd-jwt.ts'
import { integrityOf, parseTypeMetadata } from '@fujie/shared/core/credential/type-metadata.ts'
import type { PublicJwk } from '@fujie/shared/core/crypto/key.ts'
import { encodeBase64 } from '@fujie/shared/core/encoding/base64.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import { drawsOf } from '@fujie/shared/ports/draws.ts'
import type { Random } from '@fujie/shared/ports/random.ts'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import type { Signer } from '@fujie/shared/ports/signer.ts'
import type { CatalogueEntry, EditionOfType } from '../catalogue/entry.ts'
import { drawBelow } from './offer.ts'
import type { IssuedCopy, Offer, Offers, Subjects } from './ports.ts'

/** Who signs: one key with two names, a DID and a certificate (wire profile, 1). */
export interface IssuerIdentity {
  readonly did: string
  /** Absolute DID URL of the signing key. */
  readonly keyId: string
  /** https identifier of the credential issuer; its origin serves all routes. */
  readonly identifier: string
  /** DER certificates, leaf first, without the anchor. */
  readonly certificates: readonly Uint8Array[]
  readonly signer: Signer
}

interface IssueDesk {
  readonly clock: Clock
  readonly random: Random
  readonly offers: Offers
  readonly subjects: Subjects
  readonly identity: IssuerIdentity
  /** Where copies of this desk have their status. */
  readonly statusList: { readonly number: number; readonly uri: string; readonly entries: number }
}

export interface SignedCopy {
  readonly credential: string
  readonly copy: IssuedCopy
}

const day = 86_400

/**
 * Signs one copy for each holder key, of one edition and one dataset: own salts, own status index, same dates.
 *
 * @throws Fault `document.not_found` if the subject left the register since the offer, `issuer.refused` for a person who
 * has no such document, or none any more
 */
export async function issueCopies(
  desk: IssueDesk,
  offer: Offer,
  entry: CatalogueEntry,
  edition: Edition,
  holders: readonly PublicJwk[],
): Promise<readonly SignedCopy[]> {
  const subject = desk.subjects.find(offer.subject)
  if (!subject) throw new Fault('document.not_found')
  const { number, uri, entries } = desk.statusList
  const described = entry[edition]
  const metadata = metadataBytes(described)
  const type = parseTypeMetadata(metadata)
  const issuedAt = desk.clock.now()
  const full = entry.claims(subject, issuedAt)
  const expiresAt = Math.min(issuedAt + entry.days[edition] * day, endOf(entry.endsWith?.(subject)))
  if (expiresAt <= issuedAt) throw new Fault('issuer.refused', { ended: true })
  const copies: SignedCopy[] = []
  for (const holder of holders) {
    const index = desk.offers.takeIndex(number, entries, (below) => drawBelow(desk.random, below))
    const unsigned = issueCredential(
      {
        type,
        integrity: integrityOf(metadata),
        edition,
        claims: edition === 'counter' ? counterClaims(full, type) : full,
        issuer: edition === 'counter' ? desk.identity.did : desk.identity.identifier,
        holder,
        issuedAt,
        expiresAt,
        status: { uri, index },
      },
      drawsOf(desk.random),
    )
    const header = { ...unsigned.header, ...signerName(desk.identity, edition) }
    const jwt = await signJws(desk.identity.signer, header, unsigned.payload)
    copies.push({
      credential: joinSdJwt(jwt, unsigned.disclosures),
      copy: {
        list: number,
        index,
        offer: offer.id,
        subject: subject.id,
        configuration: described.configuration,
        issuedAt,
        expires: expiresAt,
      },
    })
  }
  return copies
}

/** Midnight after a last day. Editions end at midnights, so that copies look alike. */
function endOf(lastDay: string | undefined): Instant {
  const at = lastDay === undefined ? NaN : Date.parse(`${lastDay}T00:00:00Z`) / 1000
  return Number.isNaN(at) ? Infinity : at + day
}

/** The bytes whose digest every credential of the type carries and the registry logs. */
export function metadataBytes(edition: EditionOfType): Uint8Array {
  return utf8(JSON.stringify(edition.metadata))
}

/** Form X for the full edition, form D for the counter's, which is shorter by the certificates. */
function signerName(
  identity: IssuerIdentity,
  edition: Edition,
): { readonly x5c: readonly string[] } | { readonly kid: string } {
  return edition === 'full' ? { x5c: identity.certificates.map(encodeBase64) } : { kid: identity.keyId }
}
