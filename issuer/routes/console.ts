import { Fault } from '@fujie/shared/core/fault.ts'
import { formatOfferLink } from '@fujie/shared/core/qr/link.ts'
import type { App } from '@fujie/shared/server/app.ts'
import { readInput } from '@fujie/shared/server/input.ts'
import type { FastifyRequest } from 'fastify'
import { issuerContract } from '../contract.ts'
import type { Desk, StatusBoard } from '../desk/desk.ts'
import { makeOffer, offerState } from '../desk/offer.ts'

const mostShown = 20

/** What the console's pages ask. Only pages of this very origin may change anything. */
export function addConsoleRoutes(app: App, desk: Desk, board: StatusBoard): void {
  app.get(issuerContract.desk.path, async () => ({
    agency: desk.name,
    identifier: desk.identity.identifier,
    did: desk.identity.did,
    types: await Promise.all(
      desk.catalogue.map(async ({ id, name, colour, full }) => ({
        id,
        name,
        colour,
        accredited: await desk.isAccredited(full.vct),
      })),
    ),
    people: desk.subjects
      .list()
      .map(({ id, name, idNumber, birthdate }) => ({ id, name, number: idNumber, birthdate })),
  }))

  app.post(issuerContract.makeOffer.path, (request) => {
    demandOwnPage(request, desk)
    const { subject, type, flow, review } = readInput(issuerContract.makeOffer.input, request.body)
    const terms = { ...(flow === undefined ? {} : { flow }), ...(review === undefined ? {} : { review }) }
    const { id, txCode, expires } = makeOffer(desk, subject, type, terms)
    return { id, txCode, expires, link: formatOfferLink(`${desk.identity.identifier}/offers/${id}`) }
  })

  app.get(issuerContract.offers.path, () => ({
    offers: desk.offers.recent(mostShown).map((offer) => {
      const state = offerState(offer, desk.clock.now())
      return {
        id: offer.id,
        person: desk.subjects.find(offer.subject)?.name ?? offer.subject,
        type: offer.entry,
        state: state === 'open' && offer.reads > 0 ? 'opened' : state,
        wrong: offer.wrong,
        copies: desk.offers.copiesOf(offer.id).length,
        status: board.statusOf(offer.id),
        review: offer.review,
      }
    }),
  }))

  app.post(issuerContract.review.path, (request) => {
    demandOwnPage(request, desk)
    const { offer, decision } = readInput(issuerContract.review.input, request.body)
    return { decided: desk.offers.decide(offer, decision) }
  })

  app.post(issuerContract.setStatus.path, async (request) => {
    demandOwnPage(request, desk)
    const { offer, status } = readInput(issuerContract.setStatus.input, request.body)
    if (!desk.offers.find(offer)) throw new Fault('offer.not_found')
    if (board.statusOf(offer) === 'revoked' && status !== 'revoked') throw new Fault('status.final')
    return { changed: await board.set(offer, status) }
  })
}

/** A browser names the page that asks; another origin's page has no business here. */
function demandOwnPage(request: FastifyRequest, desk: Desk): void {
  const { origin } = request.headers
  if (origin !== undefined && origin !== desk.identity.identifier) throw new Fault('token.invalid')
}
