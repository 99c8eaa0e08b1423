/** Whole seconds since 1970-01-01T00:00:00Z (NumericDate of RFC 7519 without fractions). */
export type Instant = number

/** A length of time in whole seconds. */
export type Seconds = number

/** The last instant we accept in a token: the end of year 9999. */
export const lastInstant: Instant = 253_402_300_799

/** Whether a value read from outside is an instant we can reckon with. */
export function isInstant(value: unknown): value is Instant {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= lastInstant
}
