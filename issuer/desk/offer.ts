import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { Fault, faultCode } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { Random } from '@fujie/shared/ports/random.ts'
import type { CatalogueEntry } from '../catalogue/entry.ts'
import type { Offer, OfferFlow, Offers, Subject, Subjects } from './ports.ts'
import { secretHash } from './secret.ts'
import { drawTokens, type Tokens } from './tokens.ts'

interface OfferDesk {
  readonly clock: Clock
  readonly random: Random
  readonly offers: Offers
  readonly subjects: Subjects
  readonly catalogue: readonly CatalogueEntry[]
}

/** What the clerk hands over: the link's id, and the code that goes another way. */
export interface MadeOffer {
  readonly id: string
  readonly txCode: string
  readonly expires: number
}

/** A number below `below`, each equally likely. */
export function drawBelow(random: Random, below: number): number {
  const range = 2 ** 32
  const fair = range - (range % below)
  for (;;) {
    const [a, b, c, d] = random.bytes(4) as unknown as [number, number, number, number]
    const drawn = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
    if (drawn < fair) return drawn % below
  }
}

/** Absent: a pre-authorised code, and nothing to be looked at first. */
export interface OfferTerms {
  readonly flow?: OfferFlow
  readonly review?: boolean
}

/**
 * Promises a type to a subject: pre-authorised code, single use, 5 minutes, and a six-digit transaction code.
 *
 * @throws Fault `document.not_found` for a subject not in the register, `credential_configuration.unknown`,
 * `issuer.refused` for one who has no such document
 */
export function makeOffer(desk: OfferDesk, subject: string, entry: string, terms: OfferTerms = {}): MadeOffer {
  const person = desk.subjects.find(subject)
  if (!person) throw new Fault('document.not_found')
  const type = desk.catalogue.find(({ id }) => id === entry)
  if (!type) throw new Fault('credential_configuration.unknown')
  if (!mayHave(type, person, desk.clock.now())) throw new Fault('issuer.refused', { entry })
  const code = encodeBase64url(desk.random.bytes(32))
  const txCode = String(drawBelow(desk.random, 1_000_000)).padStart(6, '0')
  const id = encodeBase64url(desk.random.bytes(16))
  const expires = desk.clock.now() + lifetimes.preAuthorisedCode
  desk.offers.insert({
    id,
    subject,
    entry,
    code,
    codeHash: secretHash(code),
    txCodeHash: secretHash(`${id} ${txCode}`),
    expires,
    state: 'open',
    wrong: 0,
    reads: 0,
    flow: terms.flow ?? 'pre_authorised',
    review: terms.review === true ? 'pending' : 'none',
  })
  return { id, txCode, expires }
}

/** Whether the register has such a document of a person. */
export function mayHave(entry: CatalogueEntry, subject: Subject, now: Instant): boolean {
  try {
    entry.claims(subject, now)
    return true
  } catch (thrown) {
    if (faultCode(thrown) !== 'issuer.refused') throw thrown
    return false
  }
}

/** Where an offer stands now; what was promised and not fetched in time is over. */
export function offerState(offer: Offer, now: number): Offer['state'] {
  return offer.state === 'open' && offer.expires <= now ? 'expired' : offer.state
}

/**
 * Redeems a pre-authorised code for tokens bound to a DPoP key.
 *
 * The code is judged before the transaction code, so that a stranger's guess never counts against an offer;
 * five wrong transaction codes burn it.
 *
 * @throws Fault `grant.invalid`, `code.used`, `offer.expired`, `tx_code.wrong`, `tx_code.exhausted`
 */
export function redeemOffer(desk: OfferDesk, code: string, txCode: string | undefined, keyThumbprint: string): Tokens {
  const offer = desk.offers.findByCode(secretHash(code))
  if (offer?.flow !== 'pre_authorised') throw new Fault('grant.invalid')
  const now = desk.clock.now()
  refuseClosed(offer, now)
  if (txCode === undefined || secretHash(`${offer.id} ${txCode}`) !== offer.txCodeHash) {
    throw new Fault(desk.offers.countWrong(offer.id) === 'burnt' ? 'tx_code.exhausted' : 'tx_code.wrong')
  }
  const drawn = drawTokens(desk, { offer: offer.id, keyThumbprint })
  if (!desk.offers.redeem(offer.id, now, drawn.access, drawn.refresh)) throw new Fault('code.used')
  return drawn
}

/** @throws Fault for an offer that is no longer open */
export function refuseClosed(offer: Offer, now: number): void {
  switch (offerState(offer, now)) {
    case 'open':
      return
    case 'expired':
      throw new Fault('offer.expired')
    case 'burnt':
      throw new Fault('tx_code.exhausted')
    case 'redeemed':
    case 'delivered':
      throw new Fault('code.used')
  }
}
