import type { Instant } from '../instant.ts'
import { insertAllIntoMap, type LogMap } from '../log/map.ts'
import { mapKey, nameText, stateHash } from '../log/state.ts'
import type { PolicyVersion, RecordState, States } from './history.ts'
import { isTrustRecord, type Namespace } from './record.ts'

/** States as a batch changes them, over those that are sealed; thrown away if the batch fails. */
export class Overlay implements States {
  readonly #base: States
  readonly #changed = new Map<string, RecordState>()
  readonly #policies: PolicyVersion[] = []
  /** In the order of the log. */
  readonly folded: RecordState[] = []
  #log: string | undefined

  constructor(base: States) {
    this.#base = base
  }

  get log(): string | undefined {
    return this.#base.log ?? this.#log
  }

  find(ns: Namespace, name: string): RecordState | undefined {
    return this.#changed.get(nameText(ns, name)) ?? this.#base.find(ns, name)
  }

  policies(): readonly PolicyVersion[] {
    return this.#policies.length === 0 ? this.#base.policies() : [...this.#base.policies(), ...this.#policies]
  }

  put(state: RecordState, sealTime: Instant): void {
    this.folded.push(state)
    this.#changed.set(nameText(state.ns, state.name), state)
    if (!isTrustRecord(state.record, 'pol')) return
    this.#log ??= state.record.id
    this.#policies.push({ policy: state.record.payload.body, seq: state.seq, sealTime })
  }

  /** The latest state of every name touched. */
  get changed(): readonly RecordState[] {
    return [...this.#changed.values()]
  }

  get newPolicies(): readonly PolicyVersion[] {
    return this.#policies
  }

  /** The map with these states in it. */
  over(map: LogMap): LogMap {
    return insertAllIntoMap(
      map,
      this.changed.map((state) => ({ key: mapKey(state.ns, state.name), value: stateHash(state) })),
    )
  }
}
