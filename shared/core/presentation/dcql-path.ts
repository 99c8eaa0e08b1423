import { isJsonArray, isJsonObject, type Json } from '../encoding/json.ts'
import type { ClaimPath } from './dcql-query.ts'

/** A path without `null`: it names one element. */
export type ElementPath = readonly (string | number)[]

/** One element that a claims path selects. */
export interface SelectedElement {
  readonly path: ElementPath
  readonly value: Json
}

/**
 * The elements a claims path selects (OpenID4VP 1.0, 7.3); none if the claim is absent.
 *
 * A name asked of what is no object, or an index of what is no array, makes the whole claim absent; a name or index
 * that is not there drops its branch.
 */
export function selectElements(claims: Json, path: ClaimPath): readonly SelectedElement[] {
  if (!path.includes(null)) return selectOne(claims, path as ElementPath)
  let selected: readonly SelectedElement[] = [{ path: [], value: claims }]
  for (const step of path) {
    if (!selected.every(({ value }) => (typeof step === 'string' ? isJsonObject(value) : isJsonArray(value)))) return []
    selected = selected.flatMap((element) => stepInto(element, step))
  }
  return selected
}

/** The usual case, by the same rules: a path that names one element. */
function selectOne(claims: Json, path: ElementPath): readonly SelectedElement[] {
  let value: Json | undefined = claims
  for (const step of path) {
    if (typeof step === 'string') value = isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined
    else value = isJsonArray(value) ? value[step] : undefined
    if (value === undefined) return []
  }
  return [{ path, value }]
}

function stepInto({ path, value }: SelectedElement, step: string | number | null): readonly SelectedElement[] {
  if (isJsonArray(value)) {
    if (step === null) return value.map((each, i) => ({ path: [...path, i], value: each }))
    const found = typeof step === 'number' ? value[step] : undefined
    return found === undefined ? [] : [{ path: [...path, step as number], value: found }]
  }
  if (!isJsonObject(value) || typeof step !== 'string' || !Object.hasOwn(value, step)) return []
  return [{ path: [...path, step], value: value[step] as Json }]
}

/**
 * Whether what is disclosed at `place` is needed for one of the wanted elements: it holds the element, or lies inside it.
 *
 * Siblings below a shared parent are not: the parent comes without them.
 */
export function isNeededFor(place: ElementPath, wanted: readonly ElementPath[]): boolean {
  for (const path of wanted) if (isOnTheWay(place, path)) return true
  return false
}

function isOnTheWay(place: ElementPath, path: ElementPath): boolean {
  const shared = Math.min(place.length, path.length)
  for (let i = 0; i < shared; i++) if (place[i] !== path[i]) return false
  return true
}
