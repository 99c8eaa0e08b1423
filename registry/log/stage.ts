import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { concatBytes, equalBytes, uintBytes } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'

/** A batch as it is staged: each entry behind its length in four bytes, at the end the SHA-256 of it all. */
export function formatStage(entries: readonly Uint8Array[]): Uint8Array {
  const framed = concatBytes(...entries.flatMap((entry) => [uintBytes(entry.length, 4), entry]))
  return concatBytes(framed, sha256(framed))
}

/**
 * The entries of a staged batch, as parts of its bytes.
 *
 * @throws Fault `log.damaged`
 */
export function parseStage(bytes: Uint8Array): readonly Uint8Array[] {
  const framed = bytes.subarray(0, -32)
  if (bytes.length < 32 || !equalBytes(sha256(framed), bytes.subarray(-32)))
    throw new Fault('log.damaged', { at: 'stage' })
  const entries: Uint8Array[] = []
  const view = new DataView(framed.buffer, framed.byteOffset, framed.length)
  for (let at = 0; at < framed.length;) {
    const end = at + 4 + view.getUint32(at)
    entries.push(framed.subarray(at + 4, end))
    at = end
  }
  return entries
}
