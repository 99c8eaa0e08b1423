import type { Json } from '../encoding/json.ts'
import { limits } from '../limits.ts'
import { hashAt, integerAt, malformed, nameAt, objectAt } from './members.ts'

/** Body of an `sl` record: the content of a status list, so that no host can show two or an older one. */
export interface StatusDigest {
  readonly uri: string
  readonly bits: 1 | 2 | 4 | 8
  readonly entries: number
  /** base64url SHA-256 of the decoded `lst`, still packed. */
  readonly digest: string
  /** Bytes of the decoded `lst`. */
  readonly size: number
}

/** @throws Fault `operation.malformed` */
export function parseStatusDigest(value: Json | undefined): StatusDigest {
  const body = objectAt(value, 'body', ['uri', 'bits', 'entries', 'digest', 'size'])
  const { bits } = body
  return {
    uri: nameAt(body.uri, 'body.uri'),
    bits: bits === 1 || bits === 2 || bits === 4 || bits === 8 ? bits : malformed('body.bits'),
    entries: integerAt(body.entries, 'body.entries', 1, limits.statusListInflated * 8),
    digest: hashAt(body.digest, 'body.digest'),
    size: integerAt(body.size, 'body.size', 1, limits.statusListPacked),
  }
}
