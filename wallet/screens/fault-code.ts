import { Fault, type FaultCode } from '@fujie/shared/core/fault.ts'

/** The code of whatever was thrown; its words stand in `messages/fault-words.ts`. */
export function faultCode(error: unknown): FaultCode {
  return error instanceof Fault ? error.code : 'unexpected'
}
