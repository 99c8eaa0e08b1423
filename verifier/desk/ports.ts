import type { PublicJwk } from '@fujie/shared/core/crypto/key.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'

/** Where one check stands (wire profile, 6). What was read is purged with it: a purged check is no longer there. */
export type CheckState =
  'created' | 'fetched' | 'consumed' | 'accepted' | 'refused' | 'declined' | 'read' | 'expired' | 'cancelled'

/** A one-time key to which the wallet encrypts its answer. */
export interface ResponseKey extends PublicJwk {
  readonly d: string
}

/** Makes one-time P-256 keys. */
export interface ResponseKeys {
  create(): ResponseKey
}

/** What a wallet that fetched the request was asked with. Fresh for each fetch; the last one counts. */
export interface Asked {
  /** SHA-256 of the id in `response_uri`, base64url. */
  readonly answerHash: string
  readonly nonce: string
  readonly state: string
  readonly key: ResponseKey
  readonly walletNonce?: string
  readonly at: Instant
}

/** The same with where the answer came in, which an mdoc is shown for. */
export interface AskedAt extends Asked {
  readonly responseUri: string
}

/** One occasion of checking somebody. Identifiers and secrets are kept as SHA-256, claims not at all. */
export interface Check {
  readonly hash: string
  /** SHA-256 of the secret of the browser that began it. */
  readonly browserHash: string
  readonly purpose: string
  readonly state: CheckState
  readonly expires: Instant
  readonly asked?: Asked
}

export type NewCheck = Pick<Check, 'hash' | 'browserHash' | 'purpose' | 'expires'>

/** What became of a fetch: `taken` by another wallet, or too often by this one. */
export type Fetched =
  { readonly outcome: 'fetched'; readonly check: Check } | { readonly outcome: 'unknown' | 'taken' | 'expired' }

/**
 * The checks of a verifier, and its memory of answers seen.
 *
 * Every change is one atomic step that names the state it starts from, and is durable when the promise resolves.
 * The state handed out is the one stored: whether its time is over is for the caller to say.
 */
export interface Checks {
  /** @throws Fault `store.full` */
  insert(check: NewCheck): Promise<void>
  find(hash: string): Promise<Check | undefined>
  /** Adds a way into a check that nobody has fetched yet, and prolongs it to `expires` if that is later; false otherwise. */
  addSlot(hash: string, requestHash: string, expires: Instant): Promise<boolean>
  /** `created → fetched` for the first; the same wallet nonce may repeat up to three times in all. Other slots die. */
  fetch(requestHash: string, asked: Asked, expires: Instant): Promise<Fetched>
  /** `fetched → consumed`: of any number of simultaneous calls one gets the check, the others undefined. */
  consume(answerHash: string, now: Instant): Promise<Check | undefined>
  /** Whether an answer was ever awaited under this hash, for telling the late from the lost. */
  knowsAnswer(answerHash: string): Promise<boolean>
  /** `consumed → to`; false if it was not consumed, or is no longer. */
  settle(hash: string, to: 'accepted' | 'refused' | 'declined'): Promise<boolean>
  /** `accepted → read`; a refused one stays refused. */
  markRead(hash: string): Promise<void>
  /** Anything unfinished → cancelled. */
  cancel(hash: string): Promise<void>
  /** Remembers an answer until an instant; false if it was remembered already. @throws Fault `store.full` */
  remember(replayKey: string, until: Instant): Promise<boolean>
  /** Adds one to what was checked on a day, and counts it. Days are whole days since 1970 in the counter's own time. */
  count(day: number): Promise<number>
  counted(day: number): Promise<number>
  /** Forgets checks that ended before an instant, and replay keys whose time is over. */
  sweep(endedBefore: Instant, now: Instant): Promise<void>
  close(): void
}

/** How often one wallet may fetch one request. */
const mostFetches = 3

/** Whether a request that was fetched may go out again: only to the wallet that has it, known by its nonce. */
export function mayFetchAgain(
  before: { readonly state: CheckState; readonly fetches: number; readonly walletNonce: string | undefined },
  asked: Asked,
): boolean {
  const sameWallet = asked.walletNonce !== undefined && asked.walletNonce === before.walletNonce
  return before.state === 'fetched' && sameWallet && before.fetches < mostFetches
}

/** How many rows the store holds before it refuses. */
export const mostRows = 1_000_000
