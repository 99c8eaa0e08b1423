import type { Seconds } from '@fujie/shared/core/instant.ts'

/** How a monitor is run. */
export interface MonitorConfig {
  /** Where it keeps the heads it has seen, and evidence. */
  readonly folder: string
  /** On the loopback interface; 0 takes a free one. */
  readonly port: number
  readonly log: string
  readonly origin: string
  readonly logKeys: readonly string[]
  /** Trust policy (C2SP tlog-policy): whose copies are compared, and who must have cosigned. */
  readonly trust: string
  /** Where the log is read. */
  readonly registry: string
  /** Between looks. */
  readonly interval: Seconds
}

export const monitorDefaults = { interval: 10 } as const satisfies Partial<MonitorConfig>
