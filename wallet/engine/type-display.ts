import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@fujie/shared/core/encoding/json.ts'
import type { Words } from './contract.ts'

/** What a type's published metadata says about one claim (SD-JWT VC, type metadata; `x_fujie`: product design, 9). */
export interface ClaimDisplay {
  readonly path: readonly (string | number | null)[]
  readonly label: Words
  readonly order: number
  /** Lengths kept, hidden, kept: `6-8-4`. */
  readonly mask?: string
  readonly codelist?: string
  readonly sensitive: boolean
}

/** How a type is shown. */
export interface TypeDisplay {
  readonly name: Words
  /** Six hex digits. */
  readonly colour: string
  readonly textColour: string
  readonly claims: readonly ClaimDisplay[]
}

/** Reads what screens need of type metadata; what is missing or odd falls back to plain. */
export function readTypeDisplay(metadata: JsonObject): TypeDisplay {
  const displays = objects(metadata.display)
  const simple = objectOf(objectOf(displays[0]?.rendering)?.simple)
  return {
    name: wordsOf(displays, 'name', textOf(metadata.name) ?? textOf(metadata.vct) ?? ''),
    colour: hexOf(simple?.background_color) ?? '47524E',
    textColour: hexOf(simple?.text_color) ?? 'FFFFFF',
    claims: objects(metadata.claims).flatMap(readClaim),
  }
}

/** The published words for a claim; its last name where nothing is published. */
export function displayOfClaim(display: TypeDisplay, path: readonly (string | number)[]): ClaimDisplay {
  const found = display.claims.find((claim) => samePath(claim.path, path))
  if (found !== undefined) return found
  const name = String(path.findLast((step) => typeof step === 'string') ?? '')
  return { path, label: { zh: name, en: name }, order: 1_000, sensitive: false }
}

function readClaim(claim: JsonObject): ClaimDisplay[] {
  const { path } = claim
  if (!isJsonArray(path) || path.length === 0 || !path.every(isStep)) return []
  const ours = objectOf(claim.x_fujie)
  const mask = textOf(ours?.mask)
  const codelist = textOf(ours?.codelist)
  return [
    {
      path,
      label: wordsOf(objects(claim.display), 'label', String(path.at(-1))),
      order: typeof ours?.order === 'number' ? ours.order : 1_000,
      sensitive: ours?.sensitive === true || mask !== undefined,
      ...(mask === undefined ? {} : { mask }),
      ...(codelist === undefined ? {} : { codelist }),
    },
  ]
}

function samePath(published: ClaimDisplay['path'], path: readonly (string | number)[]): boolean {
  if (published.length !== path.length) return false
  return published.every((step, i) => step === path[i] || (step === null && typeof path[i] === 'number'))
}

function wordsOf(displays: readonly JsonObject[], member: string, otherwise: string): Words {
  const inLanguage = (language: string) =>
    displays.find(({ locale, lang }) => (textOf(locale) ?? textOf(lang))?.toLowerCase().startsWith(language))
  const zh = textOf(inLanguage('zh')?.[member])
  const en = textOf(inLanguage('en')?.[member])
  return { zh: zh ?? en ?? otherwise, en: en ?? zh ?? otherwise }
}

function isStep(step: Json): step is string | number | null {
  return typeof step === 'string' || typeof step === 'number' || step === null
}

function hexOf(value: Json | undefined): string | undefined {
  return /^#([0-9a-f]{6})$/i.exec(textOf(value) ?? '')?.[1]?.toUpperCase()
}

function objects(value: Json | undefined): readonly JsonObject[] {
  return isJsonArray(value) ? value.filter(isJsonObject) : []
}

function objectOf(value: Json | undefined): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
