import { verifyForeignJwt, type ForeignTerms } from '@fujie/shared/adapters/vc-jwt.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import type { Evidence } from '@fujie/shared/core/presentation/evidence.ts'
import type { Presentation } from '@fujie/shared/core/presentation/presentation.ts'
import { VerifiedCache } from '@fujie/shared/core/presentation/verified-cache.ts'
import { knownDocument } from '@fujie/shared/core/trust/known-document.ts'
import { weightsOf, type Policy } from '@fujie/shared/core/trust/policy.ts'
import { reach, type Finding, type FindingCode, type Verdict } from '@fujie/shared/core/verdict.ts'

/** What did-jwt and our checks around it find in tokens of VCDM 1.1, beside what the judge does. */
export async function judgeForeign(
  { request, credentials }: Presentation,
  evidence: Evidence,
  policy: Policy,
  now: Instant,
): Promise<readonly Finding[]> {
  const grounds = { evidence, policy, now, cache: new VerifiedCache() }
  const terms = { resolve: (did: string) => knownDocument(did, grounds), now }
  const found = await Promise.all(
    credentials.map(async ({ credential }, i) => {
      if (credential.format !== 'vc-jwt-1.1') return []
      const at = `credentials/${i}`
      const issued = await verifyForeignJwt(credential.text, { ...terms, use: 'assertionMethod' })
      const shown = credential.presentation
      const held: ForeignTerms = { ...terms, use: 'authentication', audience: request.audience }
      const bound = shown === undefined ? [] : await verifyForeignJwt(shown.text, held)
      return [...named(issued, at), ...bound.map((code) => ({ code, at: `${at}/key_binding` }))]
    }),
  )
  return found.flat()
}

function named(codes: readonly FindingCode[], at: string): readonly Finding[] {
  return codes.map((code) => ({ code, at: code.startsWith('issuer.') ? `${at}/issuer` : at }))
}

/** The verdict on all that was found, each thing once. */
export function withFindings<T>(verdict: Verdict<T>, more: readonly Finding[], policy: Policy): Verdict<T | undefined> {
  const isNew = ({ code, at }: Finding) => !verdict.findings.some((known) => known.code === code && known.at === at)
  const added = more.filter(isNew)
  if (added.length === 0) return verdict
  const value = verdict.outcome === 'accepted' ? verdict.value : undefined
  return reach([...verdict.findings, ...added], weightsOf(policy), value)
}
