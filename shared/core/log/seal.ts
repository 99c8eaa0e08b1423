import type { Hash } from '../crypto/hash.ts'
import { decodeBase64url, encodeBase64url } from '../encoding/base64url.ts'
import { utf8, utf8Text } from '../encoding/bytes.ts'
import { Fault } from '../fault.ts'
import { isInstant, type Instant } from '../instant.ts'
import { limits } from '../limits.ts'

/** The entry that ends a batch: which records are in it, and the map after them (registry, 4). */
export interface Seal {
  readonly batch: number
  /** Index of the first record; the seal stands at `first + count`. */
  readonly first: number
  readonly count: number
  readonly mapRoot: Hash
  readonly leaves: number
  /** Never falls from seal to seal. */
  readonly time: Instant
  /** Index of the seal before; absent in batch 1. */
  readonly prev?: number
  /** Index of the policy in force. */
  readonly policy: number
}

const head = 'fujie/seal/v1\n'

export function formatSeal(seal: Seal): string {
  return [
    'fujie/seal/v1',
    `batch ${seal.batch}`,
    `records ${seal.first} ${seal.count}`,
    `map mpt1 ${encodeBase64url(seal.mapRoot)} ${seal.leaves}`,
    `time ${seal.time}`,
    `prev ${seal.prev ?? '-'}`,
    `policy ${seal.policy}`,
    '',
  ].join('\n')
}

export function sealEntry(seal: Seal): Uint8Array {
  return utf8(formatSeal(seal))
}

/** Index of the seal itself. */
export function sealIndex(seal: Pick<Seal, 'first' | 'count'>): number {
  return seal.first + seal.count
}

/** What an entry of the log is, by its first bytes; undefined: it makes the log invalid. */
export function entryKind(entry: Uint8Array): 'record' | 'seal' | undefined {
  if (entry[0] === 0x65 && entry[1] === 0x79) return 'record'
  return utf8Text(entry.subarray(0, head.length)) === head ? 'seal' : undefined
}

const number = '(0|[1-9][0-9]{0,15})'
const form = new RegExp(
  `^fujie/seal/v1\\nbatch ${number}\\nrecords ${number} ${number}\\nmap mpt1 ([A-Za-z0-9_-]{43}) ${number}\\n` +
    `time ${number}\\nprev (?:${number}|-)\\npolicy ${number}\\n$`,
)

/**
 * Reads a seal; its numbers must be possible, whether they are right is for the replay.
 *
 * @throws Fault `checkpoint.malformed`
 */
export function parseSeal(entry: Uint8Array): Seal {
  const found = form.exec(utf8Text(entry) ?? '')
  const mapRoot = decodeBase64url(found?.[4] ?? '')
  if (!found || !mapRoot) throw new Fault('checkpoint.malformed', { at: 'seal' })
  const [batch, first, count, , leaves, time, prev, policy] = found.slice(1).map(Number) as [
    ...[number, number, number, number],
    ...[number, number, number, number],
  ]
  const seal = { batch, first, count, mapRoot, leaves, time, policy, ...(found[7] === undefined ? {} : { prev }) }
  if (!isPossible(seal)) throw new Fault('checkpoint.malformed', { at: 'seal' })
  return seal
}

/** Whether the numbers of a seal go together. */
export function isPossible(seal: Seal): boolean {
  const { batch, first, count, leaves, time, prev, policy } = seal
  const whole = [batch, first, count, leaves, policy, prev ?? 0].every(
    (value) => Number.isSafeInteger(value) && value >= 0,
  )
  if (!whole || !isInstant(time) || count < 1 || count > limits.batchRecords || batch < 1) return false
  const follows = batch === 1 ? prev === undefined && first === 0 : prev === first - 1
  return follows && policy < first + count && leaves >= 1
}
