import * as z from 'zod/mini'
import { notificationEvents } from '@fujie/shared/core/issuance/exchange.ts'

const instant = z.int().check(z.gte(0))

/**
 * Store `settings`, records `grant/<id>`: the right to fetch documents from an agency, and to come again. Documents,
 * receipts and notices name the one they need; what none names is forgotten.
 */
export const storedGrant = z.object({
  id: z.string(),
  /** Identifier of the credential issuer. */
  issuer: z.string(),
  /** Its authorisation server, where the offer named one. */
  server: z.optional(z.string()),
  /** Present where the wallet program was known by name. */
  clientId: z.optional(z.string()),
  /** Key that the tokens are bound to. */
  key: z.string(),
  access: z.object({ text: z.string(), expires: instant }),
  refresh: z.optional(z.string()),
})
export type StoredGrant = z.output<typeof storedGrant>

/** Store `settings`, records `notice/<id>`: what an agency is still to be told. */
export const storedNotice = z.object({
  id: z.string(),
  grant: z.string(),
  notification: z.string(),
  event: z.enum(notificationEvents),
  /** The document it is about, as long as it may come back. */
  document: z.optional(z.string()),
  tries: z.int(),
  /** Not before. */
  next: instant,
})
export type StoredNotice = z.output<typeof storedNotice>

/** Store `settings`, record `dates`: the last stage a person has waved away, by document. */
export const storedDates = z.object({ seen: z.record(z.string(), z.int()) })

export const grantPrefix = 'grant/'
export const noticePrefix = 'notice/'
