import type * as z from 'zod/mini'
import { Fault, type FaultCode } from '../core/fault.ts'

/**
 * What came in, by its schema.
 *
 * @throws Fault `code`, by default `request.malformed`
 */
export function readInput<T extends z.ZodMiniType>(
  schema: T,
  value: unknown,
  code: FaultCode = 'request.malformed',
): z.output<T> {
  const read = schema.safeParse(value)
  if (!read.success) throw new Fault(code, { at: read.error.issues[0]?.path.join('.') ?? '' })
  return read.data
}
