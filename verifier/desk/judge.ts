import { formatOf } from '@fujie/shared/core/credential/formats.ts'
import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { thumbprint } from '@fujie/shared/core/crypto/key.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { concatBytes, utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { jsonObject } from '@fujie/shared/core/encoding/json.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import { parseDcqlQuery } from '@fujie/shared/core/presentation/dcql.ts'
import type { Evidence } from '@fujie/shared/core/presentation/evidence.ts'
import { judgePresentation } from '@fujie/shared/core/presentation/judge.ts'
import {
  parsePresentation,
  type Presentation,
  type PresentedCredential,
} from '@fujie/shared/core/presentation/presentation.ts'
import type { VpToken } from '@fujie/shared/core/presentation/response.ts'
import { weightsOf } from '@fujie/shared/core/trust/policy.ts'
import { reach, type Finding } from '@fujie/shared/core/verdict.ts'
import { gatherForPresentation } from '@fujie/shared/evidence/gather.ts'
import type { JudgedOccasion } from '@fujie/shared/ports/sign-evidence.ts'
import type { Desk } from './desk.ts'
import { occasionOf } from './evidence.ts'
import type { AskedAt } from './ports.ts'
import type { Purpose } from './purposes/purpose.ts'
import type { Judged } from './told.ts'

/** What an answer turned out to be, and what that rests on, where it can be kept without its values. */
export interface JudgedAnswer extends Judged {
  readonly occasion?: JudgedOccasion
}

/**
 * Reaches a verdict on what came: parse, gather, judge.
 *
 * @throws Fault `response.malformed`, `credential.malformed`, `limit.exceeded`, `store.full`
 */
export async function judgeAnswer(
  desk: Desk,
  purpose: Purpose,
  asked: AskedAt,
  vpToken: VpToken,
  seconds: readonly string[] = [],
): Promise<JudgedAnswer> {
  const { ports, settings, cache } = desk
  const request = {
    audience: settings.identity.clientId,
    nonce: asked.nonce,
    requestedAt: asked.at,
    responseUri: asked.responseUri,
    responseKey: thumbprint(asked.key),
    query: parseDcqlQuery(purpose.dcql),
  }
  const presentation = parsePresentation(request, jsonObject(Object.fromEntries(vpToken)), seconds)
  const policy = { ...settings.policy, personMatch: purpose.personMatch }
  const evidence = await gatherForPresentation(presentation, policy, ports.evidence, ports.clock.now(), cache)
  const now = ports.clock.now()
  const judged = await judgePresentation(presentation, evidence, policy, now, cache)
  const replayed = judged.outcome === 'rejected' ? [] : await findReplays(desk, purpose, presentation)
  const { outcome, findings } = reach([...judged.findings, ...replayed], weightsOf(policy), presentation)
  const occasion = occasionOf(
    presentation,
    { request, seconds, evidence, policy, at: now },
    { outcome, findings },
    purpose.id,
  )
  return {
    ...{ outcome, findings, at: now },
    ...(occasion === undefined ? {} : { occasion }),
    answerDigest: digestOfAnswer(presentation.credentials),
    claims: new Map(presentation.credentials.map(({ queryId, credential }) => [queryId, credential.claims])),
    ...statusAgeOf(evidence, now),
  }
}

/** Nothing is accepted twice: each copy is remembered with the nonce it was shown for (security design, 7). */
async function findReplays(desk: Desk, purpose: Purpose, presentation: Presentation): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const until = desk.ports.clock.now() + lifetimes.replayMemory
  for (const [i, { credential }] of presentation.credentials.entries()) {
    const key = replayKey(purpose.id, formatOf(credential).signedBytes(credential), presentation.request.nonce)
    const isNew = await desk.ports.checks.remember(key, until)
    if (!isNew) findings.push({ code: 'key_binding.replayed', at: `credentials/${i}/key_binding` })
  }
  return findings
}

/** Over what was signed, not over its text or signature: a respelled or re-signed answer keeps its key. */
export function replayKey(purpose: string, signed: Uint8Array, nonce: string): string {
  return encodeBase64url(sha256(concatBytes(utf8(purpose), sha256(signed), utf8(nonce))))
}

function digestOfAnswer(credentials: readonly PresentedCredential[]): string {
  return encodeBase64url(sha256(utf8(credentials.map(({ credential }) => credential.text).join('\n'))))
}

function statusAgeOf({ items }: Evidence, now: number): Pick<Judged, 'statusAge'> {
  const fetched = items.filter(({ kind }) => kind === 'status_token').map(({ fetchedAt }) => fetchedAt)
  return fetched.length === 0 ? {} : { statusAge: Math.max(0, now - Math.min(...fetched)) }
}
