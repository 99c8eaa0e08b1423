import { sha256, type Hash } from '../crypto/hash.ts'
import { utf8 } from '../encoding/bytes.ts'
import { Recent } from '../encoding/recent.ts'
import type { Instant } from '../instant.ts'
import type { Namespace } from '../record/record.ts'

/** `closed`: deactivated or withdrawn, for good. */
export type StateStatus = 'active' | 'closed'

/** What the map says of a name: its latest record and when it came. */
export interface NameState {
  readonly ns: Namespace
  readonly name: string
  readonly seq: number
  /** Id of the latest record, base64url. */
  readonly id: string
  /** Its entry in the log. */
  readonly index: number
  readonly status: StateStatus
  /** Seal times of the first and the latest record. */
  readonly created: Instant
  readonly updated: Instant
}

/**
 * One text for a name in its namespace, and no other's: a DID as it is, for most names are one.
 *
 * Whoever asks may call anything the name of a DID. What does not begin like one is told apart, or a question for the
 * DID `acc a b` would be answered, and remembered, for the accreditation `a b`.
 */
export function nameText(ns: Namespace, name: string): string {
  return ns === 'did' && name.startsWith('did:') ? name : `${ns} ${name}`
}

/** Keys of the names met last: on its way into the log a name is asked for its key many times. */
const keys = new Recent<string, Hash>(12_000)

/** Key of a name in the map (registry, 5). Not to be written to. */
export function mapKey(ns: Namespace, name: string): Hash {
  const text = nameText(ns, name)
  const known = keys.get(text)
  if (known !== undefined) return known
  const key = sha256(utf8(`fujie/key/v1\n${ns}\n${name}`))
  keys.put(text, key)
  return key
}

/** The text whose hash is the value in the map. */
export function formatState(state: NameState): string {
  return [
    'fujie/state/v1',
    `${state.ns} ${state.name}`,
    `seq ${state.seq}`,
    `id ${state.id}`,
    `index ${state.index}`,
    `status ${state.status}`,
    `created ${state.created}`,
    `updated ${state.updated}`,
    '',
  ].join('\n')
}

/** The value in the map. */
export function stateHash(state: NameState): Hash {
  return sha256(utf8(formatState(state)))
}
