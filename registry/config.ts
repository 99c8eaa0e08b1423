import type { Seconds } from '@fujie/shared/core/instant.ts'
import type { AdmissionMode } from './log/admit.ts'
import type { Quotas } from './log/quota.ts'

/** How a registry is run. */
export interface RegistryConfig {
  /** Where the log is kept. */
  readonly folder: string
  /** On the loopback interface; 0 takes a free one. */
  readonly port: number
  /** Name of the log in its notes, for life. */
  readonly origin: string
  /** How long a batch waits for more, in milliseconds. */
  readonly batchInterval: number
  /** An idle log's checkpoint is stamped anew after so long. */
  readonly stampInterval: Seconds
  /** Between anchors. */
  readonly anchorInterval: Seconds
  /** Loopback port of `/healthz` and `/readyz`; absent: none, 0 takes a free one. */
  readonly healthPort?: number
  /** Witnesses may be asked over plain http on the loopback literals; demonstrations only. */
  readonly insecureLoopback?: boolean
  /**
   * Where the log is kept too: a reader of it, or an auditor. What they have and a restored copy lacks is taken back at
   * the start, after it was reckoned again.
   */
  readonly mirrors?: readonly string[]
  /** Who may create DIDs; absent: anybody, as in a demonstration. */
  readonly admission?: AdmissionMode
  /** Absent: those of the design. */
  readonly quotas?: Quotas
  /** Folder of the built explorer; none: no pages. */
  readonly pagesFolder?: string
  /** The built one-file checker, which is handed out with the log's trust written into it; none: it is not. */
  readonly checkerFile?: string
  /** Origin of the workbench that may frame the explorer; demonstrations only. */
  readonly workbench?: string
}

export const registryDefaults = {
  batchInterval: 1_000,
  stampInterval: 120,
  anchorInterval: 60,
} as const satisfies Partial<RegistryConfig>
