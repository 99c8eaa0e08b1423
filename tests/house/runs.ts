/** How often a property is tried: by night a hundred times as often as for a commit. */
const times = ['nightly', 'release'].includes(process.env.FUJIE_TIER ?? '') ? 100 : 1

export const runs = {
  /** Values in, values out. */
  cheap: { numRuns: 10_000 * times },
  /** Trees, tokens. */
  usual: { numRuns: 1_000 * times },
  /** Signatures made or verified. */
  signing: { numRuns: 200 * times },
} as const

/** Milliseconds that a property may take in all. */
export const patience = 60_000 * times
