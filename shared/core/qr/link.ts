import { isJsonObject, parseJson, type JsonObject } from '../encoding/json.ts'
import { Fault, within } from '../fault.ts'
import { limits } from '../limits.ts'
import { parseEngagement, type Engagement } from './engagement.ts'

/** A request for a presentation, to be fetched (OpenID4VP 1.0, 5.7). */
export interface RequestLink {
  readonly kind: 'request'
  readonly clientId: string
  readonly requestUri: string
  readonly method: 'get' | 'post'
}

/** A credential offer, by reference or in itself (OpenID4VCI 1.0, 4.1). */
export type OfferLink =
  { readonly kind: 'offer'; readonly offerUri: string } | { readonly kind: 'offer'; readonly offer: JsonObject }

export interface EngagementLink {
  readonly kind: 'engagement'
  readonly engagement: Engagement
}

/** What a scanned or clicked link asks of a wallet. Nothing of it is trusted. */
export type Link = RequestLink | OfferLink | EngagementLink

export const requestSchemes = ['openid4vp', 'haip-vp', 'eudi-openid4vp'] as const
export const offerSchemes = ['openid-credential-offer', 'haip-vci'] as const

/** Whether a text has one of the schemes we read; what it says may still be malformed. */
export function isLink(text: string): boolean {
  return readerOf(text) !== undefined
}

/**
 * Reads a link that a wallet understands.
 *
 * Parameters beside the named ones are ignored: a signed request repeats what counts.
 *
 * @throws Fault `link.malformed`, `engagement.malformed`, `limit.exceeded`
 */
export function parseLink(text: string): Link {
  if (text.length > limits.offer) throw new Fault('limit.exceeded', { limit: 'link' })
  const read = readerOf(text)
  if (read === undefined) throw new Fault('link.malformed', { reason: 'scheme' })
  return read(text)
}

function readerOf(text: string): ((text: string) => Link) | undefined {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase()
  if (requestSchemes.some((known) => known === scheme)) return requestOf
  if (offerSchemes.some((known) => known === scheme)) return offerOf
  if (scheme === 'fujie') return (link) => ({ kind: 'engagement', engagement: parseEngagement(link) })
  return undefined
}

function requestOf(text: string): RequestLink {
  const parameters = parametersOf(text)
  const clientId = parameters.get('client_id')
  const requestUri = parameters.get('request_uri')
  const method = parameters.get('request_uri_method') ?? 'get'
  // A request that stands in the link itself is not signed by anybody.
  if (clientId === null || requestUri === null) throw new Fault('link.malformed', { reason: 'no request_uri' })
  if (method !== 'get' && method !== 'post') throw new Fault('link.malformed', { reason: 'request_uri_method' })
  return { kind: 'request', clientId, requestUri: webAddress(requestUri), method }
}

function offerOf(text: string): OfferLink {
  const parameters = parametersOf(text)
  const uri = parameters.get('credential_offer_uri')
  const inline = parameters.get('credential_offer')
  if ((uri === null) === (inline === null)) throw new Fault('link.malformed', { reason: 'one offer' })
  if (uri !== null) return { kind: 'offer', offerUri: webAddress(uri) }
  const offer = within('link.malformed', () => parseJson(inline ?? ''))
  if (!isJsonObject(offer)) throw new Fault('link.malformed', { reason: 'offer' })
  return { kind: 'offer', offer }
}

/** The parameters behind the question mark, none of the known ones doubled. */
function parametersOf(text: string): URLSearchParams {
  const mark = text.indexOf('?')
  if (mark < 0 || /[\s<>"]/.test(text)) throw new Fault('link.malformed', { reason: 'parameters' })
  const parameters = new URLSearchParams(text.slice(mark + 1).replace(/#.*$/, ''))
  const names = [...parameters.keys()]
  if (new Set(names).size < names.length) throw new Fault('link.malformed', { reason: 'a doubled parameter' })
  return parameters
}

/** http is read here and stopped by the outbound client, unless it is loopback in a demonstration. */
function webAddress(text: string): string {
  if (!URL.canParse(text)) throw new Fault('link.malformed', { reason: 'address' })
  const { protocol, username, password, hash } = new URL(text)
  const isWeb = (protocol === 'https:' || protocol === 'http:') && username === '' && password === '' && hash === ''
  if (!isWeb) throw new Fault('link.malformed', { reason: 'address' })
  return text
}

/** A link to a request that is fetched by POST, so that the wallet can add its nonce. */
export function formatRequestLink(
  request: { readonly clientId: string; readonly requestUri: string },
  scheme: (typeof requestSchemes)[number] = 'openid4vp',
): string {
  const { clientId, requestUri } = request
  const query = new URLSearchParams({ client_id: clientId, request_uri: requestUri, request_uri_method: 'post' })
  return `${scheme}://?${query.toString()}`
}

/** A link to an offer. */
export function formatOfferLink(
  offerUri: string,
  scheme: (typeof offerSchemes)[number] = 'openid-credential-offer',
): string {
  return `${scheme}://?${new URLSearchParams({ credential_offer_uri: offerUri }).toString()}`
}
