/** A newer form of the page than the one that runs. */
export interface PageUpdate {
  /** It is here, whole, and waits. */
  readonly ready: boolean
  /** Puts it in the place of this one: the page begins anew, so nothing may be under way. */
  apply(): void
}
