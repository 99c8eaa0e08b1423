import { decode, encode, rfc8949EncodeOptions } from 'cborg'
import { Fault } from '../fault.ts'

/** Deterministic CBOR (RFC 8949, 4.2.1). */
export function encodeCbor(value: unknown): Uint8Array {
  return encode(value, rfc8949EncodeOptions)
}

/**
 * Reads deterministic CBOR: shortest numbers, definite lengths, no doubled key, nothing behind.
 * Maps come back as `Map` where `maps` is set, else as objects with string keys.
 *
 * @throws Fault `bundle.malformed`
 */
export function decodeCbor(bytes: Uint8Array, options: { readonly maps?: boolean } = {}): unknown {
  try {
    return decode(bytes, {
      strict: true,
      allowIndefinite: false,
      allowUndefined: false,
      allowNaN: false,
      allowInfinity: false,
      allowBigInt: false,
      rejectDuplicateMapKeys: true,
      useMaps: options.maps === true,
    })
  } catch (cause) {
    throw new Fault('bundle.malformed', {}, { cause })
  }
}
