import type { Evidence } from '@fujie/shared/core/presentation/evidence.ts'
import { judgePresentation } from '@fujie/shared/core/presentation/judge.ts'
import { VerifiedCache } from '@fujie/shared/core/presentation/verified-cache.ts'
import { weightsOf, type Policy } from '@fujie/shared/core/trust/policy.ts'
import { reach, type FindingCode, type Outcome } from '@fujie/shared/core/verdict.ts'
import type { IssueOptions, PresentOptions, World } from '../fixtures/world.ts'

export interface Circumstances {
  readonly issue?: IssueOptions
  readonly present?: PresentOptions
  readonly evidence?: Evidence
  readonly policy?: Partial<Policy>
  readonly now?: number
  readonly cache?: VerifiedCache
}

export interface Judgement {
  readonly outcome: Outcome
  readonly codes: readonly FindingCode[]
  /** What the outcome would be if these were not found: a guard that is not needed changes nothing. */
  without(...codes: readonly FindingCode[]): Outcome
}

/** Issues, presents and judges in a world, by the judge itself. */
export async function judge(world: World, circumstances: Circumstances = {}): Promise<Judgement> {
  const { issue, present, evidence, now = world.now, cache = new VerifiedCache() } = circumstances
  const policy = world.policy(circumstances.policy)
  const presentation = await world.present(await world.issue(issue), { at: now, ...present })
  const { outcome, findings } = await judgePresentation(presentation, evidence ?? world.evidence(), policy, now, cache)
  return {
    outcome,
    codes: [...new Set(findings.map(({ code }) => code))].toSorted(),
    without: (...codes) =>
      reach(
        findings.filter(({ code }) => !codes.includes(code)),
        weightsOf(policy),
        undefined,
      ).outcome,
  }
}
