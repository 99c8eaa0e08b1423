import type { JsonObject } from '@fujie/shared/core/encoding/json.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import type { Subject } from '../desk/ports.ts'

/** One edition of a type: full, or the counter's with its named groups (one digest each) and short form. */
export interface EditionOfType {
  readonly configuration: string
  readonly vct: string
  /** Type metadata (SD-JWT VC, 6) with our members in `x_fujie`. */
  readonly metadata: JsonObject
}

/** A type an agency issues. One file of this folder each. */
export interface CatalogueEntry {
  readonly id: string
  readonly name: { readonly zh: string; readonly en: string }
  /** Of the card, as `#rrggbb`. */
  readonly colour: string
  /** How long an edition stays good, in days. */
  readonly days: { readonly full: number; readonly counter: number }
  readonly full: EditionOfType
  readonly counter: EditionOfType
  /** The claims of a subject at an instant, without those of the credential itself; the counter edition takes its part of them. */
  readonly claims: (subject: Subject, at: Instant) => JsonObject
  /** The last day of the document itself, YYYY-MM-DD: no edition outlives it. Absent: it sets no end to an edition. */
  readonly endsWith?: (subject: Subject) => string | undefined
}
