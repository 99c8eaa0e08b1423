import { digestOfText } from '@fujie/shared/core/crypto/hash.ts'
import { headerOf } from '@fujie/shared/core/trust/judge-verifier.ts'
import type { NewEntry } from './history.ts'
import type { PlannedChoice } from './request-plan.ts'
import type { VerifierStanding } from './trust.ts'

/**
 * What an entry keeps of an occasion beyond its names: who asked and how it stood then, and digests by which request and
 * answer can be recognised, though nothing shown can be read from them.
 */
export function occasionOf(
  { client, text }: { readonly client: string; readonly text: string },
  { findings, did, contact, checkpoint }: VerifierStanding,
  chosen: readonly PlannedChoice[],
  answer: string | undefined,
): Pick<NewEntry, 'header' | 'contact' | 'receipt'> {
  const keys = chosen.flatMap(({ showable }) => (showable.minted === undefined ? [showable.copy.key] : []))
  return {
    header: headerOf(findings),
    receipt: {
      verifier: did ?? client,
      request: digestOfText(text),
      ...(answer === undefined ? {} : { answer: digestOfText(answer), keys }),
      ...(checkpoint === undefined ? {} : { checkpoint }),
    },
    ...(contact === undefined ? {} : { contact }),
  }
}
