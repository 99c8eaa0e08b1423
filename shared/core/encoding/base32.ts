const letters = 'abcdefghijklmnopqrstuvwxyz234567'
const foreign = 255
const values = new Uint8Array(128).fill(foreign)
Array.from(letters).forEach((letter, value) => (values[letter.charCodeAt(0)] = value))

/** Lower-case base32 without padding (RFC 4648, 6). */
export function encodeBase32(bytes: Uint8Array): string {
  let text = ''
  let group = 0
  let bits = 0
  for (const byte of bytes) {
    group = ((group << 8) | byte) & 0xffff
    for (bits += 8; bits >= 5; bits -= 5) text += letters.charAt((group >> (bits - 5)) & 31)
  }
  return bits === 0 ? text : text + letters.charAt((group << (5 - bits)) & 31)
}

/** The bytes of canonical lower-case, unpadded base32; else undefined. */
export function decodeBase32(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8))
  let group = 0
  let bits = 0
  let at = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const value = code < 128 ? (values[code] as number) : foreign
    if (value === foreign) return undefined
    group = ((group << 5) | value) & 0xffff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes[at++] = (group >> bits) & 255
    }
  }
  const canonical = bits < 5 && (group & ((1 << bits) - 1)) === 0
  return canonical ? bytes : undefined
}
