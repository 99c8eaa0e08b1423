import { thumbprint } from '@fujie/shared/core/crypto/key.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import { formatRequest } from '@fujie/shared/core/presentation/request.ts'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import { hashOf, purposeOf } from './check.ts'
import { responseUri, type Desk } from './desk.ts'
import type { Asked, Check } from './ports.ts'
import { newId, newSecret } from './secret.ts'

/**
 * Gives a wallet its request, signed and made for this fetch alone: whoever comes second finds nothing.
 *
 * @throws Fault `session.not_found`, `session.expired`, `request.already_fetched`, `signer.unavailable`
 */
export async function giveRequest(desk: Desk, requestId: string, walletNonce: string | undefined): Promise<string> {
  const { checks, clock, keys, random } = desk.ports
  const now = clock.now()
  const answerId = newId(random)
  const asked: Asked = {
    answerHash: hashOf(answerId),
    nonce: newSecret(random),
    state: newSecret(random),
    key: keys.create(),
    ...(walletNonce === undefined ? {} : { walletNonce }),
    at: now,
  }
  const fetched = await checks.fetch(hashOf(requestId), asked, now + lifetimes.session)
  if (fetched.outcome !== 'fetched') throw new Fault(refusals[fetched.outcome])
  desk.bell.ring(fetched.check.hash)
  return signRequest(desk, fetched.check, asked, answerId)
}

const refusals = { unknown: 'session.not_found', expired: 'session.expired', taken: 'request.already_fetched' } as const

function signRequest(desk: Desk, check: Check, asked: Asked, answerId: string): Promise<string> {
  const { identity, registration } = desk.settings
  const purpose = purposeOf(desk, check)
  const claims = formatRequest({
    clientId: identity.clientId,
    responseUri: responseUri(desk, answerId),
    nonce: asked.nonce,
    state: asked.state,
    issuedAt: asked.at,
    expires: check.expires,
    encryption: { key: asked.key, kid: thumbprint(asked.key) },
    query: purpose.dcql,
    purpose: purpose.id,
    ...(registration === undefined ? {} : { registration }),
    ...(asked.walletNonce === undefined ? {} : { walletNonce: asked.walletNonce }),
  })
  return signJws(identity.signer, identity.header, claims)
}
