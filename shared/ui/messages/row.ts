/** Two English forms, chosen by the parameter `n`. Chinese has one. */
export interface Plural {
  readonly one: string
  readonly other: string
}

/** One message in both languages. A `{hole}` is filled by the parameter of that name. */
export interface Row {
  readonly zh: string
  readonly en: string | Plural
}

export type Rows = Readonly<Record<string, Row>>

/** The names of the holes in a text. */
export type Holes<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Holes<Rest>
  : never
