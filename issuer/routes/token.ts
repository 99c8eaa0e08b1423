import { formatTokenResponse, parseTokenRequest } from '@fujie/shared/core/issuance/token.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import type { App } from '@fujie/shared/server/app.ts'
import type { Desk } from '../desk/desk.ts'
import { redeemOffer } from '../desk/offer.ts'
import { answerWallet } from './answer.ts'
import { proveKey } from './dpop.ts'

/** `POST /oauth/token`, pre-authorised grant, always with DPoP (OpenID4VCI 1.0, 6). */
export function addTokenRoute(app: App, desk: Desk): void {
  app.post('/oauth/token', (request, reply) =>
    answerWallet(desk, reply, 'token', async () => {
      const asked = parseTokenRequest(new Map(Object.entries((request.body ?? {}) as Record<string, string>)))
      const keyThumbprint = await proveKey(desk, request)
      const { accessToken } = redeemOffer(desk, asked.code, asked.txCode, keyThumbprint)
      return formatTokenResponse({ accessToken, expiresIn: lifetimes.accessToken })
    }),
  )
}
