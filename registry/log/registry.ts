import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { AcceptPorts } from './accept.ts'
import type { Anchorer } from './anchor.ts'
import type { Events } from './events.ts'
import type { ForcedRecords } from './forced.ts'
import type { BlobStore, StateStore, TileStore } from './ports.ts'
import type { Sequencer } from './sequence.ts'

/** The parts of a running registry, as its routes need them. */
export interface Registry extends AcceptPorts {
  readonly clock: Clock
  readonly sequencer: Sequencer
  readonly states: StateStore
  readonly tiles: TileStore & { readPacked(path: string): Promise<Uint8Array | undefined> }
  readonly blobs: BlobStore
  readonly anchorer: Anchorer
  /** What was put on an outside ledger; absent where there is none. */
  readonly forced?: ForcedRecords
  readonly events: Events
}
