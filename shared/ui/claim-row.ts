/** One line of a document as people read it. */
export interface ClaimRow {
  /** Stable name of the claim, `id_number`. */
  readonly name: string
  /** What it is called in the reader's language. */
  readonly label: string
  /** What it says, already in words. Absent: the item is named but not shown. */
  readonly value?: string
  /** Hidden but for a few characters until held. */
  readonly masked?: boolean
}
