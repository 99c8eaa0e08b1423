import type { FastifyRequest } from 'fastify'
import { Fault, faultCode, type FaultCode } from '@fujie/shared/core/fault.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import { formatProofBundle } from '@fujie/shared/core/log/bundle.ts'
import { parseRecord } from '@fujie/shared/core/record/record.ts'
import type { App } from '@fujie/shared/server/app.ts'
import type { Submitted } from '../contract.ts'
import { acceptRecord } from '../log/accept.ts'
import type { Caller } from '../log/admit.ts'
import type { RecordRow } from '../log/ports.ts'
import { proveState } from '../log/prove.ts'
import type { Reading, Registry } from '../log/registry.ts'
import { operationView, stageOf } from './views.ts'

const mostLines = 256
/** A caller waits this long for its record; then it is told where to ask. */
const patience = 5_000

/** Seconds after which it is worth trying again. */
const retryAfter: Partial<Record<FaultCode, number>> = { 'admission.quota': 60, 'admission.overloaded': 1 }

/** Takes records in: one, or a sequence of lines each answered for itself. */
export function addOps(app: App, registry: Registry): void {
  app.post('/ops', { bodyLimit: limits.operationSequence }, async (request, reply) => {
    const { body } = request
    if (typeof body !== 'string') throw new Fault('request.malformed')
    void reply.header('cache-control', 'no-store')
    const caller = callerOf(request)
    if (request.headers['content-type']?.startsWith('application/jose-seq') === true) {
      return reply.code(201).send(await takeLines(registry, body, caller))
    }
    const { id } = parseRecord(body)
    const row = await inTime(acceptRecord(registry, body, caller)).catch((thrown: unknown) => {
      const wait = retryAfter[faultCode(thrown)]
      if (wait !== undefined) void reply.header('retry-after', wait)
      throw thrown
    })
    if (row !== undefined) return reply.code(201).send(await submitted(registry, row))
    return reply.code(202).header('location', `/ops/${id}`).send({ id })
  })
}

/** Where a record stands. */
export function addOperations(app: App, registry: Reading): void {
  app.get<{ Params: { id: string } }>('/ops/:id', (request, reply) => {
    const row = registry.states.record(request.params.id)
    if (row === undefined) throw new Fault('record.not_found')
    void reply.header('cache-control', 'no-store')
    return operationView(registry, row)
  })
}

function takeLines(
  registry: Registry,
  body: string,
  caller: Caller,
): Promise<readonly (Submitted | { error: string })[]> {
  const lines = body.split('\n').filter((line) => line !== '')
  if (lines.length > mostLines) throw new Fault('limit.exceeded', { limit: 'ops' })
  return Promise.all(
    lines.map((line) =>
      acceptRecord(registry, line, caller).then(
        (row) => submitted(registry, row),
        (thrown: unknown) => ({ error: faultCode(thrown) }),
      ),
    ),
  )
}

async function submitted(registry: Registry, row: RecordRow): Promise<Submitted> {
  const { sequencer, states } = registry
  const bundle = await proveState(
    { snapshot: sequencer.snapshot, states, entries: sequencer.entries },
    row.ns,
    row.name,
  )
  const { id, index, batch } = row
  return { id, index, batch, stage: stageOf(registry, index), proof: formatProofBundle(bundle) }
}

/** On the loopback interface there is only the operator's own: a proxy before us counts its callers itself. */
function callerOf({ ip, headers }: FastifyRequest): Caller {
  const sponsor = headers['fujie-sponsor']
  const isOwn = ip === '127.0.0.1' || ip === '::1'
  return { ...(isOwn ? {} : { address: ip }), ...(typeof sponsor === 'string' ? { sponsor } : {}) }
}

/** Undefined if it takes too long; what was asked for goes on all the same. */
async function inTime<T>(work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), patience)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
    // After an answer of 202 nobody listens to a refusal: it is found by asking.
    work.catch(() => undefined)
  }
}
