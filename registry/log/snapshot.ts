import type { Head } from '@fujie/shared/core/log/checkpoint.ts'
import type { LogMap } from '@fujie/shared/core/log/map.ts'
import type { Seal } from '@fujie/shared/core/log/seal.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import type { TreeNodes } from '@fujie/shared/core/log/tree.ts'

/** A published checkpoint with the map and the tree under it; it stays true while the log grows. */
export interface Snapshot {
  readonly log: string
  readonly origin: string
  readonly head: Head
  readonly seal: Seal
  readonly map: LogMap
  readonly tree: TreeNodes
  /** The signed note. */
  readonly note: string
  /** When the note was last signed; the seal of an idle log is older. */
  readonly stampedAt: Instant
}
