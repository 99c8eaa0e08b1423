const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'

/** Base45 of the fuzzer's own, so that making inputs is not counted as reading them. */
export function encodeBase45(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 2) {
    const [first = 0, second] = bytes.subarray(i, i + 2)
    const value = second === undefined ? first : first * 256 + second
    text += letters.charAt(value % 45) + letters.charAt(Math.floor(value / 45) % 45)
    if (second !== undefined) text += letters.charAt(Math.floor(value / 2025))
  }
  return text
}

export function decodeBase45(text: string): Buffer | undefined {
  const bytes: number[] = []
  for (let i = 0; i < text.length; i += 3) {
    const [a = -1, b = -1, c] = Array.from(text.slice(i, i + 3), (letter) => letters.indexOf(letter))
    const value = a + 45 * b + 2025 * (c ?? 0)
    if (b < 0 || value > 65_535 || (c === undefined && value > 255)) return undefined
    if (c !== undefined) bytes.push(value >> 8)
    bytes.push(value & 255)
  }
  return Buffer.from(bytes)
}
