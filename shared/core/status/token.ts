import { jwsClaims, parseJws, type Jws } from '../crypto/jws.ts'
import { decodeBase64url, encodeBase64url } from '../encoding/base64url.ts'
import { isJsonObject, jsonObject, type JsonObject } from '../encoding/json.ts'
import { Fault, within } from '../fault.ts'
import { isInstant, type Instant, type Seconds } from '../instant.ts'
import { lifetimes } from '../lifetimes.ts'
import { limits } from '../limits.ts'
import type { FindingCode } from '../verdict.ts'
import { isStatusBits, openStatusList, type StatusBits, type StatusList } from './list.ts'

export const statusTokenType = 'statuslist+jwt'
export const statusTokenMedia = 'application/statuslist+jwt'

/** A status list token taken apart (Token Status List, 5.1). Nothing of it is believed yet. */
export interface UnverifiedStatusToken {
  readonly jws: Jws
  readonly claims: JsonObject
  /** Absent if the list is none we can open: not 1, 2, 4 or 8 bits, over the caps, broken. */
  readonly list?: StatusList
  /** `lst` decoded, still compressed. */
  readonly packed: Uint8Array
}

const bounds = { string: 2 * limits.statusListPacked }

/**
 * Reads a status list token and opens its list, within the caps.
 *
 * @throws Fault `status_list.malformed`, `limit.exceeded`
 */
export async function parseStatusToken(text: string): Promise<UnverifiedStatusToken> {
  const jws = within('status_list.malformed', () => parseJws(text, { maxBytes: 2 * limits.statusListPacked }))
  const claims = within('status_list.malformed', () => jwsClaims(jws, bounds))
  const { status_list: body } = claims
  if (!isJsonObject(body) || typeof body.lst !== 'string')
    throw new Fault('status_list.malformed', { at: 'status_list' })
  const packed = decodeBase64url(body.lst)
  if (packed === undefined) throw new Fault('status_list.malformed', { at: 'lst' })
  const list = isStatusBits(body.bits) ? await openStatusList(body.bits, packed) : undefined
  return { jws, claims, packed, ...(list && { list }) }
}

/** What a token has to fit: where the credential says it stands, and until when an old one may be shown to a person. */
export interface StatusExpectation {
  readonly uri: string
  /** How long past `exp`; 0 where one is online. */
  readonly offlineGrace: Seconds
}

/**
 * Judges all of a token but its signature and signer, at one instant (Token Status List, 8.3; wire profile, 4).
 *
 * `credential.status_old` if it is past its end by no more than the grace; every other finding makes it unusable.
 */
export function judgeStatusToken(
  { claims, list }: Pick<UnverifiedStatusToken, 'claims' | 'list'>,
  { uri, offlineGrace }: StatusExpectation,
  now: Instant,
): readonly FindingCode[] {
  const findings: FindingCode[] = []
  if (claims.sub !== uri) findings.push('status.wrong_subject')
  if (list === undefined) findings.push('status.too_large')
  return [...findings, ...judgeTimes(claims, offlineGrace, now)]
}

function judgeTimes({ iat, exp }: JsonObject, grace: Seconds, now: Instant): FindingCode[] {
  if (!isInstant(exp)) return ['status.no_expiry']
  const isAhead = !isInstant(iat) || iat > now + lifetimes.clockSlack || exp <= iat
  if (isAhead) return ['status.expired']
  if (now < exp) return []
  return now < exp + grace ? ['credential.status_old'] : ['status.expired']
}

/** Seconds after which a token is fetched again: its `ttl`, clamped (wire profile, 4). */
export function refetchAfter({ claims }: UnverifiedStatusToken): Seconds {
  const { ttl } = claims
  if (typeof ttl !== 'number' || !Number.isSafeInteger(ttl)) return lifetimes.statusTtlAssumed
  return Math.min(Math.max(ttl, lifetimes.statusTtlClampLeast), lifetimes.statusTtlClampMost)
}

/** What a list is published with. */
export interface StatusTokenContent {
  readonly uri: string
  readonly issuer: string
  readonly bits: StatusBits
  readonly packed: Uint8Array
  readonly ttl: Seconds
  readonly aggregation?: string
}

/** Header without `alg` and signer, and payload of a token made at an instant. */
export function formatStatusToken(
  { uri, issuer, bits, packed, ttl, aggregation }: StatusTokenContent,
  now: Instant,
): { readonly header: JsonObject; readonly payload: JsonObject } {
  const list = jsonObject({ bits, lst: encodeBase64url(packed), aggregation_uri: aggregation })
  return {
    header: jsonObject({ typ: statusTokenType }),
    payload: jsonObject({
      iss: issuer,
      sub: uri,
      iat: now,
      exp: now + lifetimes.statusToken,
      ttl,
      status_list: list,
    }),
  }
}
