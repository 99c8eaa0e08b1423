import type { JsonObject } from '@fujie/shared/core/encoding/json.ts'
import type { Words } from '@fujie/shared/core/record/members.ts'

/** One claim a purpose asks, as people call it. */
export interface Item {
  readonly name: string
  /** Where it stands, by the id of the credential query. */
  readonly paths: Readonly<Record<string, readonly string[]>>
  readonly label: Words
  readonly kind: 'text' | 'date' | 'gender' | 'yes_no'
  readonly masked: boolean
}

/** What is asked for one purpose, why, and how long it is kept: also what its registration says (registry, 1.3). */
export interface Purpose {
  readonly id: string
  readonly words: Words
  readonly legalBasis: Words
  /** ISO 8601 duration; `PT0S`: nothing is kept. */
  readonly retention: string
  readonly flows: readonly string[]
  readonly dcql: JsonObject
  readonly items: readonly Item[]
  /** The document that is asked for. */
  readonly document: Words
  /** Name of the item that says who it is, for reasons that allow the name alone. */
  readonly person?: string
  /** A document that is good still leaves the person to be compared with it. */
  readonly personMatch: boolean
  readonly ageOnly: boolean
}
