import type { ClaimMetadata, TypeMetadata } from '@fujie/shared/core/credential/type-metadata.ts'
import { isJsonObject, type Json } from '@fujie/shared/core/encoding/json.ts'
import type { Words } from './contract.ts'

/** What a type is called and how its card looks. */
export interface TypeDisplay {
  readonly name: Words
  /** Six hex digits. */
  readonly colour: string
  readonly textColour: string
}

export function displayOfType({ vct, display }: TypeMetadata): TypeDisplay {
  const rendering = display.find(({ rendering: given }) => given !== undefined)?.rendering
  const simple = isJsonObject(rendering?.simple) ? rendering.simple : undefined
  return {
    name: inBoth(display, (each) => each.name, vct),
    colour: hexOf(simple?.background_color) ?? '47524E',
    textColour: hexOf(simple?.text_color) ?? 'FFFFFF',
  }
}

/** What the type publishes about the claim at a path. */
export function metadataOfClaim(
  { claims }: TypeMetadata,
  path: readonly (string | number)[],
): ClaimMetadata | undefined {
  return claims.find((claim) => samePath(claim.path, path))
}

/** The published label of a claim; its own name where none is published. */
export function labelOfClaim(metadata: TypeMetadata, path: readonly (string | number)[]): Words {
  const name = String(path.findLast((step) => typeof step === 'string') ?? '')
  return inBoth(metadataOfClaim(metadata, path)?.display ?? [], (each) => each.label, name)
}

/** Labels of every value a document of the type can hold, in its published order. */
export function labelsOfType(metadata: TypeMetadata): Words[] {
  const isLeaf = ({ path }: ClaimMetadata) =>
    !metadata.claims.some((other) => other.path.length > path.length && path.every((step, i) => step === other.path[i]))
  return metadata.claims
    .filter((claim) => isLeaf(claim) && claim.path[0] !== 'sample')
    .toSorted((a, b) => (a.order ?? last) - (b.order ?? last))
    .map(({ path, display }) => inBoth(display, (each) => each.label, String(path.at(-1))))
}

const last = 1_000

function samePath(published: ClaimMetadata['path'], path: readonly (string | number)[]): boolean {
  if (published.length !== path.length) return false
  return published.every((step, i) => step === path[i] || (step === null && typeof path[i] === 'number'))
}

function inBoth<T extends { readonly locale: string }>(
  displays: readonly T[],
  words: (display: T) => string,
  otherwise: string,
): Words {
  const inLanguage = (language: string) => {
    const found = displays.find(({ locale }) => locale.toLowerCase().startsWith(language))
    return found && words(found)
  }
  const [zh, en] = [inLanguage('zh'), inLanguage('en')]
  return { zh: zh ?? en ?? otherwise, en: en ?? zh ?? otherwise }
}

function hexOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? /^#([0-9a-f]{6})$/i.exec(value)?.[1]?.toUpperCase() : undefined
}
