import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { Random } from '@fujie/shared/ports/random.ts'
import type { CatalogueEntry } from '../catalogue/entry.ts'
import type { AccessToken, Offer, Offers, Subjects } from './ports.ts'

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

/** What is kept of a secret: enough to know it again. */
export function secretHash(secret: string): string {
  return encodeBase64url(sha256(utf8(secret)))
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

/**
 * Promises a type to a subject: pre-authorised code, single use, 5 minutes, and a six-digit transaction code.
 *
 * @throws Fault `document.not_found` for a subject not in the register, `credential_configuration.unknown`
 */
export function makeOffer(desk: OfferDesk, subject: string, entry: string): MadeOffer {
  if (!desk.subjects.find(subject)) throw new Fault('document.not_found')
  if (!desk.catalogue.some((type) => type.id === entry)) throw new Fault('credential_configuration.unknown')
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
  })
  return { id, txCode, expires }
}

/** Where an offer stands now; what was promised and not fetched in time is over. */
export function offerState(offer: Offer, now: number): Offer['state'] {
  return offer.state === 'open' && offer.expires <= now ? 'expired' : offer.state
}

export interface Grant {
  readonly accessToken: string
  readonly offer: Offer
}

/**
 * Redeems a pre-authorised code for an access token bound to a DPoP key.
 *
 * The code is judged before the transaction code, so that a stranger's guess never counts against an offer;
 * five wrong transaction codes burn it.
 *
 * @throws Fault `grant.invalid`, `code.used`, `offer.expired`, `tx_code.wrong`, `tx_code.exhausted`
 */
export function redeemOffer(desk: OfferDesk, code: string, txCode: string | undefined, keyThumbprint: string): Grant {
  const offer = desk.offers.findByCode(secretHash(code))
  if (!offer) throw new Fault('grant.invalid')
  const now = desk.clock.now()
  refuseClosed(offer, now)
  if (txCode === undefined || secretHash(`${offer.id} ${txCode}`) !== offer.txCodeHash) {
    throw new Fault(desk.offers.countWrong(offer.id) === 'burnt' ? 'tx_code.exhausted' : 'tx_code.wrong')
  }
  const accessToken = encodeBase64url(desk.random.bytes(32))
  const token: AccessToken = {
    hash: secretHash(accessToken),
    offer: offer.id,
    keyThumbprint,
    expires: now + lifetimes.accessToken,
  }
  if (!desk.offers.redeem(offer.id, now, token)) throw new Fault('code.used')
  return { accessToken, offer }
}

function refuseClosed(offer: Offer, now: number): void {
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
