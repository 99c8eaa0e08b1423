import { decodeBase45, encodeBase45 } from '../encoding/base45.ts'
import { concatBytes, uintBytes } from '../encoding/bytes.ts'
import { Fault } from '../fault.ts'
import { limits } from '../limits.ts'
import { crc32 } from './crc32.ts'
import { fragmentsOf } from './fountain-choice.ts'

/** What a moving code carries, by the number in its parts: an answer, a counter's request, a trust bundle. */
export const messageKinds = { FJP1: 1, FJQ1: 2, FJB1: 3 } as const
export type MessageKind = keyof typeof messageKinds

/** What all parts of one message say alike. */
export interface PartHead {
  readonly kind: MessageKind
  /** Bytes of the message. */
  readonly length: number
  /** CRC-32 of the message. */
  readonly checksum: number
  /** How many fragments it was cut into. */
  readonly count: number
}

/** One picture of a moving code: FJA1 (product design, 6.6). */
export interface Part extends PartHead {
  /** From 1; up to `count` the fragment is plain, beyond it several are mixed. */
  readonly sequence: number
  readonly fragment: Uint8Array
}

const prefix = 'FJA1:'
const version = 1
const headLength = 13

/** The parts of a message one after the other, without end: whoever missed one waits for no other. */
export class Fountain {
  readonly head: PartHead
  readonly #fragments: readonly Uint8Array[]

  /** @throws Fault `limit.exceeded` for more than 64 fragments of 240 bytes */
  constructor(kind: MessageKind, message: Uint8Array) {
    const count = Math.ceil(message.length / limits.fja1Fragment)
    if (count < 1 || count > limits.fja1Fragments) throw new Fault('limit.exceeded', { limit: 'FJA1' })
    const size = Math.ceil(message.length / count)
    const padded = concatBytes(message, new Uint8Array(size * count - message.length))
    this.head = { kind, length: message.length, checksum: crc32(message), count }
    this.#fragments = Array.from({ length: count }, (_, i) => padded.slice(i * size, (i + 1) * size))
  }

  /** The text of the picture with this number, from 1. */
  part(sequence: number): string {
    const { count, checksum } = this.head
    const mixed = fragmentsOf(sequence, count, checksum).map((i) => this.#fragments[i] as Uint8Array)
    return formatPart({ ...this.head, sequence, fragment: mixed.reduce(xor) })
  }
}

export function xor(one: Uint8Array, other: Uint8Array): Uint8Array {
  return one.map((byte, i) => byte ^ (other[i] as number))
}

function formatPart({ kind, length, checksum, count, sequence, fragment }: Part): string {
  const head = concatBytes(
    Uint8Array.of(version, messageKinds[kind]),
    ...[uintBytes(length, 2), uintBytes(checksum, 4), uintBytes(count, 1), uintBytes(sequence, 4)],
  )
  return `${prefix}${encodeBase45(concatBytes(head, fragment))}.`
}

/**
 * Reads one part.
 *
 * @throws Fault `link.malformed`
 */
export function parsePart(text: string): Part {
  const most = prefix.length + 1 + Math.ceil(((headLength + limits.fja1Fragment) * 3) / 2)
  const isPart = text.startsWith(prefix) && text.endsWith('.') && text.length <= most
  const bytes = isPart ? decodeBase45(text.slice(prefix.length, -1)) : undefined
  if (bytes === undefined || bytes.length <= headLength) return malformed('length')
  const uint = (at: number, size: number) => bytes.slice(at, at + size).reduce((sum, byte) => sum * 256 + byte, 0)
  const kind = (Object.keys(messageKinds) as MessageKind[]).find((each) => messageKinds[each] === uint(1, 1))
  const [length, count, sequence] = [uint(2, 2), uint(8, 1), uint(9, 4)]
  const fragment = bytes.slice(headLength)
  if (uint(0, 1) !== version || kind === undefined) return malformed('version')
  if (count < 1 || count > limits.fja1Fragments || sequence < 1) return malformed('count')
  // One way to cut a message, so that a part belongs to one message alone.
  if (count !== Math.ceil(length / limits.fja1Fragment) || fragment.length !== Math.ceil(length / count))
    return malformed('fragment')
  return { kind, length, checksum: uint(4, 4), count, sequence, fragment }
}

function malformed(at: string): never {
  throw new Fault('link.malformed', { at: `part ${at}` })
}
