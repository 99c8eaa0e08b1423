import type { PublicJwk } from '../crypto/key.ts'
import type { Instant } from '../instant.ts'
import type { DocumentKey } from '../record/operation.ts'
import type { FindingCode } from '../verdict.ts'
import { prove, type Grounds } from './prove.ts'

export interface KeyJudgement {
  readonly codes: readonly FindingCode[]
  /** The key found, also where it may no longer be relied on: its signature is checked all the same. */
  readonly key?: PublicJwk
}

/**
 * Finds a key of an anchored DID and judges what it was allowed to sign at an instant (registry, 1.2; wire profile, 10).
 *
 * A retired key stays good for what is dated before; a compromised one for nothing, since dates can be forged with it.
 */
export async function keyAt(
  did: string,
  isMeant: (key: DocumentKey) => boolean,
  at: Instant,
  grounds: Grounds,
): Promise<KeyJudgement> {
  const { codes, state } = await prove('did_state', did, grounds)
  if (state === undefined) return { codes }
  if (state.status === 'closed') return { codes: [...codes, 'issuer.deactivated'] }
  const { record } = state
  const keys = record && 'doc' in record.payload ? record.payload.doc.keys : []
  const found = keys.find(isMeant)
  if (found === undefined) return { codes: [...codes, 'issuer.key_unknown'] }
  return { codes: [...codes, ...judgeKey(found, at)], key: found.jwk }
}

function judgeKey({ for: uses, from, retired, compromised }: DocumentKey, at: Instant): FindingCode[] {
  if (compromised === true) return ['issuer.key_withdrawn']
  if (from !== undefined && at < from) return ['issuer.key_unknown']
  if (retired !== undefined) return [at < retired ? 'issuer.key_rotated' : 'issuer.key_withdrawn']
  return uses.includes('assertionMethod') ? [] : ['issuer.key_unknown']
}
