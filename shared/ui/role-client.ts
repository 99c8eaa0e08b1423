import type { input, output, ZodMiniType } from 'zod/mini'
import { Fault, isFaultCode } from '../core/fault.ts'

/** One question to a role's own server. `{name}` in the path is filled from the input and leaves it. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly input: ZodMiniType
  readonly output: ZodMiniType
}

export type RoleContract = Readonly<Record<string, Call>>

/** The contract as functions. */
export type RoleClient<Contract extends RoleContract> = {
  readonly [Name in keyof Contract]: (
    asked: input<Contract[Name]['input']>,
    options?: CallOptions,
  ) => Promise<output<Contract[Name]['output']>>
}

export interface CallOptions {
  readonly signal?: AbortSignal
}

/**
 * Connects a page to its own server by their contract.
 *
 * @throws Fault every function: `request.malformed` for an input outside the contract, the server's own code, else
 *   `fetch.unreachable`, `fetch.timeout` or `unexpected`
 */
export function connectRole<Contract extends RoleContract>(contract: Contract, base = ''): RoleClient<Contract> {
  const calls = Object.entries(contract).map(([name, call]) => [
    name,
    (asked: unknown, options?: CallOptions) => ask(call, asked, base, options),
  ])
  return Object.fromEntries(calls) as RoleClient<Contract>
}

/**
 * Asks one question.
 *
 * @throws Fault as `connectRole`
 */
export async function ask<Question extends Call>(
  call: Question,
  asked: input<Question['input']>,
  base = '',
  options: CallOptions = {},
): Promise<output<Question['output']>> {
  const sent = call.input.safeParse(asked)
  if (!sent.success) throw new Fault('request.malformed', { call: call.path })
  const answer = await send(call, sent.data, base, options)
  const body = await bodyOf(answer)
  if (!answer.ok) throw faultOf(body, answer.status)
  const read = call.output.safeParse(body)
  if (!read.success) throw new Fault('unexpected', { call: call.path })
  return read.data as output<Question['output']>
}

/**
 * Fetches bytes of the role's own server, whole; what they are is for core to judge.
 *
 * @throws Fault the server's own code, `fetch.unreachable`, `fetch.timeout`, `limit.exceeded` past `most` bytes
 */
export async function askBytes(path: string, most: number): Promise<Uint8Array> {
  const call: Pick<Call, 'method' | 'path'> = { method: 'GET', path }
  const answer = await send(call, {}, '', {})
  if (!answer.ok) throw faultOf(await bodyOf(answer), answer.status)
  const bytes = new Uint8Array(await answer.arrayBuffer())
  if (bytes.length > most) throw new Fault('limit.exceeded', { call: path })
  return bytes
}

async function send(
  call: Pick<Call, 'method' | 'path'>,
  asked: unknown,
  base: string,
  options: CallOptions,
): Promise<Response> {
  const { path, rest } = place(call.path, asked)
  const query = call.method === 'GET' ? queryOf(rest) : ''
  const request: RequestInit = {
    method: call.method,
    cache: 'no-store',
    redirect: 'error',
    headers: { accept: 'application/json' },
    ...(options.signal ? { signal: options.signal } : {}),
  }
  if (call.method === 'POST' || call.method === 'PUT') {
    request.headers = { accept: 'application/json', 'content-type': 'application/json' }
    request.body = JSON.stringify(rest ?? {})
  }
  try {
    return await fetch(base + path + query, request)
  } catch (cause) {
    const timedOut = cause instanceof DOMException && cause.name === 'TimeoutError'
    throw new Fault(timedOut ? 'fetch.timeout' : 'fetch.unreachable', { call: call.path }, { cause })
  }
}

/** Fills the holes of a path; what was used leaves the input. */
function place(path: string, asked: unknown): { readonly path: string; readonly rest: unknown } {
  if (typeof asked !== 'object' || asked === null) return { path, rest: asked }
  const rest = new Map<string, unknown>(Object.entries(asked))
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(rest.get(name))
    rest.delete(name)
    return encodeURIComponent(value)
  })
  return { path: filled, rest: Object.fromEntries(rest) }
}

function queryOf(rest: unknown): string {
  const given = Object.entries(rest ?? {}).filter(([, value]) => value !== undefined)
  if (given.length === 0) return ''
  return `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()}`
}

/** An empty answer is `undefined`; one that is no JSON is none of ours. */
async function bodyOf(answer: Response): Promise<unknown> {
  const text = await answer.text().catch(() => '')
  if (text === '') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** Our own servers answer `{ error: code }`; only the code crosses. */
function faultOf(body: unknown, status: number): Fault {
  const code = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined
  return new Fault(isFaultCode(code) ? code : 'unexpected', { status })
}
