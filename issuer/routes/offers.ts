import { Fault } from '@fujie/shared/core/fault.ts'
import { formatOffer } from '@fujie/shared/core/issuance/offer.ts'
import type { App } from '@fujie/shared/server/app.ts'
import type { Desk } from '../desk/desk.ts'
import { offerState } from '../desk/offer.ts'

const codeLength = 6

/** `credential_offer_uri`: read at most five times, gone once redeemed. It holds no personal data. */
export function addOfferRoutes(app: App, desk: Desk): void {
  app.get<{ Params: { id: string } }>('/offers/:id', (request, reply) => {
    void reply.header('cache-control', 'no-store')
    const { id } = request.params
    const offer = desk.offers.read(id, desk.clock.now())
    if (!offer) throw whyNot(desk, id)
    const entry = desk.catalogue.find((each) => each.id === offer.entry)
    if (!entry) throw new Fault('offer.not_found')
    return formatOffer({
      issuer: desk.identity.identifier,
      configurationIds: [entry.full.configuration, entry.counter.configuration],
      ...(offer.flow === 'code'
        ? { authorizationCode: { issuerState: offer.code } }
        : {
            preAuthorized: {
              code: offer.code,
              txCode: { inputMode: 'numeric', length: codeLength, description: '领取码 Code from the agency' },
            },
          }),
    })
  })
}

function whyNot(desk: Desk, id: string): Fault {
  const offer = desk.offers.find(id)
  if (!offer) return new Fault('offer.not_found')
  switch (offerState(offer, desk.clock.now())) {
    case 'expired':
      return new Fault('offer.expired')
    case 'burnt':
      return new Fault('tx_code.exhausted')
    case 'redeemed':
    case 'delivered':
      return new Fault('code.used')
    case 'open':
      return new Fault('limit.exceeded')
  }
}
