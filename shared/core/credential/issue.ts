import { sha256 } from '../crypto/hash.ts'
import { jwkMembers, type PublicJwk } from '../crypto/key.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { isJsonArray, isJsonObject, jsonObject, type Json, type JsonObject } from '../encoding/json.ts'
import { Fault } from '../fault.ts'
import type { Instant } from '../instant.ts'
import { formatDisclosure, isReserved, type DisclosureDigest } from './disclosure.ts'
import type { StatusReference } from './credential.ts'
import { sdJwtForm, type SdJwtFormat } from './sd-jwt.ts'
import type { ClaimMetadata, MetadataPath, TypeMetadata } from './type-metadata.ts'

/** `full`: one digest a claim, decoys for those absent. `counter`: a named group is one digest, no decoys: it has to fit into one QR picture. */
export type Edition = 'full' | 'counter'

/** What is certified, of whom, until when. */
export interface CredentialContent {
  readonly type: TypeMetadata
  /** `vct#integrity`. */
  readonly integrity: string
  readonly edition: Edition
  /** Absent: the registered one. */
  readonly format?: SdJwtFormat
  readonly claims: JsonObject
  /** Form X: the https identifier; form D: the DID. */
  readonly issuer: string
  readonly holder: PublicJwk
  readonly issuedAt: Instant
  readonly expiresAt: Instant
  readonly status?: StatusReference
}

/** What the issuer's key signs, and the disclosures that go with it. */
export interface UnsignedCredential {
  readonly header: JsonObject
  readonly payload: JsonObject
  readonly disclosures: readonly string[]
}

export const credentialTokenType = 'dc+sd-jwt'
const saltLength = 16
const day = 86_400

/** Midnight UTC before an instant: credentials of one day are not told apart by their seconds. */
export function startOfDay(at: Instant): Instant {
  return at - (at % day)
}

/**
 * Makes a credential out of claims, ready to be signed (RFC 9901, 4; wire profile, 2).
 *
 * What may be hidden stands in the type metadata. `draw` gives fresh random bytes for salts and decoys. `header` lacks
 * `alg`, which is the signer's, and the signer's name (`x5c` or `kid`).
 *
 * @throws Fault `credential.malformed` for claims the type does not know, `limit.exceeded`
 */
export function issueCredential(content: CredentialContent, draw: (length: number) => Uint8Array): UnsignedCredential {
  const { format, hash, digest } = sdJwtForm(content.format ?? credentialTokenType)
  const hider = new Hider(content.type.claims, content.edition, draw, digest)
  const { _sd, ...clear } = hider.object(content.claims, [])
  const payload = jsonObject({
    iss: content.issuer,
    vct: content.type.vct,
    'vct#integrity': content.integrity,
    iat: startOfDay(content.issuedAt),
    exp: startOfDay(content.expiresAt),
    cnf: jsonObject({ jwk: jwkMembers(content.holder) }),
    status:
      content.status && jsonObject({ status_list: jsonObject({ idx: content.status.index, uri: content.status.uri }) }),
    _sd_alg: hash,
    _sd,
    ...clear,
  })
  return { header: jsonObject({ typ: format }), payload, disclosures: hider.disclosures }
}

/** Replaces what may be hidden by digests, level by level. */
class Hider {
  readonly disclosures: string[] = []
  readonly #known: readonly ClaimMetadata[]
  readonly #edition: Edition
  readonly #draw: (length: number) => Uint8Array
  readonly #digest: DisclosureDigest

  constructor(
    known: readonly ClaimMetadata[],
    edition: Edition,
    draw: (length: number) => Uint8Array,
    digest: DisclosureDigest,
  ) {
    this.#digest = digest
    this.#known = known
    this.#edition = edition
    this.#draw = draw
  }

  object(claims: JsonObject, path: MetadataPath): JsonObject {
    const shown: Record<string, Json> = {}
    const digests: string[] = []
    for (const [name, value] of Object.entries(claims)) {
      const here = [...path, name]
      const rule = this.#ruleOf(here)
      if (isReserved(name) || (rule === undefined && !this.#reachesBelow(here))) unknownClaim(here)
      const inner = this.#value(value, here)
      if (rule === undefined || rule.sd === 'never') shown[name] = inner
      else digests.push(this.#hide(name, inner))
    }
    digests.push(...this.#decoysFor(claims, path))
    return jsonObject({ ...shown, _sd: digests.length === 0 ? undefined : digests.sort() })
  }

  #value(value: Json, path: MetadataPath): Json {
    if (!this.#reachesBelow(path)) return value
    if (isJsonArray(value)) return this.#array(value, path)
    return isJsonObject(value) ? this.object(value, path) : unknownClaim(path)
  }

  #array(array: readonly Json[], path: MetadataPath): Json[] {
    const here = [...path, null]
    const elements = array.map((element) => this.#value(element, here))
    if (this.#ruleOf(here)?.sd !== 'always') return elements
    const digests = elements.map((element) => this.#hide(undefined, element))
    const padded = this.#edition === 'counter' ? digests.length : powerOfTwo(digests.length)
    while (digests.length < padded) digests.push(this.#decoy())
    return digests.map((digest) => jsonObject({ '...': digest }))
  }

  #ruleOf(path: MetadataPath): ClaimMetadata | undefined {
    return this.#known.find((claim) => claim.path.length === path.length && isUnder(claim.path, path))
  }

  #reachesBelow(path: MetadataPath): boolean {
    return this.#known.some((claim) => claim.path.length > path.length && isUnder(claim.path, path))
  }

  /** A credential does not tell by its length which optional claims it has. */
  #decoysFor(claims: JsonObject, path: MetadataPath): string[] {
    if (this.#edition === 'counter') return []
    const absent = this.#known.filter(({ path: known, sd }) => {
      const name = known.at(-1)
      const isHere = known.length === path.length + 1 && isUnder(known, path)
      return isHere && sd !== 'never' && typeof name === 'string' && !(name in claims)
    })
    return absent.map(() => this.#decoy())
  }

  #hide(name: string | undefined, value: Json): string {
    const text = formatDisclosure(this.#draw(saltLength), name, value)
    this.disclosures.push(text)
    return this.#digest(text)
  }

  #decoy(): string {
    return encodeBase64url(sha256(this.#draw(32)))
  }
}

/** Whether `path` begins as `parent` does. */
function isUnder(path: MetadataPath, parent: MetadataPath): boolean {
  return parent.every((step, i) => step === path[i])
}

function unknownClaim(path: MetadataPath): never {
  throw new Fault('credential.malformed', { reason: 'a claim the type does not know', depth: path.length })
}

function powerOfTwo(count: number): number {
  return count === 0 ? 0 : 2 ** Math.ceil(Math.log2(count))
}

/**
 * The claims of a counter edition out of those of the full one: at the paths of the counter type's metadata, where
 * `[group, claim]` takes `claim` from the top unless the group itself has it.
 */
export function counterClaims(claims: JsonObject, type: TypeMetadata): JsonObject {
  const chosen: Record<string, Json> = {}
  for (const { path } of type.claims) {
    const [first, second] = path
    if (typeof first !== 'string' || path.length > 2) continue
    if (second === undefined) {
      const isGroup = type.claims.some((other) => other.path.length === 2 && other.path[0] === first)
      if (!isGroup && claims[first] !== undefined) chosen[first] = claims[first]
    } else if (typeof second === 'string') {
      const inside = claims[first]
      const value = isJsonObject(inside) ? inside[second] : claims[second]
      if (value !== undefined) chosen[first] = { ...(chosen[first] as JsonObject | undefined), [second]: value }
    }
  }
  return jsonObject(chosen)
}
