import { isBase64urlOf } from '../encoding/base64url.ts'
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../encoding/json.ts'
import { parsePublicJwk, type PublicJwk } from '../crypto/key.ts'
import { isFujieDid } from '../did/fujie-id.ts'
import { Fault } from '../fault.ts'
import { isInstant, type Instant } from '../instant.ts'

/** A record with anything unexpected in it is no record: what an old reader ignores, a new one would obey. */
export function malformed(at: string): never {
  throw new Fault('operation.malformed', { at })
}

/** An object with all of `required` and nothing beyond `optional`. */
export function objectAt(
  value: Json | undefined,
  at: string,
  required: readonly string[],
  optional: readonly string[] = [],
): JsonObject {
  if (!isJsonObject(value)) malformed(at)
  for (const name of required) if (!(name in value)) malformed(`${at}.${name}`)
  for (const name of Object.keys(value))
    if (!required.includes(name) && !optional.includes(name)) malformed(`${at}.${name}`)
  return value
}

const anyText = /^[^\u0000-\u001f\u007f]{1,1024}$/u
/** Printable ASCII without blanks: what may stand in a line of a state text. */
const nameForm = /^[\x21-\x7e]{1,512}$/

export function textAt(value: Json | undefined, at: string, form: RegExp = anyText): string {
  return typeof value === 'string' && form.test(value) ? value : malformed(at)
}

export function nameAt(value: Json | undefined, at: string): string {
  return textAt(value, at, nameForm)
}

export function wordAt<T extends string>(value: Json | undefined, at: string, words: readonly T[]): T {
  return words.find((word) => word === value) ?? malformed(at)
}

export function integerAt(value: Json | undefined, at: string, least = 0, most = Number.MAX_SAFE_INTEGER): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most
    ? value
    : malformed(at)
}

export function instantAt(value: Json | undefined, at: string): Instant {
  return isInstant(value) ? value : malformed(at)
}

export function booleanAt(value: Json | undefined, at: string): boolean {
  return typeof value === 'boolean' ? value : malformed(at)
}

/** 32 bytes in base64url. */
export function hashAt(value: Json | undefined, at: string): string {
  return typeof value === 'string' && isBase64urlOf(value, 32) ? value : malformed(at)
}

export function fujieDidAt(value: Json | undefined, at: string): string {
  return typeof value === 'string' && isFujieDid(value) ? value : malformed(at)
}

export function arrayAt<T>(
  value: Json | undefined,
  at: string,
  [least, most]: readonly [number, number],
  read: (element: Json, at: string) => T,
): readonly T[] {
  if (!isJsonArray(value) || value.length < least || value.length > most) malformed(at)
  return value.map((element, i) => read(element, `${at}[${i}]`))
}

/** A public key with its required members and, if named, others beside. */
export function keyAt(value: Json | undefined, at: string, beside: readonly string[] = []): PublicJwk {
  try {
    const key = parsePublicJwk(value)
    objectAt(value, at, Object.keys(key), beside)
    return key
  } catch (cause) {
    throw new Fault('operation.malformed', { at }, { cause })
  }
}

/** A text for people, in both languages of the house. */
export interface Words {
  readonly 'zh-CN': string
  readonly en: string
}

export function wordsAt(value: Json | undefined, at: string): Words {
  const words = objectAt(value, at, ['zh-CN', 'en'])
  return { 'zh-CN': textAt(words['zh-CN'], `${at}.zh-CN`), en: textAt(words.en, `${at}.en`) }
}

/** Keeps the members that are there: optional ones are absent, never undefined. */
export function present<T extends object>(members: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const kept: Record<string, unknown> = {}
  for (const name in members) if (members[name] !== undefined) kept[name] = members[name]
  return kept as never
}

/** Reads an optional member. */
export function optional<T>(value: Json | undefined, at: string, read: (value: Json, at: string) => T): T | undefined {
  return value === undefined ? undefined : read(value, at)
}
