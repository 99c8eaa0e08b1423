import { Fault } from '../fault.ts'
import { limits } from '../limits.ts'
import { utf8Text } from './bytes.ts'

export type Json = null | boolean | number | string | readonly Json[] | JsonObject

/** Inherits nothing: a member named `__proto__` or `constructor` is a member like any other, or refused. */
export interface JsonObject {
  readonly [name: string]: Json
}

/** How much of it is read, counted while reading. */
export interface JsonBounds {
  readonly depth: number
  /** Elements of one array, members of one object. */
  readonly array: number
  readonly members: number
  /** UTF-16 units of one string. */
  readonly string: number
  /** Whether numbers with a fraction or exponent are read; integers are always safe ones. */
  readonly fractions: boolean
}

const usualBounds: JsonBounds = {
  depth: limits.jsonDepth,
  array: limits.jsonArray,
  members: limits.jsonMembers,
  string: limits.jsonString,
  fractions: true,
}

/**
 * Reads JSON (RFC 8259, and RFC 7493 where it is stricter): no doubled member, no lone surrogate, no byte order mark,
 * no integer beyond 2^53 − 1, no member `__proto__`, nothing behind the value.
 *
 * @throws Fault `json.malformed`, `limit.exceeded`
 */
export function parseJson(text: string, bounds: Partial<JsonBounds> = {}): Json {
  return new JsonReader(text, { ...usualBounds, ...bounds }).read()
}

/** @throws Fault `json.malformed` also if the bytes are not UTF-8 */
export function parseJsonBytes(bytes: Uint8Array, bounds: Partial<JsonBounds> = {}): Json {
  const text = utf8Text(bytes)
  if (text === undefined) throw new Fault('json.malformed', { reason: 'not UTF-8' })
  return parseJson(text, bounds)
}

/** @throws Fault `json.malformed` also if the value is no object */
export function parseJsonObject(text: string, bounds: Partial<JsonBounds> = {}): JsonObject {
  const value = parseJson(text, bounds)
  if (!isJsonObject(value)) throw new Fault('json.malformed', { reason: 'not an object' })
  return value
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isJsonArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

/** What every object read or made here inherits from: nothing, and nothing can be put into it. */
const Bare = function () {} as unknown as new () => Record<string, Json>
Bare.prototype = Object.freeze(Object.create(null))

/** An object without inherited members, in the engine's quick form, which `Object.create(null)` would not be. */
export function bareObject(): Record<string, Json> {
  return new Bare()
}

/** The same object without the undefined members, for writing. */
export function jsonObject(members: Readonly<Record<string, Json | undefined>>): JsonObject {
  const object = bareObject()
  for (const [name, value] of Object.entries(members)) if (value !== undefined) object[name] = value
  return object
}

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

const plainRun = /[^"\\\u0000-\u001f]*/y
const numberForm = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y
const surrogate = /[\uD800-\uDFFF]/
const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/

/** Codes of the letters that give JSON its form, and of those that begin its words. */
const letters = {
  object: 0x7b,
  objectEnd: 0x7d,
  array: 0x5b,
  arrayEnd: 0x5d,
  comma: 0x2c,
  colon: 0x3a,
  quote: 0x22,
  backslash: 0x5c,
  true: 0x74,
  false: 0x66,
  null: 0x6e,
} as const

class JsonReader {
  readonly #text: string
  readonly #bounds: JsonBounds
  #at = 0

  constructor(text: string, bounds: JsonBounds) {
    this.#text = text
    this.#bounds = bounds
  }

  read(): Json {
    const value = this.#value(0)
    this.#blank()
    if (this.#at !== this.#text.length) this.#refuse('text behind the value')
    return value
  }

  #value(depth: number): Json {
    if (depth > this.#bounds.depth) this.#exceed('depth')
    this.#blank()
    switch (this.#text.charCodeAt(this.#at)) {
      case letters.object:
        return this.#object(depth)
      case letters.array:
        return this.#array(depth)
      case letters.quote:
        return this.#string()
      case letters.true:
        return this.#word('true', true)
      case letters.false:
        return this.#word('false', false)
      case letters.null:
        return this.#word('null', null)
      default:
        return this.#number()
    }
  }

  #object(depth: number): JsonObject {
    const object = bareObject()
    let members = 0
    this.#at++
    this.#blank()
    if (this.#take(letters.objectEnd)) return object
    do {
      this.#blank()
      const name = this.#string()
      if (name === '__proto__') this.#refuse('a member named __proto__')
      if (name in object) this.#refuse('a doubled member')
      if (++members > this.#bounds.members) this.#exceed('members')
      this.#blank()
      if (!this.#take(letters.colon)) this.#refuse('no colon')
      object[name] = this.#value(depth + 1)
      this.#blank()
    } while (this.#take(letters.comma))
    if (!this.#take(letters.objectEnd)) this.#refuse('an object without end')
    return object
  }

  #array(depth: number): Json[] {
    const array: Json[] = []
    this.#at++
    this.#blank()
    if (this.#take(letters.arrayEnd)) return array
    do {
      if (array.length >= this.#bounds.array) this.#exceed('array')
      array.push(this.#value(depth + 1))
      this.#blank()
    } while (this.#take(letters.comma))
    if (!this.#take(letters.arrayEnd)) this.#refuse('an array without end')
    return array
  }

  #string(): string {
    if (!this.#take(letters.quote)) this.#refuse('no string')
    let value = ''
    for (;;) {
      const start = this.#at
      plainRun.lastIndex = start
      plainRun.test(this.#text)
      this.#at = plainRun.lastIndex
      value += this.#text.slice(start, this.#at)
      if (value.length > this.#bounds.string) this.#exceed('string')
      if (this.#take(letters.quote)) break
      if (!this.#take(letters.backslash)) this.#refuse('a string without end')
      value += this.#escape()
    }
    if (surrogate.test(value) && loneSurrogate.test(value)) this.#refuse('half a surrogate pair')
    return value
  }

  #escape(): string {
    const letter = this.#text.charAt(this.#at++)
    if (letter !== 'u') return escapes[letter] ?? this.#refuse('an unknown escape')
    const digits = this.#text.slice(this.#at, this.#at + 4)
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.#refuse('a broken escape')
    this.#at += 4
    return String.fromCharCode(Number.parseInt(digits, 16))
  }

  #number(): number {
    numberForm.lastIndex = this.#at
    const found = numberForm.exec(this.#text)
    if (!found) return this.#refuse('no value')
    const value = Number(found[0])
    const whole = found[1] === undefined && found[2] === undefined
    if (
      whole ? !Number.isSafeInteger(value) || Object.is(value, -0) : !this.#bounds.fractions || !Number.isFinite(value)
    ) {
      this.#refuse('a number out of range')
    }
    this.#at += found[0].length
    return value
  }

  #word<T extends Json>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) this.#refuse('no value')
    this.#at += word.length
    return value
  }

  #blank(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      this.#at++
    }
  }

  #take(code: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== code) return false
    this.#at++
    return true
  }

  #refuse(reason: string): never {
    throw new Fault('json.malformed', { reason, at: this.#at })
  }

  #exceed(limit: string): never {
    throw new Fault('limit.exceeded', { limit: `json ${limit}`, at: this.#at })
  }
}
