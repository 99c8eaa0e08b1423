import type { UnverifiedCredential, VerifiedCredential } from '../credential/credential.ts'
import { formatOf } from '../credential/formats.ts'
import { examineCredential } from '../credential/judge.ts'
import type { Instant } from '../instant.ts'
import { weightsOf, type Policy } from '../trust/policy.ts'
import type { Grounds } from '../trust/prove.ts'
import { reach, type Finding, type Verdict } from '../verdict.ts'
import { judgeAnswer, type Answer } from './dcql.ts'
import type { Evidence } from './evidence.ts'
import { judgePresentedSeconds } from './judge-seconds.ts'
import type { Presentation, PresentationRequest, PresentedCredential } from './presentation.ts'
import { VerifiedCache } from './verified-cache.ts'

/**
 * Decides whether a presentation satisfies a policy at one instant.
 *
 * The same four values give the same verdict tomorrow or in a court file. All findings are reported: the person at the
 * desk must explain them. `cache` only spares work; it keeps no verdict and no time.
 */
export async function judgePresentation(
  presentation: Presentation,
  evidence: Evidence,
  policy: Policy,
  now: Instant,
  cache = new VerifiedCache(),
): Promise<Verdict<readonly VerifiedCredential[]>> {
  const { request, credentials } = presentation
  const grounds: Grounds = { evidence, policy, now, cache }
  const judged = await Promise.all(
    credentials.map((each, i) => judgePresented(each, request, grounds, `credentials/${i}`)),
  )
  const findings = [
    ...judgeAnswer(
      request.query,
      judged.map(({ answer }) => answer),
    ),
    ...judged.flatMap((each) => each.findings),
    ...(await judgePresentedSeconds(presentation, grounds)),
    ...(policy.personMatch && credentials.length > 0 ? [personCheck] : []),
  ]
  const values = credentials.map(({ credential }) => credential)
  return reach(findings, weightsOf(policy), values as readonly UnverifiedCredential[] as readonly VerifiedCredential[]) // the only cast to Verified
}

/** Keys prove a wallet, not a face: that is for a person to see. */
const personCheck: Finding = { code: 'credential.person_check', at: 'credentials/0' }

async function judgePresented(
  { queryId, credential }: PresentedCredential,
  request: PresentationRequest,
  grounds: Grounds,
  at: string,
): Promise<{ readonly findings: readonly Finding[]; readonly answer: Answer }> {
  const format = formatOf(credential)
  // Neither waits for the other: a page verifies on other threads.
  const [examined, binding] = await Promise.all([
    examineCredential(credential, grounds, at),
    format.judgeBinding(credential, request, grounds),
  ])
  const candidate = {
    id: at,
    format: credential.format,
    types: examined.types,
    claims: credential.claims,
    bound: format.isBound(credential),
    authorityKeyIds: examined.authorityKeyIds,
  }
  const bindingFindings = binding.map((code) => ({ code, at: `${at}/key_binding` }))
  const answer = { query: queryId, candidate, disclosed: format.disclosed(credential), at }
  return { findings: [...examined.findings, ...bindingFindings], answer }
}
