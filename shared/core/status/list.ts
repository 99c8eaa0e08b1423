import { deflate, inflate } from '#primitive'
import { Fault } from '../fault.ts'
import { limits } from '../limits.ts'

/** Bits of one status (Token Status List, 4.1). */
export type StatusBits = 1 | 2 | 4 | 8

/** A status list opened: one value after the other, low bits of a byte first. */
export interface StatusList {
  readonly bits: StatusBits
  readonly bytes: Uint8Array
}

export function isStatusBits(value: unknown): value is StatusBits {
  return value === 1 || value === 2 || value === 4 || value === 8
}

/** Inflates a list up to our cap; undefined if there is more, something behind it, or no list at all. */
export async function openStatusList(bits: StatusBits, packed: Uint8Array): Promise<StatusList | undefined> {
  if (packed.length > limits.statusListPacked) return undefined
  const bytes = await inflate(packed, limits.statusListInflated, 'zlib')
  return bytes && bytes.length > 0 ? { bits, bytes } : undefined
}

export function countEntries({ bits, bytes }: StatusList): number {
  return (bytes.length * 8) / bits
}

/** The value at an index; undefined if the list is shorter. */
export function statusAt({ bits, bytes }: StatusList, index: number): number | undefined {
  const perByte = 8 / bits
  const byte = bytes[Math.floor(index / perByte)]
  return byte === undefined ? undefined : (byte >> ((index % perByte) * bits)) & (2 ** bits - 1)
}

/**
 * Packs one value an entry into a list.
 *
 * @throws Fault `status_list.malformed` if a value does not fit, or the entries do not fill their last byte
 */
export function packStatusList(bits: StatusBits, values: ArrayLike<number>): StatusList {
  const perByte = 8 / bits
  if (values.length % perByte !== 0) throw new Fault('status_list.malformed', { reason: 'entries' })
  const bytes = new Uint8Array(values.length / perByte)
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** bits) {
      throw new Fault('status_list.malformed', { reason: 'value' })
    }
    const at = Math.floor(i / perByte)
    bytes[at] = (bytes[at] as number) | (value << ((i % perByte) * bits))
  }
  return { bits, bytes }
}

/** The compressed bytes of a list: what `lst` spells, and what the log keeps the digest of. */
export async function compressStatusList(list: StatusList): Promise<Uint8Array> {
  return deflate(list.bytes, 'zlib')
}
