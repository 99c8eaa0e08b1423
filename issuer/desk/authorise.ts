import { equalBytes, utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import {
  codeChallenge,
  formatAuthorizationAnswer,
  type AuthorizationRequest,
  type PushedRequest,
} from '@fujie/shared/core/issuance/authorization.ts'
import type { CodeTokenRequest } from '@fujie/shared/core/issuance/token.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { Random } from '@fujie/shared/ports/random.ts'
import type { CatalogueEntry } from '../catalogue/entry.ts'
import { offerState } from './offer.ts'
import type { Authorised, Offer, Offers, Pushed, Subjects } from './ports.ts'
import { secretHash } from './secret.ts'
import { drawTokens, type Tokens } from './tokens.ts'

/** A wallet program the agency knows by name, and where its users may be sent back to. */
export interface Client {
  readonly id: string
  /** Compared as text, letter by letter. */
  readonly redirectUris: readonly string[]
}

interface AuthoriseDesk {
  readonly clock: Clock
  readonly random: Random
  readonly offers: Offers
  readonly subjects: Subjects
  readonly catalogue: readonly CatalogueEntry[]
  readonly clients: readonly Client[]
  readonly identity: { readonly identifier: string }
}

const requestUriPrefix = 'urn:ietf:params:oauth:request_uri:'

/**
 * Keeps an authorisation request for the person's browser to name (RFC 9126).
 *
 * @throws Fault `client.unknown`, `request.malformed` for an address that is not the client's,
 * `credential_configuration.unknown`
 */
export function pushRequest(desk: AuthoriseDesk, asked: AuthorizationRequest, keyThumbprint: string): PushedRequest {
  const client = desk.clients.find(({ id }) => id === asked.clientId)
  if (client === undefined) throw new Fault('client.unknown')
  if (!client.redirectUris.includes(asked.redirectUri)) throw new Fault('request.malformed', { at: 'redirect_uri' })
  const requestUri = requestUriPrefix + encodeBase64url(desk.random.bytes(32))
  desk.offers.push({
    ...{ hash: secretHash(requestUri), client: client.id, redirectUri: asked.redirectUri, state: asked.state },
    ...{ codeChallenge: asked.codeChallenge, entry: entryOf(desk, asked.wanted), keyThumbprint },
    ...{ detailed: 'configurationIds' in asked.wanted, expires: desk.clock.now() + lifetimes.session },
    ...(asked.issuerState === undefined ? {} : { issuerState: asked.issuerState }),
  })
  return { requestUri, expiresIn: lifetimes.session }
}

/** Both editions of one type go together; a scope is named like its configuration. */
function entryOf({ catalogue }: AuthoriseDesk, wanted: AuthorizationRequest['wanted']): string {
  const names = 'scopes' in wanted ? wanted.scopes : wanted.configurationIds
  const entry = catalogue.find(({ full, counter }) =>
    names.every((name) => name === full.configuration || name === counter.configuration),
  )
  if (entry === undefined || names.length === 0) throw new Fault('credential_configuration.unknown')
  return entry.id
}

/** @throws Fault `authorization.expired` for one that is over, was answered or never was */
export function findRequest(desk: AuthoriseDesk, requestUri: string, clientId: string): Pushed {
  const pushed = desk.offers.findPushed(secretHash(requestUri), desk.clock.now())
  if (pushed?.client !== clientId) throw new Fault('authorization.expired')
  return pushed
}

/** The open offer a request says it belongs to, if there is one; it only saves the person a choice. */
export function offerOf(desk: AuthoriseDesk, { issuerState, entry }: Pushed): Offer | undefined {
  const offer = issuerState === undefined ? undefined : desk.offers.findByCode(secretHash(issuerState))
  const isOpen = offer !== undefined && offerState(offer, desk.clock.now()) === 'open'
  return isOpen && offer.flow === 'code' && offer.entry === entry ? offer : undefined
}

/**
 * The person says yes: the address to send their browser to, with a code of 60 seconds.
 *
 * @throws Fault `document.not_found` for a person not in the register, `authorization.expired`
 */
export function agree(desk: AuthoriseDesk, pushed: Pushed, subject: string): string {
  if (desk.subjects.find(subject) === undefined) throw new Fault('document.not_found')
  const code = encodeBase64url(desk.random.bytes(32))
  const expires = desk.clock.now() + lifetimes.authorisationCode
  const promised = offerOf(desk, pushed)
  const offer = promised?.subject === subject ? { ...promised, expires } : newOffer(desk, pushed, subject, expires)
  const done = desk.offers.authorise(pushed.hash, { hash: secretHash(code), expires }, offer)
  if (!done) throw new Fault('authorization.expired')
  return formatAuthorizationAnswer(pushed.redirectUri, { ...answerOf(desk, pushed), code, error: undefined })
}

function newOffer({ random }: AuthoriseDesk, { entry }: Pushed, subject: string, expires: number): Offer {
  const [id, nobody] = [encodeBase64url(random.bytes(16)), secretHash(encodeBase64url(random.bytes(32)))]
  return {
    ...{ id, subject, entry, codeHash: nobody, txCodeHash: nobody, expires },
    ...{ state: 'open', wrong: 0, reads: 0, flow: 'code', review: 'none' },
  }
}

/** The person says no: the address to send their browser to. The request is over. */
export function disagree(desk: AuthoriseDesk, pushed: Pushed): string {
  desk.offers.forgetPushed(pushed.hash)
  return formatAuthorizationAnswer(pushed.redirectUri, {
    ...answerOf(desk, pushed),
    code: undefined,
    error: 'access_denied',
  })
}

function answerOf({ identity }: AuthoriseDesk, { state }: Pushed) {
  return { state, issuer: identity.identifier }
}

/**
 * Redeems what a browser brought back for tokens bound to the key that pushed the request.
 *
 * A code that comes a second time is in two hands: what was given for it is taken back (RFC 6749, 4.1.2).
 *
 * @throws Fault `grant.invalid`, `client.unknown`, `code.used`, `dpop.invalid`
 */
export function redeemCode(desk: AuthoriseDesk, asked: CodeTokenRequest, keyThumbprint: string): Redeemed {
  const hash = secretHash(asked.code)
  const found = desk.offers.findCode(hash)
  if (found === undefined) throw new Fault('grant.invalid')
  if (found.client !== asked.clientId) throw new Fault('client.unknown')
  if (found.keyThumbprint !== keyThumbprint) throw new Fault('dpop.invalid', { reason: 'another key' })
  const isTheirs = found.redirectUri === asked.redirectUri && isVerifier(asked.verifier, found.codeChallenge)
  if (!isTheirs) throw new Fault('grant.invalid', { reason: 'verifier' })
  const now = desk.clock.now()
  if (found.used || !desk.offers.useCode(hash)) {
    desk.offers.burn(found.offer)
    throw new Fault('code.used')
  }
  if (found.expires <= now) throw new Fault('grant.invalid', { reason: 'late' })
  const drawn = drawTokens(desk, { offer: found.offer, keyThumbprint, client: found.client })
  if (!desk.offers.redeem(found.offer, now, drawn.access, drawn.refresh)) throw new Fault('grant.invalid')
  return { ...drawn, request: found }
}

export interface Redeemed extends Tokens {
  readonly request: Authorised
}

function isVerifier(verifier: string, challenge: string): boolean {
  return /^[A-Za-z0-9._~-]{43,128}$/.test(verifier) && equalBytes(utf8(codeChallenge(verifier)), utf8(challenge))
}
