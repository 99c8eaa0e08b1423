import type { Json, JsonObject } from '../encoding/json.ts'
import type { Instant } from '../instant.ts'
import { parseAccreditation, type Accreditation } from './accreditation.ts'
import { parseCredentialType, type CredentialType } from './credential-type.ts'
import { parseLogHead, type LogHead } from './log-head.ts'
import { fujieDidAt, hashAt, instantAt, integerAt, malformed, objectAt, optional, present, wordAt } from './members.ts'
import { parseLogPolicy, type LogPolicy } from './policy.ts'
import { parseRegisteredQuery, type RegisteredQuery } from './query.ts'
import { parseRegistration, type Registration } from './registration.ts'
import { parseStatusDigest, type StatusDigest } from './status-digest.ts'

/** What each kind of trust record says. */
export interface TrustBodies {
  readonly acc: Accreditation
  readonly ver: Registration
  readonly qry: RegisteredQuery
  readonly typ: CredentialType
  readonly sl: StatusDigest
  readonly log: LogHead
  readonly pol: LogPolicy
}

export type TrustKind = keyof TrustBodies
export const trustKinds = ['acc', 'ver', 'qry', 'typ', 'sl', 'log', 'pol'] as const satisfies readonly TrustKind[]

export const trustStatuses = ['active', 'suspended', 'withdrawn'] as const
/** `withdrawn` is final. */
export type TrustStatus = (typeof trustStatuses)[number]

interface TrustEnvelope<K extends TrustKind> {
  readonly v: 1
  readonly kind: K
  readonly seq: number
  /** Id of the version before; absent in the first. */
  readonly prev?: string
  readonly exp: Instant
  readonly status: TrustStatus
  readonly body: TrustBodies[K]
}

/** Payload of a trust record (registry, 1.3); all but the policy are signed for a DID of the log, `by`. */
export type TrustPayload<K extends TrustKind = TrustKind> = K extends 'pol'
  ? TrustEnvelope<'pol'>
  : K extends TrustKind
    ? TrustEnvelope<K> & { readonly by: string }
    : never

/** The readers of the bodies; a new kind is a row here. */
const readers: { readonly [K in TrustKind]: (body: Json | undefined) => TrustBodies[K] } = {
  acc: parseAccreditation,
  ver: parseRegistration,
  qry: parseRegisteredQuery,
  typ: parseCredentialType,
  sl: parseStatusDigest,
  log: parseLogHead,
  pol: parseLogPolicy,
}

/** @throws Fault `operation.malformed` */
export function parseTrustPayload(payload: JsonObject): TrustPayload {
  const kind = wordAt(payload.kind, 'kind', trustKinds)
  const signer = kind === 'pol' ? [] : ['by']
  objectAt(payload, 'payload', ['v', 'kind', ...signer, 'seq', 'exp', 'status', 'body'], ['prev'])
  const read = present({
    v: 1 as const,
    kind,
    by: kind === 'pol' ? undefined : fujieDidAt(payload.by, 'by'),
    seq: integerAt(payload.seq, 'seq'),
    prev: optional(payload.prev, 'prev', hashAt),
    exp: instantAt(payload.exp, 'exp'),
    status: wordAt(payload.status, 'status', trustStatuses),
    body: readers[kind](payload.body),
  })
  if ((read.seq === 0) !== (read.prev === undefined)) malformed('prev')
  if (kind === 'pol' && read.status !== 'active') malformed('status')
  if (endsWrongly(read)) malformed('body.ended')
  return read as unknown as TrustPayload
}

/** Where a body can name its end, it does so exactly when the record is withdrawn. */
function endsWrongly(record: { kind: TrustKind; status: TrustStatus; body: object }): boolean {
  const canEnd = record.kind === 'acc' || record.kind === 'ver'
  return canEnd && 'ended' in record.body !== (record.status === 'withdrawn')
}

/** The payload as it is signed. */
export function formatTrustPayload(payload: TrustPayload): JsonObject {
  return { ...payload } as unknown as JsonObject
}
