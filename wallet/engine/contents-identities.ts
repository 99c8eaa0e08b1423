import * as z from 'zod/mini'
import { isFaultCode, type FaultCode } from '@fujie/shared/core/fault.ts'
import { didClasses } from '@fujie/shared/core/record/operation.ts'

/*
 * What the store `dids` holds: `id/<id>` a DID of the person's, `recovery` the thumbprints of recovery keys whose
 * private halves only the 24 words give.
 */

const instant = z.int().check(z.gte(0))

/** A recovery key by its number under the words, and its thumbprint. */
const recoveryKey = z.object({ n: z.int().check(z.gte(0)), thumbprint: z.string() })
export type RecoveryKey = z.output<typeof recoveryKey>

export const changeReasons = ['created', 'routine', 'lost', 'exposed', 'recovered', 'deactivated', 'owner'] as const
export type ChangeReason = (typeof changeReasons)[number]

/** A record that was written down before it was sent, with what holds once it stands in the log. */
const pendingChange = z.object({
  record: z.string(),
  why: z.enum(changeReasons),
  began: instant,
  /** After this it can no longer be sealed; a create has no end. */
  expires: z.optional(instant),
  /** Id in `keys` of the key it commits for the next change. */
  update: z.optional(z.string()),
  recovery: z.optional(recoveryKey),
  /** Keys of the document that this wallet holds: their id in the document, their id in `keys`. */
  held: z.record(z.string(), z.string()),
  tries: z.int(),
  /** The registry took it. */
  taken: z.boolean(),
  fault: z.optional(z.custom<FaultCode>(isFaultCode)),
})
export type PendingChange = z.output<typeof pendingChange>

/** One line of a DID's past, as proven by the chain of its records. */
export const storedVersion = z.object({
  seq: z.int(),
  kind: z.enum(['create', 'update', 'recover', 'deactivate']),
  /** Of the newest and the first: proven. Of those between: what the registry says. */
  at: instant,
  /** The record was made by this wallet. */
  ours: z.boolean(),
  keysAdded: z.int(),
  keysEnded: z.int(),
})
export type StoredVersion = z.output<typeof storedVersion>

export const storedIdentity = z.object({
  id: z.string(),
  did: z.string(),
  class: z.enum(didClasses),
  name: z.string(),
  createdAt: instant,
  /** False: it stays in the wallet, as persons do. */
  anchored: z.boolean(),
  /** Id of the identity in this wallet that owns it, for a thing that signs elsewhere: its newest record need not be ours. */
  owner: z.optional(z.string()),
  /** The newest of our records that the log was proven to hold. */
  record: z.optional(z.string()),
  update: z.optional(z.string()),
  recovery: z.optional(recoveryKey),
  held: z.record(z.string(), z.string()),
  pending: z.optional(pendingChange),
  /** The last change the registry would not take. Should it be found in the log after all, its keys are at hand. */
  abandoned: z.optional(pendingChange),
  /** Ids of the records this wallet made. */
  made: z.array(z.string()),
  /** What the last proof said. */
  proven: z.optional(
    z.object({
      seq: z.int(),
      id: z.string(),
      closed: z.boolean(),
      created: instant,
      updated: instant,
      size: z.int(),
      checkpoint: instant,
      at: instant,
      /** The newest record is none of ours. */
      foreign: z.boolean(),
    }),
  ),
  /** Which record the ledger holds too, as the registry says, and where. */
  ledger: z.optional(z.object({ id: z.string(), name: z.string(), tx: z.string() })),
  versions: z.optional(z.array(storedVersion)),
})
export type StoredIdentity = z.output<typeof storedIdentity>

/** Store `dids`, record `recovery`. */
export const storedRecovery = z.object({ thumbprints: z.array(z.string()), next: z.int().check(z.gte(0)) })
export type StoredRecovery = z.output<typeof storedRecovery>

export const identityRecord = (id: string): string => `id/${id}`
