import type { FaultCode } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import type { Head } from '@fujie/shared/core/log/checkpoint.ts'
import { parseRecord, type SignedRecord } from '@fujie/shared/core/record/record.ts'

/** A record that somebody put on the ledger, so that the log cannot ignore it. */
export interface ForcedRecord {
  /** SHA-256 of the text, hexadecimal. */
  readonly hash: string
  readonly text: string
  readonly deadline: Instant
  readonly block: number
}

/** The ledger as an auditor reads it for itself. */
export interface AuditedLedger {
  forcedRecords(origin: string, after: number): AsyncIterable<ForcedRecord>
  /** The newest head there, final or not. */
  newest(): Promise<Head | undefined>
  /** Says there which root was reckoned for it; absent without a key. */
  confirm?(head: Head): Promise<void>
  close?(): Promise<void>
}

/** Says by which rule a record may not stand behind what was replayed; undefined: it may. */
export interface Ruler {
  rule(record: SignedRecord, sealTime: Instant): Promise<FaultCode | undefined>
}

interface Watched {
  readonly record: SignedRecord
  readonly deadline: Instant
  /** As it was before the batch that is being read. */
  mightBefore: boolean
  /** Whether it might have stood there by the newest seal. */
  mightStand: boolean
}

/**
 * Holds a log to what was forced on it: by its deadline a record is in the log, or no rule let it in at the last seal
 * before. One that is in the log may not stand there again, so both come to the same question.
 *
 * A record that only the last batch's own records kept out accuses nobody, nor one that only they let in, shortly before
 * the deadline: there was no time for a batch more.
 */
export class ForcedWatch {
  readonly #watched = new Map<string, Watched>()

  get size(): number {
    return this.#watched.size
  }

  has(hash: string): boolean {
    return this.#watched.has(hash)
  }

  /** Watches for a record from here on, the newest seal being of this time. */
  async add({ hash, text, deadline }: ForcedRecord, ruler: Ruler, sealTime: Instant): Promise<void> {
    const record = forcible(text)
    if (record === undefined) return
    const watched = { record, deadline, mightStand: false, mightBefore: false }
    this.#watched.set(hash, watched)
    await judge(watched, ruler, sealTime)
  }

  async before(ruler: Ruler, sealTime: Instant): Promise<void> {
    for (const each of this.#inTime(sealTime))
      each.mightBefore = (await ruler.rule(each.record, sealTime)) === undefined
  }

  async after(ruler: Ruler, sealTime: Instant): Promise<void> {
    for (const each of this.#inTime(sealTime)) await judge(each, ruler, sealTime)
  }

  /** Those whose deadline is before this time leave; whether one of them was ignored. */
  settle(time: Instant): { readonly settled: readonly string[]; readonly isIgnored: boolean } {
    const over = [...this.#watched].filter(([, { deadline }]) => deadline < time)
    for (const [hash] of over) this.#watched.delete(hash)
    return { settled: over.map(([hash]) => hash), isIgnored: over.some(([, { mightStand }]) => mightStand) }
  }

  #inTime(sealTime: Instant): readonly Watched[] {
    return [...this.#watched.values()].filter(({ deadline }) => sealTime <= deadline)
  }
}

async function judge(watched: Watched, ruler: Ruler, sealTime: Instant): Promise<void> {
  const hadTime = watched.mightBefore || sealTime + lifetimes.clockSlack <= watched.deadline
  watched.mightStand = hadTime && (await ruler.rule(watched.record, sealTime)) === undefined
}

/** What is no record the log can ignore, and so can one that names bytes: whoever forces it need not have shown them. */
function forcible(text: string): SignedRecord | undefined {
  try {
    const record = parseRecord(text)
    return record.kind === 'sl' || record.kind === 'typ' ? undefined : record
  } catch {
    return undefined
  }
}
