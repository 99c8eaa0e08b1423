import type { DocumentState } from '../engine/contract.ts'

/** Withdrawn, held and expired documents stay in the wallet but cannot be chosen. An unknown state can: others will ask again. */
export function cannotShow(state: DocumentState): boolean {
  return state === 'suspended' || state === 'revoked' || state === 'expired'
}
