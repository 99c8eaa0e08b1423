import type { Instant } from '../instant.ts'
import type { DcqlQuery } from '../presentation/dcql-query.ts'
import type { Evidence } from '../presentation/evidence.ts'
import { VerifiedCache } from '../presentation/verified-cache.ts'
import {
  judgeCounterRequestTime,
  purposeDigest,
  verifyCounterRequest,
  type UnverifiedCounterRequest,
} from '../qr/request.ts'
import type { RegisteredQuery } from '../record/query.ts'
import type { Registration } from '../record/registration.ts'
import { weigh, type Finding, type FindingCode } from '../verdict.ts'
import { dcqlOf, judgeRegistration, registeredQuery, registrationsOf } from './judge-verifier.ts'
import type { Policy } from './policy.ts'
import type { Grounds } from './prove.ts'

/** Who asks by QR alone, and what it may ask: all of it by the registry, for the request names its purpose only. */
export interface CounterJudgement {
  readonly findings: readonly Finding[]
  readonly registration?: Registration
  readonly purpose?: RegisteredQuery
  /** What was registered for the purpose is what is asked; absent where it is not known here. */
  readonly query?: DcqlQuery
  /** When the oldest thing this rests on was last vouched for. */
  readonly asOf?: Instant
}

/**
 * Judges a counter's request by QR (product design, 6.3): signed by a key of its registration, in its time, for a
 * registered purpose. Without the registration there is no key and no query, and the request says nothing.
 */
export async function judgeCounter(
  request: UnverifiedCounterRequest,
  evidence: Evidence,
  policy: Policy,
  now: Instant,
  cache: VerifiedCache = new VerifiedCache(),
): Promise<CounterJudgement> {
  const grounds: Grounds = { evidence, policy, now, cache }
  const time = judgeCounterRequestTime(request, now)
  const { records, unproven, absent } = await registrationsOf(request.verifier, grounds)
  const judged = await Promise.all(
    records.map(async ({ payload, state, codes }) => ({
      ...{ payload, state },
      codes: [...codes, ...judgeRegistration(payload, now), ...(await judgeSignature(request, payload.body))],
    })),
  )
  const [best] = judged.toSorted((one, other) => one.codes.length - other.codes.length)
  // Without a registration there is no key, and whoever signed is not known.
  if (best === undefined) return found([...time, ...unproven, ...absent, 'evidence.missing'])
  const codes = [...time, ...best.codes]
  // A name beside a wrong signature would be a borrowed one, and one that is no longer registered vouches for nothing.
  if (
    best.codes.some((code) => weigh(code) === 'no' && code !== 'verifier.flagged') ||
    best.codes.includes('verifier.unregistered')
  )
    return found(codes)
  const { by, body } = best.payload
  const purpose = body.purposes.find((each) => isNamed(request, each))
  if (purpose === undefined) return { ...found([...codes, 'verifier.purpose_unknown']), registration: body }
  const asked = await registeredQuery(`${by} ${body.subject} ${purpose}`, grounds)
  const proofs = [best.state, ...(asked.state ? [asked.state] : [])]
  const query = asked.query && dcqlOf(asked.query)
  const unreadable = query?.credentials.length === 0 ? (['verifier.purpose_unknown'] as const) : []
  return {
    ...found([...codes, ...asked.codes, ...unreadable]),
    registration: body,
    asOf: Math.min(...proofs.map(({ checkpointTime }) => checkpointTime)),
    ...(asked.query && query && query.credentials.length > 0 ? { purpose: asked.query, query } : {}),
  }
}

function found(codes: readonly FindingCode[]): CounterJudgement {
  return { findings: [...new Set(codes)].map((code) => ({ code, at: 'request' })) }
}

/** Any of the keys that the registration names for this. */
async function judgeSignature(
  request: UnverifiedCounterRequest,
  { keys }: Registration,
): Promise<readonly FindingCode[]> {
  for (const key of keys) if ((await verifyCounterRequest(request, key)).length === 0) return []
  return ['verifier.signature_invalid']
}

function isNamed({ verifier, purpose }: UnverifiedCounterRequest, name: string): boolean {
  const digest = purposeDigest(verifier, name)
  return digest.every((byte, i) => byte === purpose[i])
}
