import type { ChoiceView, PartView, RequestView } from '../engine/contract.ts'

/** What a person changed of the answer that was proposed. */
export interface Picks {
  /** Ids of choices by part. */
  readonly chosen: Readonly<Record<string, readonly string[]>>
  /** Options by set. */
  readonly options: Readonly<Record<string, number>>
  /** Optional parts that go along. */
  readonly ticked: readonly string[]
}

export const noPicks: Picks = { chosen: {}, options: {}, ticked: [] }

/** The option of a set that is shown. */
export function optionOf({ alternatives = [] }: RequestView, { options }: Picks, set: string): number {
  return options[set] ?? alternatives.find((each) => each.set === set)?.first ?? 0
}

/** The parts in sight: of each set of alternatives those of one option. */
export function partsShown(request: RequestView, picks: Picks): readonly PartView[] {
  return request.parts.filter(
    ({ alternative }) => alternative === undefined || optionOf(request, picks, alternative.set) === alternative.option,
  )
}

/** The documents used for a part: those picked, else the one the person came with, else the first. */
export function usedFor(part: PartView, { chosen }: Picks, preferred: string | undefined): readonly ChoiceView[] {
  const picked = part.choices.filter(({ id }) => chosen[part.id]?.includes(id))
  if (picked.length > 0) return picked
  const first = part.choices.find(({ document }) => document === preferred) ?? part.choices[0]
  return first === undefined ? [] : [first]
}

/** Picks a document, or another one beside it; the same query asked in another part gets the same answer. */
export function pick(request: RequestView, picks: Picks, part: PartView, used: readonly string[]): Picks {
  const first = used[0] ?? ''
  const alike = request.parts.filter(
    ({ id, choices }) => id === part.id || choices.some((choice) => choice.id === first),
  )
  return { ...picks, chosen: { ...picks.chosen, ...Object.fromEntries(alike.map(({ id }) => [id, used])) } }
}

export function tick(picks: Picks, part: string, on: boolean): Picks {
  return { ...picks, ticked: on ? [...picks.ticked, part] : picks.ticked.filter((each) => each !== part) }
}

/** Whether all documents that go along are of one person: as far as they say. */
export function sameness(used: readonly ChoiceView[]): 'same' | 'different' | 'unsaid' | undefined {
  const documents = new Map(used.map((choice) => [choice.document, choice.person]))
  if (documents.size < 2) return undefined
  const persons = new Set(documents.values())
  if (persons.has(undefined)) return 'unsaid'
  return persons.size === 1 ? 'same' : 'different'
}
