import { Fault, isFaultCode } from '@fujie/shared/core/fault.ts'
import type { Client, Methods } from '../engine/contract.ts'

/** Carries one question to where `dispatch` runs and brings back its reply. */
export type Send = (method: string, input: unknown) => Promise<unknown>

/**
 * The client of a list over any transport: `connect(wallet, send).documents.list({})`.
 *
 * Each call checks what came against the list and rejects with a `Fault` of the code that crossed.
 */
export function connect<M extends Methods>(methods: M, send: Send): Client<M> {
  const client: Record<string, Record<string, (input: unknown) => Promise<unknown>>> = {}
  for (const name of Object.keys(methods)) {
    const [group = '', short = ''] = name.split('.')
    client[group] = { ...client[group], [short]: async (input) => read(methods, name, await send(name, input)) }
  }
  return client as Client<M>
}

function read<M extends Methods>(methods: M, name: string, reply: unknown): unknown {
  const { ok, value, code } = (typeof reply === 'object' && reply !== null ? reply : {}) as Record<string, unknown>
  if (ok !== true) throw new Fault(isFaultCode(code) ? code : 'unexpected', { method: name })
  const said = methods[name]?.output.safeParse(value)
  if (said?.success !== true) throw new Fault('unexpected', { method: name })
  return said.data
}
