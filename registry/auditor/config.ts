import type { Seconds } from '@fujie/shared/core/instant.ts'

/** How an auditor is run. */
export interface AuditorConfig {
  /** Where it keeps the entries it has read and the newest checkpoint it stands for. */
  readonly folder: string
  /** On the loopback interface; 0 takes a free one. */
  readonly port: number
  /** Name of its key in cosignatures: an address without scheme, for life. */
  readonly name: string
  /** The log it audits: its id pinned, since everything begins with that record. */
  readonly log: string
  readonly origin: string
  readonly logKeys: readonly string[]
  /** Where the log is read. */
  readonly registry: string
  /** Between looks at the log, so that it is seldom behind when it is asked. */
  readonly interval: Seconds
}

export const auditorDefaults = { interval: 5 } as const satisfies Partial<AuditorConfig>
