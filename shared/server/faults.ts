import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { Fault } from '../core/fault.ts'

/** The fault that anything thrown in a route stands for: what the framework refused is `request.malformed`, the rest `unexpected`. */
export function asFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown
  const status = thrown instanceof Error ? (thrown as Partial<FastifyError>).statusCode : undefined
  if (status === 413) return new Fault('limit.exceeded', {}, { cause: thrown })
  if (status === 429) return new Fault('admission.quota', {}, { cause: thrown })
  if (status !== undefined && status >= 400 && status < 500)
    return new Fault('request.malformed', {}, { cause: thrown })
  return new Fault('unexpected', {}, { cause: thrown })
}

/** Answers a fault: only its code leaves the house. */
export function answerFault(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const fault = asFault(thrown)
  if (fault.kind === 'bug') request.log.error({ code: fault.code, err: fault.cause ?? fault }, 'fault')
  void reply.code(fault.http).header('cache-control', 'no-store').type('application/json').send({ error: fault.code })
}
