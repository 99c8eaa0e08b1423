import { bareObject, isJsonArray, isJsonObject, type Json, type JsonObject } from '../encoding/json.ts'
import { Fault } from '../fault.ts'
import { limits } from '../limits.ts'
import type { FindingCode } from '../verdict.ts'
import type { Disclosure } from './disclosure.ts'

/** A way down into claims: member names and array indices. */
export type ClaimPath = readonly (string | number)[]

/** Where a disclosure stands in the claims. */
export interface Place {
  readonly path: ClaimPath
  readonly disclosure: Disclosure
}

export interface ResolvedClaims {
  readonly claims: JsonObject
  readonly places: readonly Place[]
  /** Paths of objects and arrays that still hold digests nobody disclosed. */
  readonly withheld: readonly ClaimPath[]
  readonly defects: readonly FindingCode[]
}

/**
 * Puts disclosures in the places of their digests and takes the digests away (RFC 9901, 7.1, step 3).
 *
 * Every breach is collected: a digest met twice, a disclosure nothing refers to, of the wrong arity for its place,
 * clashing with a name that is there, digests that are none, `_sd_alg` below the top.
 * `disclosures` stand there by their digests.
 *
 * @throws Fault `limit.exceeded` where disclosures stand in disclosures too deeply
 */
export function resolveDisclosures(payload: JsonObject, disclosures: ReadonlyMap<string, Disclosure>): ResolvedClaims {
  return new Resolver(disclosures).resolve(payload)
}

class Resolver {
  readonly #byDigest: ReadonlyMap<string, Disclosure>
  readonly #met = new Set<string>()
  readonly #places: Place[] = []
  readonly #withheld: ClaimPath[] = []
  readonly #defects = new Set<FindingCode>()
  #nesting = 0
  /** Disclosures that a digest was met for; each digest counts once. */
  #used = 0

  constructor(disclosures: ReadonlyMap<string, Disclosure>) {
    this.#byDigest = disclosures
  }

  resolve(payload: JsonObject): ResolvedClaims {
    const claims = this.#object(payload, [])
    if (this.#used < this.#byDigest.size) this.#defects.add('disclosure.unreferenced')
    return { claims, places: this.#places, withheld: this.#withheld, defects: [...this.#defects] }
  }

  #value(value: Json, path: ClaimPath): Json {
    if (isJsonArray(value)) return this.#array(value, path)
    return isJsonObject(value) ? this.#object(value, path) : value
  }

  #object(object: JsonObject, path: ClaimPath): JsonObject {
    const claims = bareObject()
    for (const name of Object.keys(object)) {
      if (name === '_sd' || (name === '_sd_alg' && path.length === 0)) continue
      const value = object[name] as Json
      if (name === '...') this.#defects.add('disclosure.reserved_name')
      else if (name === '_sd_alg') this.#defects.add('disclosure.digest_algorithm')
      else claims[name] = isPlain(value) ? value : this.#value(value, [...path, name])
    }
    if (object._sd !== undefined) this.#disclose(object._sd, claims, path)
    return claims
  }

  #disclose(digests: Json, claims: Record<string, Json>, path: ClaimPath): void {
    if (!isJsonArray(digests)) return void this.#defects.add('disclosure.malformed')
    let withheld = 0
    for (const digest of digests) {
      const disclosure = this.#meet(digest)
      if (disclosure === undefined) withheld++
      else if (disclosure.name === undefined) this.#defects.add('disclosure.malformed')
      else if (disclosure.name === '_sd_alg' && path.length > 0) this.#defects.add('disclosure.digest_algorithm')
      else if (disclosure.name in claims) this.#defects.add('disclosure.name_clash')
      else claims[disclosure.name] = this.#opened(disclosure, [...path, disclosure.name])
    }
    if (withheld > 0) this.#withheld.push(path)
  }

  #array(array: readonly Json[], path: ClaimPath): Json[] {
    const elements: Json[] = []
    for (const element of array) {
      const digest = isJsonObject(element) ? element['...'] : undefined
      const here = [...path, elements.length]
      if (digest === undefined) {
        elements.push(this.#value(element, here))
        continue
      }
      if (Object.keys(element as JsonObject).length > 1) this.#defects.add('disclosure.malformed')
      const disclosure = this.#meet(digest)
      if (disclosure === undefined) this.#withheld.push(path)
      else if (disclosure.name !== undefined) this.#defects.add('disclosure.malformed')
      else elements.push(this.#opened(disclosure, here))
    }
    return elements
  }

  /** Every digest counts, also one that nobody disclosed: two of a kind are refused anywhere. */
  #meet(digest: Json): Disclosure | undefined {
    if (typeof digest !== 'string') return void this.#defects.add('disclosure.malformed')
    if (this.#met.has(digest)) return void this.#defects.add('disclosure.duplicate')
    this.#met.add(digest)
    const disclosure = this.#byDigest.get(digest)
    if (disclosure !== undefined) this.#used++
    return disclosure
  }

  #opened(disclosure: Disclosure, path: ClaimPath): Json {
    this.#places.push({ path, disclosure })
    if (isPlain(disclosure.value)) return disclosure.value
    if (++this.#nesting > limits.disclosureNesting) throw new Fault('limit.exceeded', { limit: 'disclosure nesting' })
    const value = this.#value(disclosure.value, path)
    this.#nesting--
    return value
  }
}

function isPlain(value: Json): boolean {
  return typeof value !== 'object' || value === null
}
