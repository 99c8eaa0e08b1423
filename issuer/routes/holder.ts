import type { FastifyRequest } from 'fastify'
import type { Json } from '@fujie/shared/core/encoding/json.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import {
  holderOrderUrl,
  parseHolderOrder,
  verifyHolderOrder,
  type HolderOrder,
} from '@fujie/shared/core/issuance/holder-order.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import { formatOfferLink } from '@fujie/shared/core/qr/link.ts'
import type { App } from '@fujie/shared/server/app.ts'
import { listsOf, type Desk, type StatusBoard } from '../desk/desk.ts'
import { makeOffer } from '../desk/offer.ts'
import type { Offer } from '../desk/ports.ts'

/** What holders order from their wallets: a hold after a loss, and the same document for a second device. */
export function addHolderRoutes(app: App, desk: Desk, board: StatusBoard): void {
  app.post('/vci/hold', { bodyLimit: limits.answerBody }, async (request, reply) => {
    void reply.header('cache-control', 'no-store')
    const offer = await orderedOffer(desk, request, 'hold')
    // Only the counter, which sees the person, takes a hold back; what is withdrawn stays so.
    if (board.statusOf(offer.id) === 'valid') await board.set(offer.id, 'suspended')
    return { status: board.statusOf(offer.id) }
  })

  app.post('/vci/reissue', { bodyLimit: limits.answerBody }, async (request, reply) => {
    void reply.header('cache-control', 'no-store')
    const offer = await orderedOffer(desk, request, 'reissue')
    if (board.statusOf(offer.id) !== 'valid') throw new Fault('issuer.refused', { reason: 'not valid' })
    const { id, txCode, expires } = makeOffer(desk, offer.subject, offer.entry)
    return { link: formatOfferLink(`${desk.identity.identifier}/offers/${id}`), tx_code: txCode, expires }
  })
}

/**
 * The offer that gave out the copy an order is made with; its nonce is spent.
 *
 * @throws Fault `proof.invalid`, `nonce.invalid`, `nonce.used`, `request.malformed`
 */
async function orderedOffer(desk: Desk, request: FastifyRequest, order: HolderOrder): Promise<Offer> {
  const { identifier, signer } = desk.identity
  const now = desk.clock.now()
  const { status, nonce } = await verifyHolderOrder(parseHolderOrder((request.body ?? null) as Json), {
    audience: holderOrderUrl(identifier, order),
    issuerKey: signer.publicJwk,
    now,
  })
  const expires = desk.nonces.check(nonce)
  if (expires === undefined) throw new Fault('nonce.invalid')
  if (!desk.offers.useOnce('nonce', nonce, expires, now)) throw new Fault('nonce.used')
  const list = Object.values(listsOf(identifier)).find(({ uri }) => uri === status.uri)
  const found = list && desk.offers.offerAt(list.number, status.index)
  const offer = found === undefined ? undefined : desk.offers.find(found)
  if (offer === undefined) throw new Fault('proof.invalid', { reason: 'status' })
  return offer
}
