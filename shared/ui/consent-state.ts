/** How the asking party stands, as the head of a consent screen says it. */
export type ConsentState =
  | { readonly kind: 'accredited' }
  | { readonly kind: 'known' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'excess'; readonly items: readonly string[] }
  | { readonly kind: 'flagged'; readonly reason: string }
  | { readonly kind: 'disallowed' }

/** Hours after which data of an offline judgement is shown in amber, and after which nobody counts as known. */
export const amberAfterHours = 24
export const unknownAfterHours = 48
