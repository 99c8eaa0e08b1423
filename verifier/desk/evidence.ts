import { Fault } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import type { Evidence } from '@fujie/shared/core/presentation/evidence.ts'
import type { Presentation } from '@fujie/shared/core/presentation/presentation.ts'
import { redactCredential } from '@fujie/shared/core/presentation/redact.ts'
import type { Basis } from '@fujie/shared/core/presentation/replay.ts'
import type { StatedVerdict } from '@fujie/shared/core/presentation/evidence-bundle.ts'
import { gatherState } from '@fujie/shared/evidence/gather.ts'
import { signEvidence, type JudgedOccasion } from '@fujie/shared/ports/sign-evidence.ts'
import type { Desk, KeptOccasion } from './desk.ts'
import type { Check } from './ports.ts'

/** How many are kept at a time; the oldest give way. */
const mostKept = 1_000

/** A verdict without values: the disclosures are let go here, not when somebody asks. */
export function occasionOf(
  { credentials }: Presentation,
  basis: Basis,
  verdict: StatedVerdict,
  policyId: string,
): JudgedOccasion | undefined {
  try {
    const presented = credentials.map((each) => ({ ...redactCredential(each), disclosures: [] }))
    return { ...basis, presented, verdict, policyId }
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.code !== 'evidence.not_replayable') throw thrown
    return undefined
  }
}

/** Keeps it in memory alone: nothing of a check is on disk. */
export function keepOccasion({ occasions }: Desk, hash: string, kept: KeptOccasion): void {
  occasions.set(hash, kept)
  if (occasions.size > mostKept) occasions.delete(occasions.keys().next().value as string)
}

/**
 * Signs the redacted evidence bundle of a check that came to a verdict and is still open.
 *
 * @throws Fault `not_found` before the verdict and after the check, `evidence.not_replayable`, `signer.unavailable`
 */
export async function signCheckEvidence(desk: Desk, { hash }: Check): Promise<string> {
  const now = desk.ports.clock.now()
  const kept = desk.occasions.get(hash)
  if (kept === undefined || kept.until <= now) throw new Fault('not_found')
  const { occasion } = kept
  if (occasion === undefined) throw new Fault('evidence.not_replayable')
  const { signer, header } = desk.settings.identity
  const evidence = await withOwnState(desk, occasion.evidence, now)
  return signEvidence({ ...occasion, evidence }, { signer, header, now })
}

/** A key named by DID has to be proven too, unless the verdict's own evidence does; the rest stays as it was judged. */
async function withOwnState(desk: Desk, evidence: Evidence, now: Instant): Promise<Evidence> {
  const { kid } = desk.settings.identity.header
  if (typeof kid !== 'string') return evidence
  const { items } = await gatherState(kid.split('#')[0] as string, desk.ports.evidence, now)
  const own = items.filter(
    ({ kind, name }) =>
      kind === 'did_state' && !evidence.items.some((item) => item.kind === kind && item.name === name),
  )
  return { items: [...evidence.items, ...own] }
}
