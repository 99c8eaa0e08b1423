import { decodeBase64url, encodeBase64url } from '../encoding/base64url.ts'
import { concatBytes, utf8 } from '../encoding/bytes.ts'
import { isJsonObject, parseJsonBytes } from '../encoding/json.ts'
import { Fault, within } from '../fault.ts'
import { limits } from '../limits.ts'

/** The code a guest shows first: where the counter may leave its request, sealed for this wallet (product, 6.2). */
export interface Engagement {
  /** Host of the relay, with a port only on loopback. */
  readonly relay: string
  /** 16 bytes: the mailbox. */
  readonly mailbox: Uint8Array
  /** X25519 public key of this engagement alone. */
  readonly key: Uint8Array
}

/** What the counter leaves in the mailbox. */
export interface EngagementRequest {
  readonly clientId: string
  readonly requestUri: string
}

const hostForm = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?$|^\[::1\](:[0-9]{1,5})?$/
const loopbackForm = /^(127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?$/

/**
 * Reads `fujie://show?r=…&m=…&k=…`: these three and nothing else.
 *
 * @throws Fault `engagement.malformed`
 */
export function parseEngagement(text: string): Engagement {
  const query = /^fujie:\/\/show\?([A-Za-z0-9=&._~%:[\]-]{1,512})$/.exec(text)?.[1]
  if (query === undefined) throw new Fault('engagement.malformed', { at: 'link' })
  const parameters = new URLSearchParams(query)
  if ([...parameters.keys()].sort().join() !== 'k,m,r') throw new Fault('engagement.malformed', { at: 'members' })
  const relay = parameters.get('r') ?? ''
  if (!hostForm.test(relay)) throw new Fault('engagement.malformed', { at: 'r' })
  return { relay, mailbox: bytesAt(parameters, 'm', 16), key: bytesAt(parameters, 'k', 32) }
}

function bytesAt(parameters: URLSearchParams, name: string, length: number): Uint8Array {
  const bytes = decodeBase64url(parameters.get(name) ?? '')
  if (bytes?.length !== length) throw new Fault('engagement.malformed', { at: name })
  return bytes
}

export function formatEngagement({ relay, mailbox, key }: Engagement): string {
  return `fujie://show?r=${relay}&m=${encodeBase64url(mailbox)}&k=${encodeBase64url(key)}`
}

/** Where the relay keeps the mailbox. Plain http only to the loopback literals; the outbound client decides whether it may. */
export function mailboxUrl({ relay, mailbox }: Pick<Engagement, 'relay' | 'mailbox'>): string {
  return `${relayOrigin(relay)}/relay/${encodeBase64url(mailbox)}`
}

/** The relay's origin by its host. */
export function relayOrigin(relay: string): string {
  return `${loopbackForm.test(relay) ? 'http' : 'https'}://${relay}`
}

/** `info` of the seal: it belongs to this mailbox. There is no `aad`. */
export function engagementInfo(mailbox: Uint8Array): Uint8Array {
  return concatBytes(utf8('show'), Uint8Array.of(0), mailbox)
}

/** The text to seal, without its seal. */
export function formatEngagementRequest({ clientId, requestUri }: EngagementRequest): Uint8Array {
  return utf8(JSON.stringify({ client_id: clientId, request_uri: requestUri }))
}

/**
 * Reads what was found in the mailbox, after opening.
 *
 * @throws Fault `engagement.malformed`, `limit.exceeded`
 */
export function parseEngagementRequest(bytes: Uint8Array): EngagementRequest {
  if (bytes.length > limits.relayBody) throw new Fault('limit.exceeded', { limit: 'relay body' })
  const json = within('engagement.malformed', () => parseJsonBytes(bytes))
  if (!isJsonObject(json)) throw new Fault('engagement.malformed', { at: 'message' })
  const { client_id: clientId, request_uri: requestUri } = json
  if (typeof clientId !== 'string' || typeof requestUri !== 'string' || !URL.canParse(requestUri)) {
    throw new Fault('engagement.malformed', { at: 'message' })
  }
  return { clientId, requestUri }
}
