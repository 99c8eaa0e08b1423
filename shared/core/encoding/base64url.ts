import { base64urlText, fromBase64url, toBase64url } from '#primitive'
import { base64urlAlphabet } from './radix64.ts'

/** Unpadded base64url (RFC 4648, 5; RFC 7515, 2). */
export function encodeBase64url(bytes: Uint8Array): string {
  return toBase64url(bytes)
}

/** The same of a text's UTF-8 bytes. */
export function encodeBase64urlText(text: string): string {
  return toBase64url(text)
}

/** The bytes of canonical base64url; undefined for padding, blanks, foreign letters or stray tail bits. */
export function decodeBase64url(text: string): Uint8Array | undefined {
  return fromBase64url(text)
}

/** The same of bytes that are UTF-8; undefined too if they are not, or begin with a byte order mark. */
export function decodeBase64urlText(text: string): string | undefined {
  return base64urlText(text)
}

/** Whether a text is spelled with the letters of base64url alone, canonical or not. */
export function hasBase64urlLetters(text: string): boolean {
  return /^[A-Za-z0-9_-]*$/.test(text)
}

/** Whether a text is the one spelling of some `length` bytes: what `decodeBase64url` reads, without reading it. */
export function isBase64urlOf(text: string, length: number): boolean {
  if (text.length !== Math.ceil((length * 4) / 3) || !hasBase64urlLetters(text)) return false
  const unused = [0, 15, 3][length % 3] as number
  return (base64urlAlphabet.indexOf(text.charAt(text.length - 1)) & unused) === 0
}
