import { Fault } from '@fujie/shared/core/fault.ts'
import type { Instant, Seconds } from '@fujie/shared/core/instant.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import { readRecords, storedDocument, type StoredDocument } from './contents.ts'
import { addHistory, type NewEntry } from './history.ts'
import type { Vault, VaultChange } from './vault.ts'

/** How long a removal can be undone. */
export const undoTime: Seconds = 60

interface Removed {
  readonly records: readonly VaultChange[]
  readonly document: StoredDocument
  readonly entry: NewEntry
  readonly at: Instant
}

/**
 * What was removed a moment ago, in memory alone: the vault itself has forgotten it at once.
 *
 * Putting it back is safe: nothing of it left the device meanwhile, so its copies are as unused as they were.
 */
export class RemovedDocuments {
  readonly #clock: Clock
  readonly #removed = new Map<string, Removed>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** `dropped`: the changes that take the document out of `vault`, which still has it. */
  remember(id: string, dropped: readonly VaultChange[], entry: NewEntry, vault: Vault): void {
    const document = readRecords(vault, 'documents', storedDocument).find((each) => each.id === id)
    if (document === undefined) return
    const records = dropped.map(({ store, id: name }) => ({ store, id: name, value: vault.get(store, name) }))
    this.#removed.set(id, { records, document, entry, at: this.#clock.now() })
  }

  /**
   * The changes that put it back.
   *
   * @throws Fault `document.not_found` if that is too late, or another document has taken its place
   */
  restore(id: string, vault: Vault): VaultChange[] {
    const removed = this.#removed.get(id)
    this.#removed.delete(id)
    const now = this.#clock.now()
    if (removed === undefined || now - removed.at > undoTime || isReplaced(removed.document, vault))
      throw new Fault('document.not_found')
    return [...removed.records, addHistory(vault, { ...removed.entry, kind: 'restored', at: now })]
  }

  forget(): void {
    this.#removed.clear()
  }
}

function isReplaced({ type, issuer, subject }: StoredDocument, vault: Vault): boolean {
  return readRecords(vault, 'documents', storedDocument).some(
    (each) => each.type === type && each.issuer.id === issuer.id && each.subject === subject,
  )
}
