import * as z from 'zod/mini'

const origin = z.string().check(z.regex(/^https?:\/\/[^/\s]+$/))

/** What its host tells a wallet: where to turn, and whom to believe. */
export const hostConfig = z.object({
  registry: origin,
  relay: origin,
  /** How agencies know this wallet program, and where they send a browser back to: this page's `/open`. */
  client: z.optional(z.object({ id: z.string(), redirectUri: z.string() })),
  /** A policy file: log, its keys, roots (core/trust/policy). */
  policy: z.record(z.string(), z.json()),
  /** Plain http to the loopback literals: demonstrations only. */
  insecureLoopback: z.boolean(),
  /** Origin that may frame the page and play stories in it: demonstrations only. */
  workbench: z.optional(origin),
})
export type HostConfig = z.output<typeof hostConfig>
