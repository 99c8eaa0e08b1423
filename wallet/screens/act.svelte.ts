import type { FaultCode } from '@fujie/shared/core/fault.ts'
import { faultCode } from './fault-code.ts'

/** Something a person set going: whether it is under way, and why it failed last. */
export class Act {
  busy: boolean = $state(false)
  fault: FaultCode | undefined = $state.raw()

  /** Does it unless it is under way; true if it ended well. */
  async run(work: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false
    ;[this.busy, this.fault] = [true, undefined]
    try {
      await work()
      return true
    } catch (error) {
      this.fault = faultCode(error)
      return false
    } finally {
      this.busy = false
    }
  }
}
