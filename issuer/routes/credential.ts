import type { FastifyReply, FastifyRequest } from 'fastify'
import type { PublicJwk } from '@fujie/shared/core/crypto/key.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import type { Json, JsonObject } from '@fujie/shared/core/encoding/json.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import {
  formatCredentialResponse,
  formatNonceResponse,
  parseCredentialRequest,
  parseDeferredRequest,
  parseNotification,
  type RequestedCredential,
} from '@fujie/shared/core/issuance/exchange.ts'
import { verifyPossessions } from '@fujie/shared/core/issuance/possession.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import type { App } from '@fujie/shared/server/app.ts'
import type { CatalogueEntry } from '../catalogue/entry.ts'
import { listsOf, type Desk } from '../desk/desk.ts'
import { issueCopies } from '../desk/issue.ts'
import { drawBelow } from '../desk/offer.ts'
import { secretHash } from '../desk/secret.ts'
import type { AccessToken, Offer } from '../desk/ports.ts'
import { listEntries, statusValues } from '../desk/status.ts'
import { answerWallet } from './answer.ts'
import { proveKey } from './dpop.ts'

/** Seconds between two questions about what is under review. */
const askAgain = 5
const day = 86_400
/** Four times all copies of a document: nobody needs more, and indices are never used twice. */
const mostCopiesADay = 44

/** Nonce, credential, deferred and notification endpoints (OpenID4VCI 1.0, 7, 8, 9 and 11). */
export function addCredentialRoutes(app: App, desk: Desk): void {
  app.post('/vci/nonce', (_request, reply) => {
    void reply.header('cache-control', 'no-store').header('dpop-nonce', desk.dpopNonces.issue())
    return formatNonceResponse(desk.nonces.issue())
  })
  app.post('/vci/credential', { bodyLimit: limits.answerBody }, (request, reply) =>
    answerWallet(desk, reply, 'credential', () => answerRequest(desk, request, reply)),
  )
  app.post('/vci/deferred', (request, reply) =>
    answerWallet(desk, reply, 'deferred', () => answerDeferred(desk, request, reply)),
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
 * Delivers one edition of what an offer promised, a copy for each proven key; or says when to ask again.
 *
 * The nonce is spent only by proofs that hold, and the edition once a token: whoever comes second has got nothing.
 */
async function answerRequest(desk: Desk, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const { offer, token } = await authorise(desk, request)
  const asked = parseCredentialRequest((request.body ?? null) as Json)
  const chosen = editionOf(desk, offer, nameOf(asked.credential))
  const now = desk.clock.now()
  const { client } = token
  const proven = await verifyPossessions(asked.proofs, {
    ...{ issuer: desk.identity.identifier, now, batchSize: limits.batch },
    ...(client === undefined ? {} : { clientId: client }),
  })
  const expires = desk.nonces.check(proven.nonce)
  if (expires === undefined) throw new Fault('nonce.invalid')
  if (!desk.offers.useOnce('nonce', proven.nonce, expires, now)) throw new Fault('nonce.used')
  refuseHeld(desk, offer)
  if (offer.review === 'pending') return defer(desk, reply, offer, chosen, proven.keys)
  return deliver(desk, offer, chosen, token.hash, proven.keys)
}

function defer(
  desk: Desk,
  reply: FastifyReply,
  offer: Offer,
  chosen: Chosen,
  keys: readonly PublicJwk[],
): FastifyReply {
  const transactionId = encodeBase64url(desk.random.bytes(16))
  const { configuration } = chosen.entry[chosen.edition]
  const expires = desk.clock.now() + lifetimes.deferredTransaction
  desk.offers.wait({ hash: secretHash(transactionId), offer: offer.id, configuration, keys, expires })
  return reply.code(202).send(formatCredentialResponse({ kind: 'deferred', transactionId, interval: askAgain }))
}

/** What was promised: issued by now, still under review, or declined. */
async function answerDeferred(desk: Desk, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const { offer } = await authorise(desk, request)
  const transactionId = parseDeferredRequest((request.body ?? null) as Json)
  const waiting = desk.offers.findTransaction(secretHash(transactionId), desk.clock.now())
  if (waiting?.offer !== offer.id) throw new Fault('transaction.unknown')
  refuseHeld(desk, offer)
  if (offer.review === 'pending') {
    return reply.code(202).send(formatCredentialResponse({ kind: 'deferred', transactionId, interval: askAgain }))
  }
  return deliver(desk, offer, editionOf(desk, offer, waiting.configuration), waiting.hash, waiting.keys)
}

/** Nothing more is issued on what was declined or withdrawn, nor while it is held. */
function refuseHeld(desk: Desk, offer: Offer): void {
  if (offer.review === 'declined') throw new Fault('issuer.refused', { review: 'declined' })
  const [copy] = desk.offers.copiesOf(offer.id)
  const value = copy === undefined ? 0 : (desk.offers.statusValues(copy.list).get(copy.index) ?? 0)
  if (value !== statusValues.valid) throw new Fault('issuer.refused', { status: value })
}

async function deliver(
  desk: Desk,
  offer: Offer,
  { entry, edition }: Chosen,
  by: string,
  keys: readonly PublicJwk[],
): Promise<JsonObject> {
  if (desk.offers.countCopies(offer.id, desk.clock.now() - day) + keys.length > mostCopiesADay)
    throw new Fault('limit.exceeded', { limit: 'copies' })
  const list = listsOf(desk.identity.identifier)[edition]
  const statusList = { number: list.number, uri: list.uri, entries: listEntries }
  const issued = await issueCopies({ ...desk, statusList }, offer, entry, edition, keys)
  const copies = issued.map(({ copy }) => copy)
  if (!desk.offers.deliver(offer.id, by, entry[edition].configuration, copies)) throw new Fault('code.used')
  const notificationId = encodeBase64url(desk.random.bytes(16))
  desk.offers.insertNotification(notificationId, offer.id)
  const credentials = shuffle(
    desk,
    issued.map(({ credential }) => credential),
  )
  return formatCredentialResponse({ kind: 'issued', credentials, notificationId })
}

interface Authorised {
  readonly offer: Offer
  readonly token: AccessToken
}

/**
 * The offer behind the access token of a request.
 *
 * @throws Fault `token.invalid`, also for a token in the address; `dpop.invalid`, `dpop.nonce_required`
 */
async function authorise(desk: Desk, request: FastifyRequest): Promise<Authorised> {
  const [scheme, accessToken = ''] = (request.headers.authorization ?? '').split(' ')
  if (scheme?.toLowerCase() !== 'dpop' || request.url.includes('access_token=')) throw new Fault('token.invalid')
  const token = desk.offers.findToken(secretHash(accessToken), desk.clock.now())
  const offer = token && desk.offers.find(token.offer)
  if (!offer) throw new Fault('token.invalid')
  await proveKey(desk, request, { accessToken, keyThumbprint: token.keyThumbprint })
  return { offer, token }
}

interface Chosen {
  readonly entry: CatalogueEntry
  readonly edition: 'full' | 'counter'
}

function nameOf(asked: RequestedCredential): string {
  return 'configurationId' in asked ? asked.configurationId : asked.identifier
}

function editionOf(desk: Desk, offer: Offer, wanted: string): Chosen {
  const entry = desk.catalogue.find(({ id }) => id === offer.entry)
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
