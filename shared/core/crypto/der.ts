/** An ECDSA signature r‖s as the DER sequence of X9.62, which native code verifies quickest; written `into` bytes of one's own. */
export function derSignature(signature: Uint8Array, into = new Uint8Array(signature.length + 8)): Uint8Array {
  const half = signature.length / 2
  const r = integerAt(signature, 0, half)
  const s = integerAt(signature, half, signature.length)
  into[0] = 0x30
  into[1] = 4 + r.length + s.length
  writeInteger(into, 2, signature, r)
  writeInteger(into, 4 + r.length, signature, s)
  return into.subarray(0, 6 + r.length + s.length)
}

/** Where the significant bytes of an integer stand, and how long it is with the zero that keeps it positive. */
interface IntegerSpan {
  readonly start: number
  readonly end: number
  readonly length: number
}

function integerAt(bytes: Uint8Array, from: number, end: number): IntegerSpan {
  let start = from
  while (start < end - 1 && bytes[start] === 0) start++
  return { start, end, length: end - start + ((bytes[start] as number) >> 7) }
}

function writeInteger(der: Uint8Array, at: number, bytes: Uint8Array, { start, end, length }: IntegerSpan): void {
  der[at] = 0x02
  der[at + 1] = length
  der[at + 2] = 0
  const shift = at + 2 + length - end
  for (let i = start; i < end; i++) der[shift + i] = bytes[i] as number
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
