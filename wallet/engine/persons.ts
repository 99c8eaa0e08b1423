import type { Json, JsonObject } from '@fujie/shared/core/encoding/json.ts'
import { isJsonObject } from '@fujie/shared/core/encoding/json.ts'

interface Marks {
  readonly number?: string
  readonly born?: string
}

/**
 * Which documents are of one person, as far as they say: by the identity number where both have one, else by name and
 * date of birth together. What is not said is not guessed.
 *
 * @returns for each document a number that documents of the same person share, or undefined.
 */
export function personsOf(documents: readonly JsonObject[]): readonly (number | undefined)[] {
  const persons: Marks[][] = []
  return documents.map((claims) => {
    const marks = marksOf(claims)
    if (marks.number === undefined && marks.born === undefined) return undefined
    const known = persons.findIndex((one) => one.some((other) => isSame(marks, other)))
    const person = known < 0 ? persons.push([]) - 1 : known
    persons[person]?.push(marks)
    return person
  })
}

function isSame(one: Marks, other: Marks): boolean {
  if (one.number !== undefined && other.number !== undefined) return one.number === other.number
  return one.born !== undefined && one.born === other.born
}

function marksOf(claims: JsonObject): Marks {
  const number = textIn(claims, 'id_number')
  const [name, birthdate] = [textIn(claims, 'name'), textIn(claims, 'birthdate')]
  return {
    ...(number === undefined ? {} : { number }),
    ...(name === undefined || birthdate === undefined ? {} : { born: `${name} ${birthdate}` }),
  }
}

/** At the top, or in one of the named groups. */
function textIn(claims: JsonObject, name: string): string | undefined {
  const groups = [claims, ...Object.values(claims).filter((value: Json): value is JsonObject => isJsonObject(value))]
  return groups.map((group) => group[name]).find((value) => typeof value === 'string')
}
