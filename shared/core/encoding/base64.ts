import { radix64 } from './radix64.ts'

const coder = radix64('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', true)

/** Padded standard base64 (RFC 4648, 4), as C2SP notes and `x5c` use it. */
export function encodeBase64(bytes: Uint8Array): string {
  return coder.encode(bytes)
}

/** The bytes of canonical, padded base64; else undefined. */
export function decodeBase64(text: string): Uint8Array | undefined {
  return coder.decode(text)
}
