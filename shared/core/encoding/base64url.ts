import { radix64 } from './radix64.ts'

const coder = radix64('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_', false)

/** Unpadded base64url (RFC 4648, 5; RFC 7515, 2). */
export function encodeBase64url(bytes: Uint8Array): string {
  return coder.encode(bytes)
}

/** The bytes of canonical base64url; undefined for padding, blanks, foreign letters or stray tail bits. */
export function decodeBase64url(text: string): Uint8Array | undefined {
  return coder.decode(text)
}

/** Whether a text is spelled with the letters of base64url alone, canonical or not. */
export function hasBase64urlLetters(text: string): boolean {
  return /^[A-Za-z0-9_-]*$/.test(text)
}
