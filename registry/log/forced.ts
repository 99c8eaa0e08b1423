import { Fault, faultCode, type FaultCode } from '@fujie/shared/core/fault.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { ForcedRow, Ledger, LedgerStore } from './ports.ts'

export interface ForcedPorts {
  readonly ledger: Ledger
  readonly store: LedgerStore
  readonly clock: Clock
  /** Takes a record in past every quota; resolves once it is published. */
  readonly accept: (text: string) => Promise<unknown>
}

/**
 * Takes in what was put on the ledger for the log (registry, 8).
 *
 * Each is tried in every batch until its deadline: by then it stands in the log, or no rule let it in at the last seal
 * before. Only so can an auditor hold the log to it.
 */
export class ForcedRecords {
  readonly #ports: ForcedPorts
  readonly #origin: string
  readonly #trying = new Set<string>()
  #trouble: FaultCode | undefined

  constructor(origin: string, ports: ForcedPorts) {
    this.#origin = origin
    this.#ports = ports
  }

  /** Why the ledger could not be read, or what waits not be tried, if so. */
  get trouble(): FaultCode | undefined {
    return this.#trouble
  }

  /** Reads the ledger on, and tries what waits. */
  async beat(): Promise<void> {
    const { ledger, store } = this.#ports
    try {
      for await (const record of ledger.forcedRecords(this.#origin, store.forcedBlock())) store.keepForced(record)
      if (ledger.read !== undefined) store.setRead(ledger.read)
      this.#trouble = undefined
    } catch (thrown) {
      this.#trouble = faultCode(thrown)
    }
    await this.offer()
  }

  /** Tries what waits once more: after each batch, since that may have made the way free. */
  async offer(): Promise<void> {
    await Promise.all(this.#ports.store.waiting().map((row) => this.#try(row)))
  }

  async #try(row: ForcedRow): Promise<void> {
    if (this.#trying.has(row.hash)) return
    this.#trying.add(row.hash)
    try {
      await this.#ports.accept(row.text)
      this.#ports.store.putForced({ ...row, state: 'logged' })
    } catch (thrown) {
      this.#trouble = faultCode(thrown)
      const isRuled = thrown instanceof Fault && thrown.kind !== 'unavailable' && thrown.kind !== 'bug'
      if (!isRuled) return
      this.#trouble = undefined
      if (this.#ports.clock.now() > row.deadline || thrown.code === 'operation.malformed')
        this.#ports.store.putForced({ ...row, state: 'invalid' })
    } finally {
      this.#trying.delete(row.hash)
    }
  }
}
