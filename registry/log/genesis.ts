import { thumbprint } from '@fujie/shared/core/crypto/key.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { formatVerifierKey, noteTypes, verifierKey } from '@fujie/shared/core/log/note.ts'
import type { LogPolicy } from '@fujie/shared/core/record/policy.ts'
import type { TrustRecord } from '@fujie/shared/core/record/record.ts'
import type { TrustPayload } from '@fujie/shared/core/record/trust.ts'
import { signRecord } from '@fujie/shared/ports/sign-record.ts'
import type { Signer } from '@fujie/shared/ports/signer.ts'

const hour = 3_600

/** The verifier keys of a log: of its signature, and of its own time stamp. */
export function logKeysOf(origin: string, logKey: Signer): readonly string[] {
  return [noteTypes.ed25519, noteTypes.cosignature].map((type) =>
    formatVerifierKey(verifierKey(origin, type, logKey.publicJwk)),
  )
}

/** The policy of a demonstration: one admin, no delays, no witnesses, a file for a ledger. */
export function demoPolicy(origin: string, logKey: Signer, admin: Signer): LogPolicy {
  const logKeys = logKeysOf(origin, logKey)
  return {
    origin,
    map: 'mpt1',
    logKeys,
    trust: `log ${logKeys[0]}\nquorum none\n`,
    admins: { grant: 1, withdraw: 1, keys: [admin.publicJwk] },
    roots: [],
    registrars: [],
    publishers: [],
    ledgers: [{ id: 'file', type: 'file' }],
    grantDelay: 0,
    minUpdateInterval: 0,
    mmd: 60,
    anchorPersons: false,
  }
}

/** The first record of a log: its id is the log id. It can name no DIDs, since they would need that id. */
export function firstPolicy(body: LogPolicy, admins: readonly Signer[], now: Instant): Promise<TrustRecord<'pol'>> {
  return signPolicy({ v: 1, kind: 'pol', seq: 0, exp: now + hour, status: 'active', body }, admins)
}

/** The next version of a policy; the second one names roots, registrars and publishers without delay. */
export function nextPolicy(
  before: TrustRecord<'pol'>,
  change: Partial<LogPolicy>,
  admins: readonly Signer[],
  now: Instant,
): Promise<TrustRecord<'pol'>> {
  const { seq, body } = before.payload
  const payload = {
    v: 1,
    kind: 'pol',
    seq: seq + 1,
    prev: before.id,
    exp: now + hour,
    status: 'active',
    body: { ...body, ...change },
  } as const
  return signPolicy(payload, admins)
}

function signPolicy(payload: TrustPayload<'pol'>, admins: readonly Signer[]): Promise<TrustRecord<'pol'>> {
  return signRecord(
    payload,
    admins.map((signer) => ({ signer, kid: thumbprint(signer.publicJwk) })),
  )
}
