import type { FaultCode } from '@fujie/shared/core/fault.ts'
import { faultCode } from './fault-code.ts'

/** One question to the wallet and the newest answer, which stays in sight while it is asked again. */
export class Asked<T> {
  value: T | undefined = $state.raw()
  fault: FaultCode | undefined = $state.raw()
  waiting: boolean = $state(false)

  readonly #question: () => Promise<T>
  #turn = 0

  constructor(question: () => Promise<T>) {
    this.#question = question
  }

  /** Asks again. Of several questions under way the last one asked counts. */
  async ask(): Promise<void> {
    const turn = ++this.#turn
    this.waiting = true
    try {
      const value = await this.#question()
      if (turn === this.#turn) [this.value, this.fault] = [value, undefined]
    } catch (error) {
      if (turn === this.#turn) this.fault = faultCode(error)
    }
    if (turn === this.#turn) this.waiting = false
  }

  /** An answer that came by another way: as the result of an action. */
  put(value: T): void {
    this.#turn++
    ;[this.value, this.fault, this.waiting] = [value, undefined, false]
  }
}
