/** A base-64 spelling of bytes: an alphabet, padded or not. Only the one canonical spelling is read. */
export interface Radix64 {
  encode(bytes: Uint8Array): string
  /** The bytes, or undefined if the text is not what `encode` would write. */
  decode(text: string): Uint8Array | undefined
}

const foreign = 255

export const base64urlAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Makes the coder of an alphabet (RFC 4648, 4 and 5). */
export function radix64(alphabet: string, padded: boolean): Radix64 {
  const letters = Array.from(alphabet)
  const values = new Uint8Array(128).fill(foreign)
  letters.forEach((letter, value) => (values[letter.charCodeAt(0)] = value))

  function encode(bytes: Uint8Array): string {
    let text = ''
    const whole = bytes.length - (bytes.length % 3)
    for (let i = 0; i < whole; i += 3) {
      const group = ((bytes[i] as number) << 16) | ((bytes[i + 1] as number) << 8) | (bytes[i + 2] as number)
      text += letter(group >> 18) + letter((group >> 12) & 63) + letter((group >> 6) & 63) + letter(group & 63)
    }
    return text + encodeTail(bytes.subarray(whole))
  }

  function encodeTail(rest: Uint8Array): string {
    if (rest.length === 0) return ''
    const [first, second = 0] = rest as unknown as [number, number?]
    const group = (first << 8) | second
    const text = letter(group >> 10) + letter((group >> 4) & 63)
    if (rest.length === 1) return padded ? `${text}==` : text
    return text + letter((group << 2) & 63) + (padded ? '=' : '')
  }

  function letter(value: number): string {
    return letters[value] as string
  }

  function decode(text: string): Uint8Array | undefined {
    const body = padded ? unpad(text) : text
    if (body === undefined || body.length % 4 === 1) return undefined
    const bytes = new Uint8Array((body.length * 3) >> 2)
    const whole = body.length & ~3
    // What is no letter of ours shows in one of these: its code, or the bits of `foreign`.
    let codes = 0
    let seen = 0
    let at = 0
    for (let i = 0; i < whole; i += 4) {
      const a = body.charCodeAt(i)
      const b = body.charCodeAt(i + 1)
      const c = body.charCodeAt(i + 2)
      const d = body.charCodeAt(i + 3)
      const p = values[a & 127] as number
      const q = values[b & 127] as number
      const r = values[c & 127] as number
      const s = values[d & 127] as number
      codes |= a | b | c | d
      seen |= p | q | r | s
      bytes[at++] = (p << 2) | (q >> 4)
      bytes[at++] = (q << 4) | (r >> 2)
      bytes[at++] = (r << 6) | s
    }
    return codes < 128 && seen < 64 && decodeTail(body, whole, bytes) ? bytes : undefined
  }

  /** Bits left over must be zero: another spelling of the same bytes is refused. */
  function decodeTail(body: string, from: number, bytes: Uint8Array): boolean {
    let group = 0
    for (let i = from; i < body.length; i++) {
      const code = body.charCodeAt(i)
      const value = code < 128 ? (values[code] as number) : foreign
      if (value === foreign) return false
      group = (group << 6) | value
    }
    const letters = body.length - from
    if (letters === 2) bytes[bytes.length - 1] = group >> 4
    if (letters === 3) {
      bytes[bytes.length - 2] = group >> 10
      bytes[bytes.length - 1] = (group >> 2) & 255
    }
    return (group & (letters === 2 ? 15 : 3)) === 0
  }

  return { encode, decode }
}

function unpad(text: string): string | undefined {
  const body = text.replace(/={1,2}$/, '')
  return (4 - (body.length % 4)) % 4 === text.length - body.length ? body : undefined
}
