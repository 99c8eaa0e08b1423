import type { Instant } from '../instant.ts'
import { judgeAccreditation } from './judge-accreditation.ts'
import type { IssuerJudgement } from './judge-issuer.ts'
import { namesType } from './policy.ts'
import type { Grounds } from './prove.ts'

/** Further types of one credential that are looked at. */
const mostTypes = 8

/** Of further types a credential names beside its own, those its issuer may issue too: by the log, or by a local anchor. */
export async function accreditedTypes(
  further: readonly string[],
  { isLogged, subject }: IssuerJudgement,
  at: Instant,
  grounds: Grounds,
): Promise<readonly string[]> {
  if (subject === undefined) return []
  const types: string[] = []
  for (const vct of further.slice(0, mostTypes)) {
    if (isLogged) {
      const { codes } = await judgeAccreditation(subject, { vct, at }, grounds)
      if (codes.length === 0) types.push(vct)
    } else if (isAnchored(vct, subject, grounds)) types.push(vct)
  }
  return types
}

function isAnchored(vct: string, subject: string, { policy }: Grounds): boolean {
  return policy.anchors.some(
    (anchor) => 'did' in anchor && anchor.did === subject && anchor.types.some((type) => namesType(type, vct)),
  )
}
