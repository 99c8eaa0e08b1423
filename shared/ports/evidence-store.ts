import type { EvidenceItem, EvidenceKind } from '../core/presentation/evidence.ts'

/**
 * Keeps evidence between judgements, for speed and for when there is no network. Of one thing it keeps the newest.
 *
 * Items that belong together (a status token and its digest) are put in one call: both are kept, or neither.
 */
export interface EvidenceStore {
  find(kind: EvidenceKind, name: string): Promise<EvidenceItem | undefined>
  put(items: readonly EvidenceItem[]): Promise<void>
  all(): Promise<readonly EvidenceItem[]>
}
