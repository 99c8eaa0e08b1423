import { equalBytes } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { PolicyVersion, RecordState, States } from '@fujie/shared/core/record/history.ts'
import { valueInMap, type LogMap } from '@fujie/shared/core/log/map.ts'
import { mapKey, nameText, stateHash, type NameState } from '@fujie/shared/core/log/state.ts'
import { nameOfRecord, type RecordName } from '@fujie/shared/core/record/name.ts'
import { isTrustRecord, type Namespace, type SignedRecord } from '@fujie/shared/core/record/record.ts'
import type { Entries } from './entries.ts'
import type { StateStore } from './ports.ts'

const mostKept = 20_000

/** States with their records, read from the stores before a batch is folded and kept for the next ones. */
export class KnownStates implements States {
  readonly #store: StateStore
  readonly #entries: Entries
  readonly #known = new Map<string, RecordState | undefined>()
  readonly #policies: PolicyVersion[] = []
  #log: string | undefined

  constructor(store: StateStore, entries: Entries) {
    this.#store = store
    this.#entries = entries
  }

  get log(): string | undefined {
    return this.#log
  }

  policies(): readonly PolicyVersion[] {
    return this.#policies
  }

  find(ns: Namespace, name: string): RecordState | undefined {
    return this.#known.get(keyOf({ ns, name }))
  }

  /** Reads every version of the policy; the first one's id is the log's. */
  async loadPolicies(): Promise<void> {
    for (const row of this.#store.history('pol', 'main', Number.MAX_SAFE_INTEGER, 10_000).toReversed()) {
      const record = await readRecord(this.#entries, row.index)
      if (!isTrustRecord(record, 'pol')) throw new Fault('log.damaged', { at: 'policy' })
      this.#log ??= record.id
      this.#policies.push({ policy: record.payload.body, seq: row.seq, sealTime: row.time })
    }
  }

  /**
   * Reads what the rules will look at for these records: their own names, and those of their signers.
   *
   * The sealed map says which names there are and what stands under them: a store that says otherwise was tampered with.
   *
   * @throws Fault `log.damaged` if it does
   */
  async load(records: readonly SignedRecord[], map: LogMap): Promise<void> {
    if (this.#known.size > mostKept) this.#known.clear()
    for (const name of records.flatMap(namesLookedAt)) {
      if (this.#known.has(keyOf(name))) continue
      const state = this.#sealed(name, map)
      const whole = state && { ...state, record: await readRecord(this.#entries, state.index) }
      this.#known.set(keyOf(name), whole)
    }
  }

  #sealed({ ns, name }: RecordName, map: LogMap): NameState | undefined {
    const value = valueInMap(map, mapKey(ns, name))
    if (value === undefined) return undefined
    const state = this.#store.find(ns, name)
    if (state === undefined || !equalBytes(stateHash(state), value)) throw new Fault('log.damaged', { at: 'state' })
    return state
  }

  /** What a sealed batch has made of the names it touched. */
  keep(states: Iterable<RecordState>, policies: readonly PolicyVersion[], log: string | undefined): void {
    for (const state of states) this.#known.set(keyOf(state), state)
    this.#policies.push(...policies)
    this.#log ??= log
  }
}

function keyOf({ ns, name }: RecordName): string {
  return nameText(ns, name)
}

function namesLookedAt(record: SignedRecord): RecordName[] {
  const own = nameOfRecord(record)
  const pol: RecordName = { ns: 'pol', name: 'main' }
  return 'by' in record.payload ? [own, pol, { ns: 'did', name: record.payload.by }] : [own, pol]
}

/** @throws Fault `log.damaged` if the entry is no record */
export function readRecord(entries: Entries, index: number): Promise<SignedRecord> {
  return entries.record(index)
}
