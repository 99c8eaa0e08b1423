import { decode, encode, rfc8949EncodeOptions, Tokenizer, Type, type DecodeOptions } from 'cborg'
import { Fault } from '../fault.ts'

/** Deterministic CBOR (RFC 8949, 4.2.1). */
export function encodeCbor(value: unknown): Uint8Array {
  return encode(value, rfc8949EncodeOptions)
}

/**
 * Reads deterministic CBOR: shortest numbers, definite lengths, no doubled key, UTF-8, nothing behind.
 * Maps come back as `Map` where `maps` is set, else as objects with string keys.
 *
 * @throws Fault `bundle.malformed`
 */
export function decodeCbor(bytes: Uint8Array, { maps = false }: { readonly maps?: boolean } = {}): unknown {
  const options = { ...strictCbor, useMaps: maps }
  try {
    return decode(bytes, { ...options, tokenizer: new StrictTokenizer(plain(bytes), options) })
  } catch (cause) {
    throw new Fault('bundle.malformed', {}, { cause })
  }
}

/** What is read of CBOR wherever it is read: one spelling, nothing that JSON has no form for, no doubled key. */
export const strictCbor: DecodeOptions = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowNaN: false,
  allowInfinity: false,
  allowBigInt: false,
  rejectDuplicateMapKeys: true,
}

/** A part of the same memory without what a subclass would add. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** Floats and texts have one spelling too: what the package lets pass there is refused. */
class StrictTokenizer extends Tokenizer {
  override next(): ReturnType<Tokenizer['next']> {
    const token = super.next()
    const { type, value } = token as { readonly type: Type; readonly value: unknown }
    const respells = Type.equals(type, Type.float) || (typeof value === 'string' && value.includes('\ufffd'))
    if (respells && encodeCbor(value).length !== token.encodedLength) throw new RangeError('another spelling')
    return token
  }
}
