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
}

/** The agency's register, read only. */
export interface Subjects {
  list(): readonly Subject[]
  find(id: string): Subject | undefined
}

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
}

export interface AccessToken {
  readonly hash: string
  readonly offer: string
  /** Thumbprint of the DPoP key it is bound to. */
  readonly keyThumbprint: string
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
  redeem(id: string, now: Instant, token: AccessToken): boolean
  findToken(hash: string, now: Instant): AccessToken | undefined
  /** True for the one caller that delivers an edition of a redeemed offer; its copies are written with it. */
  deliver(id: string, configuration: string, copies: readonly IssuedCopy[]): boolean
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
