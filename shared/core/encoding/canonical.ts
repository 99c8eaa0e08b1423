import { isJsonArray, isJsonObject, type Json } from './json.ts'

/** The one spelling of a JSON value (RFC 8785): members by UTF-16 units, numbers as ECMAScript writes them. */
export function canonicalJson(value: Json): string {
  if (isJsonArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (isJsonObject(value)) {
    const members = Object.keys(value).sort(byUnits)
    return `{${members.map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name] as Json)}`).join(',')}}`
  }
  return JSON.stringify(value)
}

function byUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
