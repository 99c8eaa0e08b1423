import type { Instant } from '@fujie/shared/core/instant.ts'
import { parseNote, parseVerifierKey, verifiedSignatures } from '@fujie/shared/core/log/note.ts'
import { isUnmet } from '@fujie/shared/core/log/quorum.ts'
import { parseTrustPolicy } from '@fujie/shared/core/log/trust-policy.ts'
import type { Stats } from '../contract.ts'

/** Who of the log's policy signed its newest checkpoint, worked out here. */
export interface Cosigners {
  readonly all: readonly { readonly name: string; readonly time?: Instant }[]
  readonly isMet: boolean
}

/**
 * Verifies the cosignatures of the newest checkpoint.
 *
 * @throws Fault `policy.malformed`, `checkpoint.malformed`
 */
export async function cosignersOf({ trust, note }: Pick<Stats, 'trust' | 'note'>): Promise<Cosigners> {
  const { witnesses, quorum } = parseTrustPolicy(trust)
  const keys = witnesses.map(({ vkey }) => parseVerifierKey(vkey))
  const verified = await verifiedSignatures(parseNote(note), keys)
  const all = keys.map((key) => {
    const time = verified.find((each) => each.key.keyId === key.keyId)?.time
    return { name: key.name, ...(time !== undefined && { time }) }
  })
  return { all, isMet: !isUnmet(quorum, verified) }
}
