import { Fault } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { keep, readRecord } from './contents.ts'
import { followUpPrefix, storedFollowUp, type StoredFollowUp } from './contents-history.ts'
import { findEntry } from './history.ts'
import type { Vault, VaultChange } from './vault.ts'

/** What one entry's request to delete, or report, is about. */
export interface FollowUpOf {
  readonly id: string
  readonly kind: StoredFollowUp['kind']
}

/** The change that notes a request as sent. @throws Fault `history.not_found` */
export function noteAsked(
  vault: Vault,
  { id, kind }: FollowUpOf,
  way: StoredFollowUp['way'],
  now: Instant,
): VaultChange {
  findEntry(vault, id)
  const asked: StoredFollowUp = { kind, way, at: now, state: 'asked', stateAt: now }
  return keep('history', nameOf({ id, kind }), asked)
}

/** The change that notes what came of a request. @throws Fault `history.not_found` */
export function noteOutcome(
  vault: Vault,
  { id, kind }: FollowUpOf,
  state: StoredFollowUp['state'],
  now: Instant,
): VaultChange {
  const asked = readRecord(vault, 'history', nameOf({ id, kind }), storedFollowUp)
  if (asked === undefined) throw new Fault('history.not_found')
  return keep('history', nameOf({ id, kind }), { ...asked, state, stateAt: now })
}

function nameOf({ id, kind }: FollowUpOf): string {
  return `${followUpPrefix}${id}/${kind}`
}
