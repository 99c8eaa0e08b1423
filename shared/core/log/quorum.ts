import type { Instant } from '../instant.ts'
import { parseVerifierKey, type VerifiedSignature } from './note.ts'

/** Who must have cosigned a checkpoint: one witness, or so many of a group (C2SP tlog-policy). */
export type Quorum = { readonly vkey: string } | { readonly threshold: number; readonly members: readonly Quorum[] }

/** The newest instant at which the quorum stood for the checkpoint; undefined if it is not met. */
export function timeOfQuorum(quorum: Quorum, verified: readonly VerifiedSignature[]): Instant | undefined {
  if ('vkey' in quorum) {
    const { keyId } = parseVerifierKey(quorum.vkey)
    const times = verified.flatMap(({ key, time }) => (key.keyId === keyId && time !== undefined ? [time] : []))
    return times.length === 0 ? undefined : Math.max(...times)
  }
  const times = quorum.members.flatMap((member) => timeOfQuorum(member, verified) ?? [])
  return times.sort((a, b) => b - a)[quorum.threshold - 1]
}

export function isUnmet(quorum: Quorum | undefined, verified: readonly VerifiedSignature[]): boolean {
  return quorum !== undefined && timeOfQuorum(quorum, verified) === undefined
}
