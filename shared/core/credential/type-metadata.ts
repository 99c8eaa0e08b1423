import { sha256 } from '../crypto/hash.ts'
import { encodeBase64 } from '../encoding/base64.ts'
import { isJsonArray, isJsonObject, parseJsonBytes, type Json, type JsonObject } from '../encoding/json.ts'
import { Fault, within } from '../fault.ts'
import { limits } from '../limits.ts'

/** A path of type metadata: names, indices, and null for every element of an array. */
export type MetadataPath = readonly (string | number | null)[]

/** Whether the issuer lets the holder hide a claim. */
export type Hiding = 'always' | 'allowed' | 'never'

export interface ClaimMetadata {
  readonly path: MetadataPath
  readonly display: readonly { readonly locale: string; readonly label: string }[]
  readonly mandatory: boolean
  readonly sd: Hiding
  readonly svgId?: string
  /** Ours: how screens group, mask, translate, protect and order it. */
  readonly group?: string
  readonly mask?: string
  readonly codelist?: string
  readonly sensitive: boolean
  readonly order?: number
}

export interface TypeDisplay {
  readonly locale: string
  readonly name: string
  readonly description?: string
  readonly rendering?: JsonObject
}

/** What a credential type is called and made of (SD-JWT VC, type metadata). Read, not yet believed. */
export interface TypeMetadata {
  readonly vct: string
  readonly display: readonly TypeDisplay[]
  readonly claims: readonly ClaimMetadata[]
  readonly extends?: { readonly vct: string; readonly integrity?: string }
  /** Ours: purposes it may be shown to; absent: all. */
  readonly showTo?: readonly string[]
}

/** The value of `vct#integrity`: the digest of the metadata's bytes (W3C SRI, SHA-256 only). */
export function integrityOf(bytes: Uint8Array): string {
  return `sha256-${encodeBase64(sha256(bytes))}`
}

const bounds = { array: 256, string: limits.metadata }
const hidings = ['always', 'allowed', 'never'] as const

/**
 * Reads type metadata; members nobody knows are ignored.
 *
 * @throws Fault `credential_type.malformed`, `limit.exceeded`
 */
export function parseTypeMetadata(bytes: Uint8Array): TypeMetadata {
  if (bytes.length > limits.metadata) throw new Fault('limit.exceeded', { limit: 'type metadata' })
  const json = within('credential_type.malformed', () => parseJsonBytes(bytes, bounds))
  if (!isJsonObject(json)) malformed('document')
  const showTo = isJsonObject(json.x_fujie) ? json.x_fujie.showTo : undefined
  return {
    vct: textAt(json.vct, 'vct'),
    display: listAt(json.display, 'display').map(displayAt),
    claims: listAt(json.claims, 'claims').map(claimAt),
    ...(json.extends === undefined ? {} : { extends: extendsAt(json) }),
    ...(showTo === undefined ? {} : { showTo: listAt(showTo, 'showTo').map((purpose) => textAt(purpose, 'showTo')) }),
  }
}

function malformed(at: string): never {
  throw new Fault('credential_type.malformed', { at })
}

function textAt(value: Json | undefined, at: string): string {
  return typeof value === 'string' && value !== '' ? value : malformed(at)
}

function listAt(value: Json | undefined, at: string): readonly Json[] {
  if (value === undefined) return []
  return isJsonArray(value) ? value : malformed(at)
}

function extendsAt(json: JsonObject): NonNullable<TypeMetadata['extends']> {
  const integrity = json['extends#integrity']
  const vct = textAt(json.extends, 'extends')
  return integrity === undefined ? { vct } : { vct, integrity: textAt(integrity, 'extends#integrity') }
}

function displayAt(value: Json): TypeDisplay {
  if (!isJsonObject(value)) malformed('display')
  const { description, rendering } = value
  return {
    locale: textAt(value.locale, 'display.locale'),
    name: textAt(value.name, 'display.name'),
    ...(typeof description === 'string' ? { description } : {}),
    ...(isJsonObject(rendering) ? { rendering } : {}),
  }
}

function claimAt(value: Json): ClaimMetadata {
  if (!isJsonObject(value)) malformed('claims')
  const path = listAt(value.path, 'claims.path')
  if (path.length === 0 || !path.every(isStep)) malformed('claims.path')
  const sd = value.sd ?? 'allowed'
  const mandatory = value.mandatory ?? false
  if (typeof mandatory !== 'boolean') malformed('claims.mandatory')
  return {
    path,
    mandatory,
    display: listAt(value.display, 'claims.display').map(labelAt),
    sd: hidings.find((hiding) => hiding === sd) ?? malformed('claims.sd'),
    ...(typeof value.svg_id === 'string' ? { svgId: value.svg_id } : {}),
    ...ownMembers(value.x_fujie),
  }
}

function isStep(step: Json): step is string | number | null {
  return (
    step === null || typeof step === 'string' || (typeof step === 'number' && Number.isSafeInteger(step) && step >= 0)
  )
}

function labelAt(value: Json): ClaimMetadata['display'][number] {
  if (!isJsonObject(value)) malformed('claims.display')
  return { locale: textAt(value.locale, 'claims.display.locale'), label: textAt(value.label, 'claims.display.label') }
}

function ownMembers(value: Json | undefined) {
  const { group, mask, codelist, sensitive, order } = isJsonObject(value) ? value : ({} as JsonObject)
  return {
    ...(typeof group === 'string' ? { group } : {}),
    ...(typeof mask === 'string' ? { mask } : {}),
    ...(typeof codelist === 'string' ? { codelist } : {}),
    ...(typeof order === 'number' ? { order } : {}),
    sensitive: sensitive === true,
  }
}
