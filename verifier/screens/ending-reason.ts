import { classify, isForeign } from '@fujie/shared/ui/scan/classify.ts'
import { say, type Language, type ReasonFacts } from '@fujie/shared/ui/messages.ts'
import { reasonAlone, reasonOf, reasonOfFault, type Reason } from '@fujie/shared/ui/reasons.ts'
import type { PurposeView } from '../contract.ts'
import { factsOf } from './in-words.ts'
import type { Ending } from './occasion.svelte.ts'

/** Symbol, code and what may be seen, for anything a check can end with. */
export function reasonOfEnding(ending: Ending, purpose: PurposeView | undefined): Reason {
  switch (ending.kind) {
    case 'result':
      return reasonOf(ending.result, { ageOnly: purpose?.ageOnly ?? false, samePerson: ending.samePerson })
    case 'reason':
      return reasonAlone(ending.code)
    case 'fault':
      return reasonAlone(reasonOfFault(ending.code))
  }
}

/** What the headline may name. */
export function factsOfEnding(language: Language, ending: Ending, purpose: PurposeView | undefined): ReasonFacts {
  switch (ending.kind) {
    case 'result':
      return factsOf(language, ending.result, purpose)
    case 'reason': {
      const { kind } = classify(ending.text ?? '')
      return ending.code === 'NOT_ID_CODE' && (isForeign(kind) || kind === 'offer')
        ? { kind: say(language, `scan.kind.${kind}`) }
        : {}
    }
    case 'fault':
      return { number: ending.code }
  }
}
