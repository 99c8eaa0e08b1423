/** A token without what its holder disclosed, and what was cut out of it, as it stood. */
export interface CutToken {
  readonly token: string
  readonly disclosures: readonly string[]
}

/** How a bundle of evidence keeps a credential of one format (wire profile, 10). */
export interface EvidenceForm<C> {
  /**
   * Whether what is left can still be judged. A format whose values are under the issuer's signature itself is kept
   * whole among what is cut, or not at all.
   */
  readonly isJudgedCut: boolean
  /** @throws Fault `evidence.not_replayable` where something disclosed could not be cut out */
  cut(credential: C): CutToken
  /**
   * Puts what was cut out back where it was.
   *
   * @throws Fault `evidence.malformed` if it was not cut out of this token
   */
  restore(token: string, disclosures: readonly string[]): string
}
