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

/** Elements by one step, which is of the kind of the value: `null` of an array is every element. */
function stepInto({ path, value }: SelectedElement, step: string | number | null): readonly SelectedElement[] {
  const found =
    step === null
      ? (value as readonly Json[]).map((each, i): SelectedElement => ({ path: [i], value: each }))
      : selectOne(value, [step])
  return found.map((element) => ({ path: [...path, ...element.path], value: element.value }))
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
