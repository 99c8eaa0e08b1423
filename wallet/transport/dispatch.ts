import { Fault, faultCode, type FaultCode } from '@fujie/shared/core/fault.ts'
import type { Answers, Methods } from '../engine/contract.ts'

/** All that comes back over any transport. */
export type Reply = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly code: FaultCode }

/**
 * Answers one question of a list: schema in, engine, schema out.
 *
 * Never throws. A method outside the list and an input off its schema are `request.malformed`; what the engine says off
 * its own schema is our defect, `unexpected`, and does not cross.
 */
export async function dispatch<M extends Methods>(
  methods: M,
  answers: Answers<M>,
  name: unknown,
  input: unknown,
): Promise<Reply> {
  try {
    if (!isMethod(methods, name)) throw new Fault('request.malformed')
    const method = methods[name] as Methods[string]
    const asked = method.input.safeParse(input)
    if (!asked.success) throw new Fault('request.malformed', { method: name })
    const said = method.output.safeParse(await answers[name](asked.data as never))
    if (!said.success) throw new Fault('unexpected', { method: name })
    return { ok: true, value: said.data }
  } catch (thrown) {
    return { ok: false, code: faultCode(thrown) }
  }
}

// Own members only: `constructor` is no question.
function isMethod<M extends Methods>(methods: M, name: unknown): name is keyof M & string {
  return typeof name === 'string' && Object.hasOwn(methods, name)
}
