import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import type { RefreshTokenRequest } from '@fujie/shared/core/issuance/token.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { Random } from '@fujie/shared/ports/random.ts'
import type { AccessToken, Offers, RefreshToken } from './ports.ts'
import { secretHash } from './secret.ts'

interface TokenDesk {
  readonly clock: Clock
  readonly random: Random
  readonly offers: Offers
}

/** What a wallet is given, and what is kept of it. */
export interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
  readonly access: AccessToken
  readonly refresh: RefreshToken
}

/** Fresh tokens for a grant; nothing is written yet. */
export function drawTokens(
  { clock, random }: TokenDesk,
  bound: Pick<AccessToken, 'offer' | 'keyThumbprint' | 'client'>,
): Tokens {
  const now = clock.now()
  const [accessToken, refreshToken] = [encodeBase64url(random.bytes(32)), encodeBase64url(random.bytes(32))]
  const { offer, keyThumbprint, client } = bound
  const to = { offer, keyThumbprint, ...(client === undefined ? {} : { client }) }
  return {
    accessToken,
    refreshToken,
    access: { ...to, hash: secretHash(accessToken), expires: now + lifetimes.accessToken },
    refresh: { ...to, hash: secretHash(refreshToken), expires: now + lifetimes.refreshToken },
  }
}

/**
 * New tokens for a grant, for the key and the client it was made to.
 *
 * The token used is replaced, and stays good until its successor is used: a wallet that was closed before it had
 * written the answer down comes again with the one it has. An older one than that is in a second hand, were it not for
 * the key it is bound to; it is refused.
 *
 * @throws Fault `grant.invalid`, `dpop.invalid` for another key
 */
export function refreshGrant(desk: TokenDesk, asked: RefreshTokenRequest, keyThumbprint: string): Tokens {
  const used = secretHash(asked.refreshToken)
  const known = desk.offers.findRefresh(used, desk.clock.now())
  if (known === undefined || known.client !== asked.clientId) throw new Fault('grant.invalid')
  if (known.keyThumbprint !== keyThumbprint) throw new Fault('dpop.invalid', { reason: 'another key' })
  const drawn = drawTokens(desk, known)
  if (!desk.offers.rotate(used, drawn.refresh, drawn.access)) throw new Fault('grant.invalid')
  return drawn
}
