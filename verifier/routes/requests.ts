import { formatForm } from '@fujie/shared/core/encoding/form.ts'
import { parseRequestFetch, requestMediaType } from '@fujie/shared/core/presentation/request.ts'
import type { App } from '@fujie/shared/server/app.ts'
import type { Desk } from '../desk/desk.ts'
import { giveRequest } from '../desk/request.ts'

/** Where wallets fetch a signed request (OpenID4VP 1.0, 5.10): by POST with a nonce of theirs, or by GET. */
export function addRequestRoutes(app: App, desk: Desk): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/vp/requests/:id',
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const { id } = request.params as { readonly id: string }
      const form = (request.body ?? {}) as Readonly<Record<string, string>>
      const { walletNonce } = parseRequestFetch(formatForm(form))
      const text = await giveRequest(desk, id, walletNonce)
      return reply.header('cache-control', 'no-store').type(requestMediaType).send(text)
    },
  })
}
