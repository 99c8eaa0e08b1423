import { decodeBase32 } from '../encoding/base32.ts'
import { Fault } from '../fault.ts'

export const didMethods = ['fujie', 'key', 'jwk', 'web'] as const
export type DidMethod = (typeof didMethods)[number]

/** A decentralised identifier (DID Core, 3.1) of a method we know. */
export interface Did {
  readonly text: string
  readonly method: DidMethod
  /** The method-specific id; of a long-form did:fujie, only its first part. */
  readonly id: string
  /** The embedded create record of a long-form did:fujie, segments joined by dots. */
  readonly long?: string
}

/** A DID with what may stand behind it (DID Core, 3.2). */
export interface DidUrl {
  readonly did: Did
  readonly path?: string
  readonly query?: string
  readonly fragment?: string
}

const form = /^did:([a-z0-9]+):([A-Za-z0-9._:%-]+)$/
const longest = 8_192

/**
 * Reads a DID.
 *
 * @throws Fault `did.invalid`, `did.method_unsupported`
 */
export function parseDid(text: string): Did {
  const found = text.length <= longest ? form.exec(text) : null
  if (!found || text.endsWith(':') || /%(?![0-9A-Fa-f]{2})/.test(text)) throw new Fault('did.invalid')
  const [, method, rest] = found as unknown as [string, string, string]
  if (!isMethod(method)) throw new Fault('did.method_unsupported')
  return method === 'fujie' ? parseFujie(text, rest) : { text, method, id: rest }
}

function isMethod(method: string): method is DidMethod {
  return didMethods.some((known) => known === method)
}

/** The digest's multihash prefix: SHA-256, 32 bytes. */
const multihash = [0x12, 0x20] as const

function parseFujie(text: string, rest: string): Did {
  const [id, long, ...more] = rest.split(':') as [string, string?, ...string[]]
  const bytes = decodeBase32(id)
  if (!bytes || bytes.length !== 34 || bytes[0] !== multihash[0] || bytes[1] !== multihash[1])
    throw new Fault('did.invalid')
  if (long === undefined) return { text, method: 'fujie', id }
  if (more.length > 0 || !/^[A-Za-z0-9_.-]+$/.test(long)) throw new Fault('did.invalid')
  return { text, method: 'fujie', id, long }
}

/** The short form under which a did:fujie is anchored; other DIDs as they are. */
export function shortForm(did: Did): string {
  return did.method === 'fujie' ? `did:fujie:${did.id}` : did.text
}

/**
 * Reads a DID URL.
 *
 * @throws Fault `did.url_invalid`, `did.method_unsupported`
 */
export function parseDidUrl(text: string): DidUrl {
  if (/[\s"<>\\^`{|}]/.test(text)) throw new Fault('did.url_invalid')
  // Every text without line breaks has this form.
  const found = /^([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?(?:#(.*))?$/.exec(text)
  const [, did, path, query, fragment] = found as unknown as [string, string, string?, string?, string?]
  return {
    did: parseDid(did),
    ...(path === undefined ? {} : { path }),
    ...(query === undefined ? {} : { query }),
    ...(fragment === undefined ? {} : { fragment }),
  }
}
