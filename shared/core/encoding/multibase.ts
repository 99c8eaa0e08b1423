import { base58 } from '@scure/base'

/** Base58btc behind its multibase letter `z`. */
export function encodeBase58btc(bytes: Uint8Array): string {
  return `z${base58.encode(bytes)}`
}

/** The bytes of a `z…` text of at most 1,024 letters; else undefined. */
export function decodeBase58btc(text: string): Uint8Array | undefined {
  if (!text.startsWith('z') || text.length < 2 || text.length > 1024) return undefined
  try {
    return base58.decode(text.slice(1))
  } catch {
    return undefined
  }
}
