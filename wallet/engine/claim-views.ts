import type { TypeMetadata } from '@fujie/shared/core/credential/type-metadata.ts'
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@fujie/shared/core/encoding/json.ts'
import { wordsOfCode } from './code-lists.ts'
import type { ClaimKind, ClaimView, Words } from './contract.ts'
import { labelOfClaim, metadataOfClaim } from './type-display.ts'

/** A way to one value in claims. */
export type LeafPath = readonly (string | number)[]

interface Leaf {
  readonly path: LeafPath
  readonly value: Json
}

/** Claims of the format, which say nothing to the person, and `sample`, which is a mark across the card. */
const silent: ReadonlySet<string> = new Set([
  ...['iss', 'sub', 'iat', 'exp', 'nbf', 'cnf', 'vct', 'vct#integrity', 'aka_vcts', 'status', '_sd_alg', 'sample'],
])

/** Every value of the claims that `wanted` picks, in the published order, in words. */
export function viewClaims(
  claims: JsonObject,
  metadata: TypeMetadata,
  wanted: (path: LeafPath) => boolean = () => true,
): ClaimView[] {
  const order = ({ path }: Leaf) => metadataOfClaim(metadata, path)?.order ?? 1_000
  const leaves = leavesOf(claims).filter(({ path }) => wanted(path))
  return leaves.toSorted((a, b) => order(a) - order(b)).map((leaf) => viewLeaf(leaf, metadata))
}

/** Lists of plain values are one leaf. */
function leavesOf(claims: JsonObject): Leaf[] {
  return Object.entries(claims).flatMap(([name, value]) => (silent.has(name) ? [] : descend({ path: [name], value })))
}

function descend(leaf: Leaf): Leaf[] {
  const { path, value } = leaf
  if (isJsonObject(value))
    return Object.entries(value).flatMap(([name, each]) => descend({ path: [...path, name], value: each }))
  if (isJsonArray(value) && value.some((each) => typeof each === 'object')) {
    return value.flatMap((each, i) => descend({ path: [...path, i], value: each }))
  }
  return [leaf]
}

function viewLeaf({ path, value }: Leaf, metadata: TypeMetadata): ClaimView {
  const { mask, codelist, sensitive } = metadataOfClaim(metadata, path) ?? {}
  const biometric = path.includes('portrait')
  const text = textOf(value)
  return {
    path: path.join('.'),
    label: labelOfClaim(metadata, path),
    kind: kindOf(value),
    value: codelist === undefined ? text : wordsOfCode(codelist, text.zh),
    ...(mask === undefined ? {} : { masked: maskValue(text.zh, mask) }),
    sensitive: sensitive === true || mask !== undefined || biometric,
    biometric,
  }
}

function kindOf(value: Json): ClaimKind {
  if (typeof value === 'boolean') return 'yes_no'
  if (typeof value !== 'string') return 'text'
  if (value === 'long_term') return 'long_term'
  if (/^data:image\/(?:jpeg|png|webp);base64,/.test(value)) return 'picture'
  return /^\d{4}-\d{2}-\d{2}$/.test(value) ? 'date' : 'text'
}

function textOf(value: Json): Words {
  if (!isJsonArray(value)) return twice(value === null ? '' : String(value))
  return { zh: value.map(String).join('、'), en: value.map(String).join(', ') }
}

function twice(text: string): Words {
  return { zh: text, en: text }
}

/** Hides the middle of a value: `6-8-4` keeps six and four. A value of another length hides all but its last quarter. */
export function maskValue(value: string, mask: string): string {
  const letters = [...value]
  const [head = 0, middle = 0, tail = 0] = mask.split('-').map(Number)
  const fits = head + middle + tail === letters.length
  const [from, to] = fits ? [head, letters.length - tail] : [0, letters.length - Math.floor(letters.length / 4)]
  return letters.map((letter, i) => (i >= from && i < to ? '*' : letter)).join('')
}
