import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { encodeBase64 } from '@fujie/shared/core/encoding/base64.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import type { StatusDigest } from '@fujie/shared/core/record/status-digest.ts'
import { compressStatusList, packStatusList } from '@fujie/shared/core/status/list.ts'
import { formatStatusToken } from '@fujie/shared/core/status/token.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { RegistryWriter } from '@fujie/shared/ports/registry-writer.ts'
import { signBlobToken } from '@fujie/shared/ports/blob-token.ts'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import { signRecord } from '@fujie/shared/ports/sign-record.ts'
import type { IssuerIdentity } from './issue.ts'
import type { Offers } from './ports.ts'

/** Values of a status list (Token Status List, 7.1). */
export const statusValues = { valid: 0, revoked: 1, suspended: 2 } as const
export type StatusName = keyof typeof statusValues

/** A list of the agency: in form X for the full editions, in form D for the counter's. */
export interface AgencyList {
  readonly number: number
  readonly uri: string
  readonly form: 'X' | 'D'
}

/** What the log holds of a list: the number of its next record, the last one's id, and the digest it fixed. */
export interface LoggedDigest {
  readonly nextSeq: number
  readonly prev?: string
  readonly digest?: string
}

interface StatusDesk {
  readonly clock: Clock
  readonly offers: Offers
  readonly identity: IssuerIdentity
  readonly registry: RegistryWriter
  /** What a proof of the log says of a list. */
  readonly logged: (uri: string) => Promise<LoggedDigest>
}

export const listEntries = limits.statusListEntries
const bits = 2
const recordLife = 3_600

/**
 * Publishes what a list holds now and returns its token.
 *
 * The digest goes into the log first, then the token out: no host can show a content that was not logged.
 * A crash in between leaves a logged digest and the old token, which judges refuse until this is run again.
 *
 * @throws Fault what the registry refused, `registry.unreachable`
 */
export async function publishList(desk: StatusDesk, list: AgencyList): Promise<string> {
  const packed = await packList(desk.offers, list)
  await logDigest(desk, list, packed)
  const now = desk.clock.now()
  const issuer = list.form === 'X' ? desk.identity.identifier : desk.identity.did
  const { header, payload } = formatStatusToken(
    { uri: list.uri, issuer, bits, packed, ttl: lifetimes.statusTtlLeast },
    now,
  )
  return signJws(desk.identity.signer, { ...header, ...signerName(desk.identity, list) }, payload)
}

function packList(offers: Offers, list: AgencyList): Promise<Uint8Array> {
  const values = new Uint8Array(listEntries)
  for (const [index, value] of offers.statusValues(list.number)) values[index] = value
  return compressStatusList(packStatusList(bits, values))
}

async function logDigest(desk: StatusDesk, list: AgencyList, packed: Uint8Array): Promise<void> {
  const digest = encodeBase64url(sha256(packed))
  const logged = await desk.logged(list.uri)
  if (logged.digest === digest) return
  const { signer, keyId, did } = desk.identity
  const now = desk.clock.now()
  await desk.registry.keepBlob(packed, await signBlobToken(signer, keyId, packed, now))
  const body: StatusDigest = { uri: list.uri, bits, entries: listEntries, digest, size: packed.length }
  const record = await signRecord(
    {
      v: 1,
      kind: 'sl',
      by: did,
      seq: logged.nextSeq,
      ...(logged.prev === undefined ? {} : { prev: logged.prev }),
      exp: now + recordLife,
      status: 'active',
      body,
    },
    [{ signer, kid: keyId }],
  )
  await desk.registry.submit(record)
}

function signerName(
  identity: IssuerIdentity,
  list: AgencyList,
): { readonly x5c: readonly string[] } | { readonly kid: string } {
  return list.form === 'X' ? { x5c: identity.certificates.map(encodeBase64) } : { kid: identity.keyId }
}
