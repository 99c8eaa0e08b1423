import type { FastifyRequest } from 'fastify'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import type { Json } from '@fujie/shared/core/encoding/json.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import {
  formatCredentialResponse,
  formatNonceResponse,
  parseCredentialRequest,
  parseNotification,
  type RequestedCredential,
} from '@fujie/shared/core/issuance/exchange.ts'
import { verifyPossessions } from '@fujie/shared/core/issuance/possession.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import type { App } from '@fujie/shared/server/app.ts'
import type { CatalogueEntry } from '../catalogue/entry.ts'
import { listsOf, type Desk } from '../desk/desk.ts'
import { issueCopies } from '../desk/issue.ts'
import { drawBelow, secretHash } from '../desk/offer.ts'
import type { Offer } from '../desk/ports.ts'
import { listEntries } from '../desk/status.ts'
import { answerWallet } from './answer.ts'
import { proveKey } from './dpop.ts'

/** Nonce, credential and notification endpoints (OpenID4VCI 1.0, 7, 8 and 11). */
export function addCredentialRoutes(app: App, desk: Desk): void {
  app.post('/vci/nonce', (_request, reply) => {
    void reply.header('cache-control', 'no-store').header('dpop-nonce', desk.dpopNonces.issue())
    return formatNonceResponse(desk.nonces.issue())
  })
  app.post('/vci/credential', { bodyLimit: limits.answerBody }, (request, reply) =>
    answerWallet(desk, reply, 'credential', () => deliver(desk, request)),
  )
  app.post('/vci/notification', (request, reply) =>
    answerWallet(desk, reply, 'notification', async () => {
      await authorise(desk, request)
      const { notificationId, event } = parseNotification((request.body ?? null) as Json)
      if (!desk.offers.notify(notificationId, event)) throw new Fault('notification.unknown')
      return reply.code(204).send()
    }),
  )
}

/**
 * Delivers one edition of what an offer promised, a copy for each proven key.
 *
 * The nonce is spent only by proofs that hold, and the edition only once: whoever comes second has got nothing.
 */
async function deliver(desk: Desk, request: FastifyRequest): Promise<unknown> {
  const offer = await authorise(desk, request)
  const asked = parseCredentialRequest((request.body ?? null) as Json)
  const { entry, edition } = editionOf(desk, offer, asked.credential)
  const now = desk.clock.now()
  const proven = await verifyPossessions(asked.proofs, {
    issuer: desk.identity.identifier,
    now,
    batchSize: limits.batch,
  })
  const expires = desk.nonces.check(proven.nonce)
  if (expires === undefined) throw new Fault('nonce.invalid')
  if (!desk.offers.useOnce('nonce', proven.nonce, expires, now)) throw new Fault('nonce.used')
  const list = listsOf(desk.identity.identifier)[edition]
  const statusList = { number: list.number, uri: list.uri, entries: listEntries }
  const copies = await issueCopies({ ...desk, statusList }, offer, entry, edition, proven.keys)
  const { configuration } = entry[edition]
  if (
    !desk.offers.deliver(
      offer.id,
      configuration,
      copies.map(({ copy }) => copy),
    )
  )
    throw new Fault('code.used')
  const notificationId = encodeBase64url(desk.random.bytes(16))
  desk.offers.insertNotification(notificationId, offer.id)
  const credentials = shuffle(
    desk,
    copies.map(({ credential }) => credential),
  )
  return formatCredentialResponse({ kind: 'issued', credentials, notificationId })
}

/**
 * The offer behind the access token of a request.
 *
 * @throws Fault `token.invalid`, also for a token in the address; `dpop.invalid`, `dpop.nonce_required`
 */
async function authorise(desk: Desk, request: FastifyRequest): Promise<Offer> {
  const [scheme, accessToken = ''] = (request.headers.authorization ?? '').split(' ')
  if (scheme?.toLowerCase() !== 'dpop' || request.url.includes('access_token=')) throw new Fault('token.invalid')
  const token = desk.offers.findToken(secretHash(accessToken), desk.clock.now())
  const offer = token && desk.offers.find(token.offer)
  if (!offer) throw new Fault('token.invalid')
  await proveKey(desk, request, { accessToken, keyThumbprint: token.keyThumbprint })
  return offer
}

interface Chosen {
  readonly entry: CatalogueEntry
  readonly edition: 'full' | 'counter'
}

function editionOf(desk: Desk, offer: Offer, asked: RequestedCredential): Chosen {
  const entry = desk.catalogue.find(({ id }) => id === offer.entry)
  const wanted = 'configurationId' in asked ? asked.configurationId : asked.identifier
  for (const edition of ['full', 'counter'] as const) {
    if (entry?.[edition].configuration === wanted) return { entry, edition }
  }
  throw new Fault('credential_configuration.unknown')
}

/** A random order, so that nobody comes to lean on one. */
function shuffle<T>(desk: Desk, items: readonly T[]): readonly T[] {
  const shuffled = [...items]
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = drawBelow(desk.random, last + 1)
    ;[shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T]
  }
  return shuffled
}
