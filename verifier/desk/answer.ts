import { openJwe } from '@fujie/shared/core/crypto/jwe.ts'
import { thumbprint } from '@fujie/shared/core/crypto/key.ts'
import { Fault, faultCode, type FaultCode } from '@fujie/shared/core/fault.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import {
  parsePostedResponse,
  parseResponse,
  type AuthorizationResponse,
} from '@fujie/shared/core/presentation/response.ts'
import type { FindingCode } from '@fujie/shared/core/verdict.ts'
import { hashOf, purposeOf } from './check.ts'
import { responseUri, type Desk, type Ending } from './desk.ts'
import { keepOccasion } from './evidence.ts'
import { judgeAnswer } from './judge.ts'
import { countOne } from './knowledge.ts'
import type { Asked, AskedAt, Check } from './ports.ts'
import { newSecret } from './secret.ts'
import { tell } from './told.ts'

/** What the wallet hears: accepted (or its own refusal taken note of), or the first reason against. */
export type AnswerReceipt =
  | { readonly accepted: true; readonly redirectUri: string }
  | { readonly accepted: false; readonly code: FindingCode | FaultCode }

/**
 * Takes what a wallet posts. The check is consumed before a byte of it is read, so that good or bad, and however many
 * come at once, there is one answer.
 *
 * @throws Fault `session.consumed`, `session.not_found`
 */
export async function takeAnswer(desk: Desk, answerId: string, body: string): Promise<AnswerReceipt> {
  const { check, asked } = await consume(desk, answerId)
  try {
    return await reachVerdict(desk, check, { ...asked, responseUri: responseUri(desk, answerId) }, body)
  } catch (thrown) {
    return refuse(desk, check, faultCode(thrown))
  }
}

/**
 * Ends a check whose answer was too large or of another media type: nothing read it, but it was posted.
 *
 * @throws Fault `session.consumed`, `session.not_found`
 */
export async function refuseAnswer(desk: Desk, answerId: string, code: FaultCode): Promise<AnswerReceipt> {
  const { check } = await consume(desk, answerId)
  return refuse(desk, check, code)
}

async function consume(
  { ports, bell }: Desk,
  answerId: string,
): Promise<{ readonly check: Check; readonly asked: Asked }> {
  const hash = hashOf(answerId)
  const check = await ports.checks.consume(hash, ports.clock.now())
  if (check?.asked) {
    bell.ring(check.hash)
    return { check, asked: check.asked }
  }
  throw new Fault((await ports.checks.knowsAnswer(hash)) ? 'session.consumed' : 'session.not_found')
}

async function reachVerdict(desk: Desk, check: Check, asked: AskedAt, body: string): Promise<AnswerReceipt> {
  const posted = parsePostedResponse(body)
  if (posted.kind === 'error') {
    guardState(posted.state, asked)
    await desk.ports.checks.settle(check.hash, 'declined')
    desk.bell.ring(check.hash)
    return receipt(desk)
  }
  // What could be read on the way is not an answer to a request that demanded encryption.
  if (posted.kind === 'plain') throw new Fault('response.malformed', { reason: 'not encrypted' })
  const response = await openResponse(posted.jwe, asked)
  guardState(response.state, asked)
  const purpose = purposeOf(desk, check)
  const judged = await judgeAnswer(desk, purpose, asked, response.vpToken, response.seconds)
  await countOne(desk)
  const accepted = judged.outcome === 'accepted'
  const until = desk.ports.clock.now() + lifetimes.session
  keepOccasion(desk, check.hash, { ...(judged.occasion && { occasion: judged.occasion }), until })
  await end(desk, check, accepted ? 'accepted' : 'refused', { kind: 'judged', result: tell(judged, purpose), until })
  return accepted ? receipt(desk) : { accepted: false, code: judged.findings[0]?.code ?? 'response.malformed' }
}

async function openResponse(jwe: string, { key }: Asked): Promise<AuthorizationResponse> {
  const content = await openJwe(jwe, key, { maxBytes: limits.answerBody, kid: thumbprint(key) })
  if (!content) throw new Fault('response.malformed', { reason: 'not for this key' })
  return parseResponse(content)
}

function guardState(state: string | undefined, asked: Asked): void {
  if (state !== asked.state) throw new Fault('response.malformed', { reason: 'state' })
}

async function refuse(desk: Desk, check: Check, fault: FaultCode): Promise<AnswerReceipt> {
  const until = desk.ports.clock.now() + lifetimes.session
  await end(desk, check, 'refused', { kind: 'failed', fault, until })
  return { accepted: false, code: fault }
}

/** The ending first: whoever sees the state finds it. A crash between leaves a consumed check, which expires. */
async function end(desk: Desk, check: Check, to: 'accepted' | 'refused', ending: Ending): Promise<void> {
  desk.endings.set(check.hash, ending)
  const settled = await desk.ports.checks.settle(check.hash, to)
  if (!settled) desk.endings.delete(check.hash)
  desk.bell.ring(check.hash)
}

function receipt({ settings, ports }: Desk): AnswerReceipt {
  return { accepted: true, redirectUri: `${settings.origin}/vp/return#response_code=${newSecret(ports.random)}` }
}
