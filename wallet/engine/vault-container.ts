import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { concatBytes, equalBytes, uintBytes, utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import { parseHeader, type VaultHeader } from './vault-header.ts'
import { frameKey, parseRecord } from './vault-record.ts'

export const vaultMagic = utf8('FJVAULT1')
const tagLength = 32
const hashLength = 32

/** A vault whose bytes hang together. Nothing is said yet about who wrote it. */
export interface VaultContainer {
  readonly head: Uint8Array
  readonly headerBytes: Uint8Array
  readonly header: VaultHeader
  readonly headTag: Uint8Array
  /** Frames by key, in file order. */
  readonly frames: ReadonlyMap<string, Uint8Array>
}

/** `magic ‖ u32 length ‖ header ‖ tag`. */
export function formatHead(headerBytes: Uint8Array, headTag: Uint8Array, magic = vaultMagic): Uint8Array {
  return concatBytes(magic, uintBytes(headerBytes.length, 4), headerBytes, headTag)
}

/** `u32 length ‖ record`. */
export function formatFrame(record: Uint8Array): Uint8Array {
  return concatBytes(uintBytes(record.length, 4), record)
}

/** The file form: `head ‖ frame* ‖ SHA-256(all before)`. */
export function formatContainer(head: Uint8Array, frames: Iterable<Uint8Array>): Uint8Array {
  const body = concatBytes(head, ...frames)
  return concatBytes(body, sha256(body))
}

/** SHA-256 over the hashes of the frames, in order of store and id. */
export function hashFrames(frames: Iterable<Uint8Array>): Uint8Array {
  return sha256(concatBytes(...[...frames].map(sha256)))
}

/**
 * Reads the file form: whole, in its one spelling, within the bounds, its frames in order and those the header counts.
 *
 * @throws Fault `vault.tampered`, `limit.exceeded`
 */
export function parseContainer(bytes: Uint8Array, magic = vaultMagic): VaultContainer {
  if (bytes.length > limits.vault) throw new Fault('limit.exceeded', { limit: 'vault' })
  const end = bytes.length - hashLength
  need(end > magic.length && equalBytes(sha256(bytes.subarray(0, end)), bytes.subarray(end)))
  need(equalBytes(bytes.subarray(0, magic.length), magic))

  const headerBytes = block(bytes, magic.length, end)
  const tagAt = magic.length + 4 + headerBytes.length
  need(tagAt + tagLength <= end)
  const header = parseHeader(headerBytes)
  const frames = readFrames(bytes, tagAt + tagLength, end)
  need(frames.size === header.recordCount && equalBytes(hashFrames(frames.values()), header.recordsHash))
  const head = bytes.slice(0, tagAt + tagLength)
  return { head, headerBytes, header, headTag: bytes.slice(tagAt, tagAt + tagLength), frames }
}

function readFrames(bytes: Uint8Array, from: number, end: number): Map<string, Uint8Array> {
  const frames = new Map<string, Uint8Array>()
  let last = ''
  for (let at = from; at < end;) {
    const record = block(bytes, at, end)
    const key = frameKey(parseRecord(record))
    need(key > last)
    frames.set(key, bytes.slice(at, at + 4 + record.length))
    last = key
    at += 4 + record.length
  }
  return frames
}

/** The bytes behind a u32 length at `at`. */
function block(bytes: Uint8Array, at: number, end: number): Uint8Array {
  need(at + 4 <= end)
  const length = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0)
  need(at + 4 + length <= end)
  return bytes.slice(at + 4, at + 4 + length)
}

function need(holds: boolean): void {
  if (!holds) throw new Fault('vault.tampered')
}
