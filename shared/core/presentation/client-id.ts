import { decodeBase64url } from '../encoding/base64url.ts'
import { Fault } from '../fault.ts'

/** The client identifier prefixes we know (OpenID4VP 1.0, 5.9.3); others are read to be refused by name. */
export type ClientIdPrefix = 'x509_hash' | 'decentralized_identifier'

/** Who asks, as the request names it. */
export interface ClientId {
  /** The whole identifier, prefix included: the audience of the answer. */
  readonly text: string
  readonly prefix: ClientIdPrefix
  /** Without the prefix: a DID, or the base64url digest of a leaf certificate. */
  readonly value: string
}

/**
 * Reads a client identifier. A wallet in the usual profile accepts two prefixes and no identifier without one.
 *
 * @throws Fault `request.malformed`
 */
export function parseClientId(text: string): ClientId {
  const colon = text.indexOf(':')
  const prefix = text.slice(0, colon)
  const value = text.slice(colon + 1)
  if (prefix === 'x509_hash' && decodeBase64url(value)?.length === 32) return { text, prefix, value }
  if (prefix === 'decentralized_identifier' && /^did:[a-z0-9]+:[A-Za-z0-9._:%-]+$/.test(value)) {
    return { text, prefix, value }
  }
  throw new Fault('request.malformed', { reason: 'client identifier' })
}

/** The client identifier of a certificate (base64url digest of its DER) or a DID. */
export function formatClientId(client: { readonly certificate: string } | { readonly did: string }): string {
  return 'certificate' in client ? `x509_hash:${client.certificate}` : `decentralized_identifier:${client.did}`
}
