import { decode, Tagged, Tokenizer, type DecodeOptions, type TagDecoder, type Token } from 'cborg'
import { encodeBase64url } from '../encoding/base64url.ts'
import { utf8Text } from '../encoding/bytes.ts'
import { encodeCbor, strictCbor } from '../encoding/cbor.ts'
import { bareObject, type Json } from '../encoding/json.ts'
import { Fault, faultCode } from '../fault.ts'
import { limits } from '../limits.ts'

/** What an mdoc is made of (ISO/IEC 18013-5, 7.2 and RFC 8949): no other tags, no undefined, no number beyond 2^53. */
export type CborValue = null | boolean | number | string | Uint8Array | CborArray | CborMap | EmbeddedCbor | CborDate
export type CborArray = readonly CborValue[]
export type CborMap = ReadonlyMap<CborValue, CborValue>

/** CBOR inside a byte string (tag 24): what is signed or hashed is kept as it came. */
export class EmbeddedCbor {
  readonly bytes: Uint8Array
  readonly value: CborValue

  constructor(bytes: Uint8Array, value: CborValue) {
    this.bytes = bytes
    this.value = value
  }
}

/** `tdate` (tag 0) or `full-date` (tag 1004). */
export class CborDate {
  readonly tag: 0 | 1004
  readonly text: string

  constructor(tag: 0 | 1004, text: string) {
    this.tag = tag
    this.text = text
  }
}

/**
 * Reads CBOR that could not have been spelled otherwise, in what is embedded too: shortest numbers and lengths, no
 * indefinite length, no doubled key, valid UTF-8, nothing behind. Depth and number of items are counted while reading.
 *
 * @throws Fault `credential.malformed`, `limit.exceeded`
 */
export function readMdocCbor(bytes: Uint8Array): CborValue {
  try {
    return readWithin(bytes, { items: 0, depth: 0 })
  } catch (cause) {
    if (faultCode(cause) === 'limit.exceeded') throw cause
    throw new Fault('credential.malformed', { reason: 'CBOR' }, { cause })
  }
}

/** How much was read so far, over all that is embedded. */
interface Reading {
  items: number
  depth: number
}

const strict: DecodeOptions = { ...strictCbor, useMaps: true }

function readWithin(bytes: Uint8Array, reading: Reading): CborValue {
  const tags: Readonly<Record<number, TagDecoder>> = {
    0: (content) => dateOf(0, content()),
    1004: (content) => dateOf(1004, content()),
    24: (content) => embedded(content, reading),
  }
  return decode(bytes, { ...strict, tags, tokenizer: new CountingTokenizer(bytes, reading) }) as CborValue
}

function embedded(content: () => unknown, reading: Reading): EmbeddedCbor {
  const { depth } = reading
  const bytes = content()
  if (!(bytes instanceof Uint8Array)) throw new TypeError('embedded CBOR is a byte string')
  // Its end may have ended what stands around it, inside which it still is.
  const after = reading.depth
  reading.depth = depth
  const value = readWithin(bytes, reading)
  reading.depth = after
  return new EmbeddedCbor(bytes, value)
}

const forms = { 0: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, 1004: /^\d{4}-\d\d-\d\d$/ } as const

/** A day or second that there is, spelled in the one way of ISO/IEC 18013-5, 7.2.1: no fraction, UTC. */
function dateOf(tag: 0 | 1004, text: unknown): CborDate {
  if (typeof text !== 'string' || !forms[tag].test(text)) throw new TypeError('not a date')
  const time = Date.parse(text)
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(text.slice(0, 19).replace('Z', '')))
    throw new TypeError('no such date')
  return new CborDate(tag, text)
}

/** The reader of the library, made to count, and stricter where it is lax: text and floating-point numbers. */
class CountingTokenizer extends Tokenizer {
  readonly #reading: Reading
  /** Of every array, map and tag that is open, how many items are still to come. */
  readonly #open: number[] = []

  constructor(bytes: Uint8Array, reading: Reading) {
    super(bytes, strict)
    this.#reading = reading
  }

  override next(): Token {
    const start = this.pos()
    const token = super.next()
    if (++this.#reading.items > limits.mdocItems) throw new Fault('limit.exceeded', { limit: 'mdoc items' })
    const { name } = token.type
    if (name === 'string') checkText(token.value as string, this.data.subarray(start, this.pos()))
    else if (name === 'float') checkFloat(token.value as number, this.pos() - start)
    this.#enter(itemsInside(name, token.value))
    return token
  }

  #enter(items: number): void {
    const open = this.#open
    if (items > 0) {
      open.push(items)
      if (++this.#reading.depth > limits.mdocDepth) throw new Fault('limit.exceeded', { limit: 'mdoc depth' })
      return
    }
    while (open.length > 0) {
      const left = (open.pop() as number) - 1
      if (left > 0) return void open.push(left)
      this.#reading.depth--
    }
  }
}

function itemsInside(name: string, value: unknown): number {
  if (name === 'array') return value as number
  if (name === 'map') return 2 * (value as number)
  return name === 'tag' ? 1 : 0
}

/** The library puts a sign for what is not UTF-8 and drops a byte order mark. */
function checkText(text: string, encoded: Uint8Array): void {
  const head = headLength(encoded[0] as number)
  if (text.length === encoded.length - head && isAscii(text)) return
  if (utf8Text(encoded.subarray(head)) !== text) throw new TypeError('not UTF-8')
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false
  return true
}

function headLength(first: number): number {
  const short = first & 31
  return short < 24 ? 1 : 1 + 2 ** (short - 24)
}

/** The shortest of the three widths that holds the value (RFC 8949, 4.1). */
function checkFloat(value: number, length: number): void {
  if (length !== (isHalf(value) ? 3 : Math.fround(value) === value ? 5 : 9)) throw new TypeError('a longer number')
}

/** Eleven bits that count, none of them smaller than 2^-24. */
function isHalf(value: number): boolean {
  let scaled = Math.abs(value) * 2 ** 24
  if (Math.abs(value) > 65_504 || !Number.isInteger(scaled)) return false
  while (scaled > 0 && scaled % 2 === 0) scaled /= 2
  return scaled < 2_048
}

/** A map whose keys are all names. */
export function isNamedMap(value: CborValue | undefined): value is ReadonlyMap<string, CborValue> {
  return value instanceof Map && [...value.keys()].every((key) => typeof key === 'string')
}

/**
 * The value as JSON, by which it is compared and shown (RFC 8949, 6.1; OpenID4VP 1.0, B.2): byte strings in base64url,
 * dates as their text, embedded CBOR as what it holds.
 *
 * @throws Fault `credential.malformed` for what JSON has no form for
 */
export function jsonOfCbor(value: CborValue): Json {
  if (value instanceof Uint8Array) return encodeBase64url(value)
  if (value instanceof CborDate) return value.text
  if (value instanceof EmbeddedCbor) return jsonOfCbor(value.value)
  if (value instanceof Map) return objectOf(value)
  return Array.isArray(value) ? value.map(jsonOfCbor) : (value as Json)
}

function objectOf(map: CborMap): Json {
  const object = bareObject()
  for (const [name, value] of map) {
    if (typeof name !== 'string' || name === '__proto__')
      throw new Fault('credential.malformed', { reason: 'a name that is none' })
    object[name] = jsonOfCbor(value)
  }
  return object
}

/** Embedded CBOR as bytes: tag 24 and its byte string (RFC 8949, 3.4.5.1). */
export function embedCbor(bytes: Uint8Array): Uint8Array {
  return encodeCbor(new Tagged(24, bytes))
}

/** A value that was read, ready to be written as it was. */
export function encodableCbor(value: CborValue): unknown {
  if (value instanceof CborDate) return new Tagged(value.tag, value.text)
  if (value instanceof EmbeddedCbor) return new Tagged(24, value.bytes)
  if (value instanceof Map) return new Map(Array.from(value, ([key, each]) => [key, encodableCbor(each as CborValue)]))
  return Array.isArray(value) ? value.map(encodableCbor) : value
}
