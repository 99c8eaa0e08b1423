import type { Seconds } from '@fujie/shared/core/instant.ts'
import type { AdmissionMode } from './log/admit.ts'
import type { Quotas } from './log/quota.ts'

/** A ledger outside: a contract on a chain. */
export interface EvmLedgerConfig {
  readonly type: 'evm'
  readonly chainId: number
  /** Addresses of nodes that different parties run. */
  readonly rpc: readonly string[]
  /** How many of them may lie or fail together; by default fewer than half. */
  readonly faulty?: number
  readonly contract: string
  /** Block of its making. */
  readonly fromBlock?: number
  /** File with the key of the account that writes; made at first. */
  readonly keyFile: string
  /** Blocks that count as final, that of the transaction included: 1 on chains whose blocks are final, else 12. */
  readonly confirmations: number
  readonly fees?: 'eip1559' | 'legacy'
  /** The most that may be spent in a day (UTC), in the chain's smallest unit. */
  readonly dailyCap?: bigint
  /** Milliseconds between looks at a transaction that is not yet final. */
  readonly poll?: number
  /** A transaction in no block after so long is sent again at a higher price. */
  readonly resendAfter?: Seconds
}

export type LedgerConfig = { readonly type: 'file' } | EvmLedgerConfig

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
  /** Where heads are anchored; absent: in a file beside the log, which is no outside ledger. */
  readonly ledger?: LedgerConfig
  /** Loopback port of `/healthz`, `/readyz` and `/metrics`; absent: none, 0 takes a free one. */
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
  /** Where each anchor costs much. */
  slowAnchorInterval: 600,
} as const satisfies Partial<RegistryConfig> & { slowAnchorInterval: Seconds }
