import type { FastifyReply } from 'fastify'
import { formatOauthError, type IssuancePlace } from '@fujie/shared/core/issuance/errors.ts'
import { asFault } from '@fujie/shared/server/faults.ts'
import type { Desk } from '../desk/desk.ts'

/** Runs a route of a wallet; what it throws is answered as an OAuth error whose description is our code. */
export async function answerWallet(
  desk: Desk,
  reply: FastifyReply,
  place: IssuancePlace,
  work: () => Promise<unknown>,
): Promise<unknown> {
  void reply.header('cache-control', 'no-store').header('dpop-nonce', desk.dpopNonces.issue())
  try {
    return await work()
  } catch (thrown) {
    const fault = asFault(thrown)
    if (fault.kind === 'bug') throw thrown
    if (fault.code === 'token.invalid') void reply.header('www-authenticate', 'DPoP error="invalid_token"')
    const status = fault.code === 'token.invalid' ? 401 : fault.kind === 'unavailable' ? 503 : 400
    return reply.code(status).send(formatOauthError(fault.code, place))
  }
}
