import { concatBytes } from '../encoding/bytes.ts'

/** An ECDSA signature r‖s as the DER sequence of X9.62, which native code verifies quickest. */
export function derSignature(signature: Uint8Array): Uint8Array {
  const half = signature.length / 2
  const r = derInteger(signature.subarray(0, half))
  const s = derInteger(signature.subarray(half))
  return concatBytes(Uint8Array.of(0x30, r.length + s.length), r, s)
}

function derInteger(bytes: Uint8Array): Uint8Array {
  let start = 0
  while (start < bytes.length - 1 && bytes[start] === 0) start++
  const body = bytes.subarray(start)
  // A leading one bit would make the integer negative.
  const sign = (body[0] as number) >= 0x80 ? [0] : []
  return concatBytes(Uint8Array.of(0x02, sign.length + body.length, ...sign), body)
}

/** r‖s, `width` bytes each, of a DER signature made by a library. */
export function joseSignature(der: Uint8Array, width: number): Uint8Array {
  const signature = new Uint8Array(2 * width)
  let at = 2
  for (const end of [width, 2 * width]) {
    const length = der[at + 1] as number
    let body = der.subarray(at + 2, at + 2 + length)
    while (body.length > width) body = body.subarray(1)
    signature.set(body, end - body.length)
    at += 2 + length
  }
  return signature
}

/** Whether the number s is in the lower half of the group order, so that a signature has one spelling. */
export function lowHalf(s: Uint8Array, order: bigint): boolean {
  let value = 0n
  for (const byte of s) value = (value << 8n) | BigInt(byte)
  return value <= order >> 1n
}
