import { Fault } from '@fujie/shared/core/fault.ts'
import type { ConsentMethods, Input, RequestView } from '../engine/contract.ts'

export type Approval = Input<ConsentMethods, 'request.approve'>

/** What the caller decided beforehand. */
export interface Decision {
  /** `part=document`: a part or credential query by its id, and the document or choice that answers it. */
  readonly choose: readonly string[]
  /** Ids of optional parts to share too. */
  readonly optional: readonly string[]
  /** Said in advance where the request needs it, and for nothing else. */
  readonly acknowledge?: 'understand' | 'type_anyway' | undefined
  readonly pin?: string | undefined
}

/**
 * Turns a decision into the approval of one request.
 *
 * @throws Fault `request.malformed` for a part or document that the request does not offer
 */
export function approvalOf(view: RequestView, { choose, optional, acknowledge, pin }: Decision): Approval {
  return {
    id: view.id,
    chosen: Object.fromEntries(choose.map((words) => chosenBy(words, view))),
    optional: [...optional],
    ...(acknowledge === undefined ? {} : { acknowledged: acknowledge }),
    ...(pin === undefined ? {} : { pin }),
  }
}

function chosenBy(words: string, { parts }: RequestView): readonly [part: string, choice: string] {
  const cut = words.indexOf('=')
  const [asked, wanted] = [words.slice(0, cut), words.slice(cut + 1)]
  for (const part of parts) {
    const named = part.choices.filter(({ id }) => part.id === asked || id.startsWith(`${asked}/`))
    const choice = named.find(({ id, document }) => id === wanted || document === wanted)
    if (choice !== undefined) return [part.id, choice.id]
  }
  throw new Fault('request.malformed', { argument: 'choose' })
}
