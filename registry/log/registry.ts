import type { LogPolicy } from '@fujie/shared/core/record/policy.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { AcceptPorts } from './accept.ts'
import type { Anchorer } from './anchor.ts'
import type { Entries } from './entries.ts'
import type { Events } from './events.ts'
import type { ForcedRecords } from './forced.ts'
import type { BlobStore, StateStore, TileStore } from './ports.ts'
import type { Sequencer } from './sequence.ts'
import type { Snapshot } from './snapshot.ts'

/** What is published of a log, as one sees it who writes it, or who follows it. */
export interface PublishedLog {
  /** The newest published checkpoint with all that proofs need. */
  readonly snapshot: Snapshot
  readonly entries: Entries
  readonly publishedSize: number
  readonly policy: LogPolicy | undefined
  /** Root of the first `size` entries, of any size that was published. */
  rootAt(size: number): Uint8Array
}

/** What reading needs: no key, no witness, no ledger. */
export interface Reading {
  readonly clock: Clock
  readonly sequencer: PublishedLog
  readonly states: StateStore
  readonly tiles: TileStore & { readPacked(path: string): Promise<Uint8Array | undefined> }
  readonly blobs: BlobStore
  readonly anchorer: Pick<Anchorer, 'of' | 'list' | 'ledger' | 'newest' | 'alarm'>
  readonly events: Pick<Events, 'listen'>
}

/** The parts of a running registry, as its routes need them. */
export interface Registry extends AcceptPorts, Reading {
  readonly sequencer: Sequencer
  readonly states: StateStore
  readonly blobs: BlobStore
  readonly anchorer: Anchorer
  /** What was put on an outside ledger; absent where there is none. */
  readonly forced?: ForcedRecords
  readonly events: Events
}
