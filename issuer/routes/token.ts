import { formatTokenResponse, parseTokenRequest, type TokenRequest } from '@fujie/shared/core/issuance/token.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import type { App } from '@fujie/shared/server/app.ts'
import { redeemCode } from '../desk/authorise.ts'
import type { Desk } from '../desk/desk.ts'
import { redeemOffer } from '../desk/offer.ts'
import type { Tokens } from '../desk/tokens.ts'
import { refreshGrant } from '../desk/tokens.ts'
import { answerWallet } from './answer.ts'
import { proveKey } from './dpop.ts'

/** `POST /oauth/token`, for each of the three grants, always with DPoP (OpenID4VCI 1.0, 6; RFC 6749, 4.1.3 and 6). */
export function addTokenRoute(app: App, desk: Desk): void {
  app.post('/oauth/token', (request, reply) =>
    answerWallet(desk, reply, 'token', async () => {
      const asked = parseTokenRequest(new Map(Object.entries((request.body ?? {}) as Record<string, string>)))
      const { accessToken, refreshToken, details } = tokensFor(desk, asked, await proveKey(desk, request))
      return formatTokenResponse({
        ...{ accessToken, refreshToken, expiresIn: lifetimes.accessToken },
        ...(details === undefined ? {} : { credentials: details }),
      })
    }),
  )
}

type Details = readonly { readonly configurationId: string; readonly identifiers: readonly string[] }[]

function tokensFor(desk: Desk, asked: TokenRequest, key: string): Tokens & { readonly details?: Details } {
  switch (asked.grant) {
    case 'pre_authorized':
      return redeemOffer(desk, asked.code, asked.txCode, key)
    case 'refresh':
      return refreshGrant(desk, asked, key)
    case 'code': {
      const { request, ...tokens } = redeemCode(desk, asked, key)
      return request.detailed ? { ...tokens, details: detailsOf(desk, request.entry) } : tokens
    }
  }
}

/** One dataset an edition: its identifier is the configuration's own name (OpenID4VCI 1.0, 6.2). */
function detailsOf({ catalogue }: Desk, entry: string): Details {
  const found = catalogue.filter(({ id }) => id === entry).flatMap(({ full, counter }) => [full, counter])
  return found.map(({ configuration }) => ({ configurationId: configuration, identifiers: [configuration] }))
}
