import { deflateSync, Inflate } from 'fflate'
import { openHpke } from '../crypto/hpke.ts'
import { sha256 } from '../crypto/hash.ts'
import { decodeBase45, encodeBase45 } from '../encoding/base45.ts'
import { decodeBase64url, encodeBase64url } from '../encoding/base64url.ts'
import { concatBytes, equalBytes, utf8, utf8Text } from '../encoding/bytes.ts'
import { Fault } from '../fault.ts'
import { limits } from '../limits.ts'
import { answerWords } from './answer-dictionary.ts'
import { offlineAudience, offlineNonce, requestTag, type UnverifiedCounterRequest } from './request.ts'

/** One presentation in an answer by QR. */
export interface PackedPresentation {
  /** Id of the credential query. */
  readonly queryId: string
  /** SD-JWT with key binding, byte for byte as it was before packing. */
  readonly token: string
}

/** A wallet's answer without a network: FJP1 (product design, 6.4), always sealed. */
export interface SealedAnswer {
  /** Answers a plaque. */
  readonly plaque: boolean
  readonly dictionary: number
  /** Of the request it is for. */
  readonly tag: Uint8Array
  /** Bytes 0–6: they are bound to the seal. */
  readonly head: Uint8Array
  readonly sealed: Uint8Array
}

const prefix = 'FJP1:'
const version = 1
const plaqueFlag = 1
const headLength = 7
const mostPresentations = 4
const mostDisclosures = 64
const formatSdJwt = 1

/** The words a compressor starts with, by id; readers keep them all. 0: none. */
const dictionaries: ReadonlyMap<number, Uint8Array> = new Map([
  [0, new Uint8Array()],
  [1, utf8(answerWords)],
])
export const newestDictionary = 1

/**
 * The compressed content of an answer, to be sealed for the request's key with `answerInfo` and the answer's head.
 *
 * @throws Fault `response.malformed` for a token that would not come back byte for byte, `limit.exceeded`
 */
export function packAnswer(
  presentations: readonly PackedPresentation[],
  request: UnverifiedCounterRequest,
  dictionary = newestDictionary,
): Uint8Array {
  if (presentations.length < 1 || presentations.length > mostPresentations) return malformed('count')
  const plain = concatBytes(Uint8Array.of(presentations.length), ...presentations.map(packOne))
  if (plain.length > limits.fjp1Inflated) throw new Fault('limit.exceeded', { limit: 'FJP1' })
  return deflateSync(plain, { level: 9, dictionary: dictionaryFor(dictionary, request) })
}

function packOne({ queryId, token }: PackedPresentation): Uint8Array {
  const id = utf8(queryId)
  const parts = token.split('~')
  const [issued = '', ...rest] = parts
  const disclosures = rest.slice(0, -1)
  const binding = rest.at(-1) ?? ''
  const texts = [...issued.split('.'), ...disclosures, ...binding.split('.')]
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(queryId) || disclosures.length > mostDisclosures) return malformed('presentation')
  if (texts.length !== disclosures.length + 6) return malformed('token')
  const pieces = texts.map((text) => decodeBase64url(text) ?? malformed('token'))
  return concatBytes(
    Uint8Array.of(id.length),
    id,
    Uint8Array.of(formatSdJwt, disclosures.length),
    ...pieces.flatMap((piece) => [leb128(piece.length), piece]),
  )
}

function leb128(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  do {
    bytes.push((rest & 127) | (rest > 127 ? 128 : 0))
    rest >>= 7
  } while (rest > 0)
  return Uint8Array.from(bytes)
}

/** Shared words, then those only the two of them know already: client id and nonce. */
function dictionaryFor(id: number, request: UnverifiedCounterRequest): Uint8Array {
  const words = dictionaries.get(id) ?? malformed('dictionary')
  return concatBytes(words, utf8(offlineAudience(request)), utf8(offlineNonce(request)))
}

/** Bytes 0–6 of the answer to a request. */
export function answerHead(request: UnverifiedCounterRequest, dictionary = newestDictionary): Uint8Array {
  const flags = request.plaque ? plaqueFlag : 0
  return concatBytes(Uint8Array.of(version, flags, dictionary), requestTag(request))
}

/** `info` of the seal: it is for this request alone. */
export function answerInfo({ bytes }: Pick<UnverifiedCounterRequest, 'bytes'>): Uint8Array {
  return concatBytes(utf8('FJP1'), Uint8Array.of(0), sha256(bytes))
}

/**
 * The text of the symbol.
 *
 * @throws Fault `limit.exceeded`
 */
export function formatAnswer(head: Uint8Array, sealed: Uint8Array): string {
  const bytes = concatBytes(head, sealed)
  if (bytes.length > limits.fjp1) throw new Fault('limit.exceeded', { limit: 'FJP1' })
  return `${prefix}${encodeBase45(bytes)}.`
}

/**
 * Reads an answer, still sealed. To which request it belongs is told by its tag.
 *
 * @throws Fault `response.malformed`, `limit.exceeded`
 */
export function parseAnswer(text: string): SealedAnswer {
  if (text.length > limits.fjp1 * 2) throw new Fault('limit.exceeded', { limit: 'FJP1' })
  const bytes = text.startsWith(prefix) && text.endsWith('.') ? decodeBase45(text.slice(prefix.length, -1)) : undefined
  if (bytes === undefined || bytes.length <= headLength) return malformed('length')
  if (bytes.length > limits.fjp1) throw new Fault('limit.exceeded', { limit: 'FJP1' })
  const [found, flags = 0, dictionary = 0] = bytes
  if (found !== version || flags > plaqueFlag || !dictionaries.has(dictionary)) return malformed('version')
  return {
    plaque: flags === plaqueFlag,
    dictionary,
    tag: bytes.slice(3, headLength),
    head: bytes.slice(0, headLength),
    sealed: bytes.slice(headLength),
  }
}

/**
 * Opens an answer to one of our requests; undefined if it was made for another, or for another key.
 *
 * @throws Fault `response.malformed`, `limit.exceeded` for what a wallet packed wrongly
 */
export async function openAnswer(
  answer: SealedAnswer,
  request: UnverifiedCounterRequest,
  privateKey: Uint8Array,
): Promise<readonly PackedPresentation[] | undefined> {
  if (answer.plaque !== request.plaque || !equalBytes(answer.tag, requestTag(request))) return undefined
  const packed = await openHpke(privateKey, answer.sealed, answerInfo(request), answer.head)
  return packed && unpack(inflate(packed, dictionaryFor(answer.dictionary, request)))
}

/** Inflates by pieces and stops at the limit, before more is made. */
function inflate(packed: Uint8Array, dictionary: Uint8Array): Uint8Array {
  const plain = inflateWhole(packed, dictionary)
  if (plain === undefined) return malformed('deflate')
  // A stream that is whole without its last byte has something behind it.
  return inflateWhole(packed.subarray(0, -1), dictionary) === undefined ? plain : malformed('deflate')
}

function inflateWhole(packed: Uint8Array, dictionary: Uint8Array): Uint8Array | undefined {
  const parts: Uint8Array[] = []
  let length = 0
  const stream = new Inflate({ dictionary }, (part) => {
    length += part.length
    if (length > limits.fjp1Inflated) throw new Fault('limit.exceeded', { limit: 'FJP1' })
    parts.push(part)
  })
  try {
    for (let at = 0; at < packed.length; at += 64) stream.push(packed.subarray(at, at + 64), at + 64 >= packed.length)
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    return undefined
  }
  return concatBytes(...parts)
}

function unpack(plain: Uint8Array): readonly PackedPresentation[] {
  const reader = new PieceReader(plain)
  const count = reader.byte()
  if (count < 1 || count > mostPresentations) return malformed('count')
  const presentations = Array.from({ length: count }, () => unpackOne(reader))
  return reader.isAtEnd ? presentations : malformed('trailing')
}

function unpackOne(reader: PieceReader): PackedPresentation {
  const queryId = utf8Text(reader.take(reader.byte())) ?? malformed('id')
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(queryId) || reader.byte() !== formatSdJwt) return malformed('presentation')
  const count = reader.byte()
  if (count > mostDisclosures) return malformed('disclosures')
  const pieces = (length: number) => Array.from({ length }, () => encodeBase64url(reader.piece()))
  const issued = pieces(3).join('.')
  const disclosures = pieces(count)
  return { queryId, token: [issued, ...disclosures, pieces(3).join('.')].join('~') }
}

class PieceReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  byte(): number {
    return this.take(1)[0] as number
  }

  take(length: number): Uint8Array {
    if (this.#at + length > this.#bytes.length) return malformed('length')
    this.#at += length
    return this.#bytes.slice(this.#at - length, this.#at)
  }

  /** A piece behind its length; lengths in their shortest form only. */
  piece(): Uint8Array {
    const first = this.byte()
    if (first < 128) return this.take(first)
    const second = this.byte()
    return second > 0 && second < 128 ? this.take((first & 127) + second * 128) : malformed('length')
  }
}

function malformed(at: string): never {
  throw new Fault('response.malformed', { at })
}
