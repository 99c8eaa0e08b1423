import type { PublicJwk } from '@fujie/shared/core/crypto/key.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'

/** A person as the agency's own register has them. */
export interface Subject {
  readonly id: string
  readonly name: string
  readonly idNumber: string
  /** YYYY-MM-DD. */
  readonly birthdate: string
  /** GB/T 2261.1: 1 male, 2 female, 9 not stated. */
  readonly gender: 1 | 2 | 9
  readonly ethnicity: string
  readonly nationality: string
  readonly address: string
  readonly documentNumber: string
  readonly validFrom: string
  /** YYYY-MM-DD or `long_term`. */
  readonly validTo: string
  /** Of those who may drive. */
  readonly licence?: Licence
}

export interface Licence {
  /** GA 801: `C1`. */
  readonly vehicleClasses: readonly string[]
  /** YYYY-MM-DD, as the others. */
  readonly firstIssued: string
  readonly validFrom: string
  readonly validTo: string
  /** Twelve digits. */
  readonly fileNumber: string
}

/** The agency's register, read only. */
export interface Subjects {
  list(): readonly Subject[]
  find(id: string): Subject | undefined
}

/** How a wallet comes to the token: by the code of the offer itself, or by the person's own word on the agency's page. */
export type OfferFlow = 'pre_authorised' | 'code'

/** What a clerk has still to look at before anything is issued. */
export type Review = 'none' | 'pending' | 'approved' | 'declined'

export type OfferState = 'open' | 'redeemed' | 'delivered' | 'burnt' | 'expired'

/** An offer: what was promised to whom. Secrets are kept as their SHA-256 alone. */
export interface Offer {
  readonly id: string
  readonly subject: string
  readonly entry: string
  readonly codeHash: string
  readonly txCodeHash: string
  readonly expires: Instant
  readonly state: OfferState
  /** Wrong codes so far. */
  readonly wrong: number
  readonly reads: number
  readonly flow: OfferFlow
  readonly review: Review
}

export interface AccessToken {
  readonly hash: string
  readonly offer: string
  /** Thumbprint of the DPoP key it is bound to. */
  readonly keyThumbprint: string
  /** A client known by name; absent: anonymous. */
  readonly client?: string
  readonly expires: Instant
}

/** The right to come again: for what is under review, for more copies, for a renewal. One a redeemed offer. */
export type RefreshToken = AccessToken

/** An authorisation request as a wallet pushed it, and what the person made of it. */
export interface Pushed {
  /** Hash of the address it is kept under. */
  readonly hash: string
  readonly client: string
  readonly redirectUri: string
  readonly state: string
  readonly codeChallenge: string
  readonly entry: string
  readonly issuerState?: string
  /** Whether it came with authorisation details, which a token then answers. */
  readonly detailed: boolean
  /** Thumbprint of the DPoP key that the code will be bound to (RFC 9449, 10.1). */
  readonly keyThumbprint: string
  readonly expires: Instant
}

/** A pushed request that a person has agreed to. */
export interface Authorised extends Pushed {
  readonly offer: string
}

/** A promise to issue later, to keys that were proven when it was made. */
export interface Transaction {
  readonly hash: string
  readonly offer: string
  readonly configuration: string
  readonly keys: readonly PublicJwk[]
  readonly expires: Instant
}

/** One issued copy, known by its index alone. */
export interface IssuedCopy {
  readonly list: number
  readonly index: number
  readonly offer: string
  readonly subject: string
  readonly configuration: string
  readonly issuedAt: Instant
  readonly expires: Instant
}

/**
 * What the agency remembers. Every change is durable when the call returns; those that decide something
 * are one statement, so that of two at once exactly one wins.
 */
export interface Offers {
  insert(offer: Offer & { readonly code: string }): void
  find(id: string): Offer | undefined
  recent(most: number): readonly Offer[]
  /** Counts a read and gives the code and offer, unless it was read too often, redeemed or is over. */
  read(id: string, now: Instant): (Offer & { readonly code: string }) | undefined
  findByCode(codeHash: string): Offer | undefined
  /** Counts a wrong code; the fifth burns the offer. The state after. */
  countWrong(id: string): OfferState
  /** True for the one caller that redeems an open offer. */
  redeem(id: string, now: Instant, token: AccessToken, refresh: RefreshToken): boolean
  findToken(hash: string, now: Instant): AccessToken | undefined
  /** By its newest refresh token, or by the one before, which stays good until the newest was used. */
  findRefresh(hash: string, now: Instant): RefreshToken | undefined
  /** Puts `next` in the place of the refresh token that was used, with an access token; false if it is gone. */
  rotate(used: string, next: RefreshToken, token: AccessToken): boolean
  /** Takes every token of an offer back: something of it is in two hands. */
  burn(offer: string): void
  /**
   * True for the one caller that delivers an edition of a redeemed offer for a token or a transaction (`by`, its hash);
   * its copies are written with it, and the transaction is over.
   */
  deliver(id: string, by: string, configuration: string, copies: readonly IssuedCopy[]): boolean
  /** Copies of an offer issued since. */
  countCopies(offer: string, since: Instant): number
  push(pushed: Pushed): void
  findPushed(hash: string, now: Instant): Pushed | undefined
  forgetPushed(hash: string): void
  /** True for the one caller that gives a pushed request its code; a new offer is written with it. */
  authorise(hash: string, code: { readonly hash: string; readonly expires: Instant }, offer: Offer): boolean
  findCode(codeHash: string): (Authorised & { readonly used: boolean }) | undefined
  /** True for the first caller. */
  useCode(codeHash: string): boolean
  wait(transaction: Transaction): void
  findTransaction(hash: string, now: Instant): Transaction | undefined
  /** False if there was nothing to decide. */
  decide(offer: string, review: 'approved' | 'declined'): boolean
  /** True the first time a name is seen before it expires (nonces, `jti`). */
  useOnce(kind: 'nonce' | 'jti', name: string, expires: Instant, now: Instant): boolean
  /** A free index of a list, drawn by `draw`, reserved for ever. */
  takeIndex(list: number, entries: number, draw: (below: number) => number): number
  copiesOf(offer: string): readonly IssuedCopy[]
  /** The offer that gave out the copy with this index. */
  offerAt(list: number, index: number): string | undefined
  statusValues(list: number): ReadonlyMap<number, number>
  setStatus(list: number, indices: readonly number[], value: number): void
  notify(notification: string, event: string): boolean
  insertNotification(notification: string, offer: string): void
}
