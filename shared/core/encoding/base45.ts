const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'
const values = new Map(Array.from(letters, (letter, value) => [letter, value]))

/** Base45 (RFC 9285): two bytes in three letters that QR symbols hold densely. */
export function encodeBase45(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i + 1 < bytes.length; i += 2) text += spell((bytes[i] as number) * 256 + (bytes[i + 1] as number), 3)
  return bytes.length % 2 === 0 ? text : text + spell(bytes[bytes.length - 1] as number, 2)
}

/** The letters of a number, least significant first. */
function spell(value: number, length: number): string {
  let text = ''
  for (let i = 0, rest = value; i < length; i++, rest = Math.floor(rest / 45)) text += letters.charAt(rest % 45)
  return text
}

/** The bytes of base45 text; undefined for foreign letters, a left-over letter, or a group that exceeds its bytes. */
export function decodeBase45(text: string): Uint8Array | undefined {
  if (text.length % 3 === 1) return undefined
  const bytes = new Uint8Array(Math.floor(text.length / 3) * 2 + (text.length % 3 === 2 ? 1 : 0))
  for (let i = 0, at = 0; i < text.length; i += 3, at += 2) {
    const group = text.slice(i, i + 3)
    const value = read(group)
    if (value === undefined || value >= (group.length === 3 ? 65_536 : 256)) return undefined
    if (group.length === 3) bytes[at] = value >> 8
    bytes[group.length === 3 ? at + 1 : at] = value & 255
  }
  return bytes
}

function read(group: string): number | undefined {
  let value = 0
  for (const letter of Array.from(group).reverse()) {
    const digit = values.get(letter)
    if (digit === undefined) return undefined
    value = value * 45 + digit
  }
  return value
}
