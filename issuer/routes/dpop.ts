import type { FastifyRequest } from 'fastify'
import { Fault } from '@fujie/shared/core/fault.ts'
import { verifyDpop } from '@fujie/shared/core/issuance/dpop.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import type { Desk } from '../desk/desk.ts'

interface Bound {
  readonly accessToken: string
  /** Thumbprint of the key the token is bound to. */
  readonly keyThumbprint: string
}

/**
 * Judges the DPoP proof of a request and spends its `jti` (RFC 9449, 4.3 and 11.1). The thumbprint of its key.
 *
 * @throws Fault `dpop.invalid`, `dpop.nonce_required`, `store.full`
 */
export async function proveKey(desk: Desk, request: FastifyRequest, bound?: Bound): Promise<string> {
  const proof = request.headers.dpop
  if (typeof proof !== 'string') throw new Fault('dpop.invalid', { reason: 'no proof' })
  const now = desk.clock.now()
  const proven = await verifyDpop(proof, {
    method: request.method,
    url: `${desk.identity.identifier}${request.url}`,
    now,
    isFresh: (nonce) => desk.dpopNonces.check(nonce) !== undefined,
    ...(bound ? { accessToken: bound.accessToken, boundTo: bound.keyThumbprint } : {}),
  })
  const known = `${proven.thumbprint} ${proven.jti}`
  if (!desk.offers.useOnce('jti', known, now + 2 * lifetimes.dpop, now))
    throw new Fault('dpop.invalid', { reason: 'replayed' })
  return proven.thumbprint
}
