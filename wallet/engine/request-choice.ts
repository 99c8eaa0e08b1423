import { chooseAnswer } from '@fujie/shared/core/presentation/dcql.ts'
import type { Plan, PlannedChoice, PlannedPart, PlannedSet } from './request-plan.ts'

/** What a person decided: optional sets that go along, a choice or several for a part, an option for a set. */
export interface Decision {
  readonly optional: readonly string[]
  readonly chosen: Readonly<Record<string, string | readonly string[]>>
  readonly options?: Readonly<Record<string, number>> | undefined
}

/**
 * What was approved: a choice for every required set and for each ticked one; undefined if that is not whole, names what
 * was not offered, or a query beyond the verifier's registration is among them.
 *
 * Whether it answers the query is for the engine of the query language to say, not for this.
 */
export function chooseFrom(plan: Plan, decision: Decision): readonly PlannedChoice[] | undefined {
  if (!isOffered(plan, decision)) return undefined
  const decided = plan.sets.map((set) => decideSet(set, decision))
  const picked = new Map<string, PlannedChoice[]>()
  for (const { choices } of decided) {
    for (const [query, wanted] of byQuery(choices)) {
      const before = picked.get(query)
      // One query asked in two places is answered once: there is no telling which of two answers was meant.
      if (before !== undefined && !isSameChoice(before, wanted)) return undefined
      picked.set(query, wanted)
    }
  }
  const answer = chooseAnswer(plan.match, {
    options: decided.map(({ option }) => option),
    candidates: Object.fromEntries([...picked].map(([query, choices]) => [query, choices.map(copyOf)])),
  })
  if (answer === undefined || answer.some(({ query }) => plan.excess.has(query.id))) return undefined
  const choices = answer.map(({ query, candidate }) =>
    picked.get(query.id)?.find((choice) => copyOf(choice) === candidate.id),
  )
  return choices.every((choice) => choice !== undefined) ? choices : undefined
}

const copyOf = ({ showable }: PlannedChoice): string => showable.id

/** Only names that the plan knows. */
function isOffered({ sets }: Plan, { optional, chosen, options = {} }: Decision): boolean {
  const parts = new Set(sets.flatMap((set) => set.parts.map(({ id }) => id)))
  const known = new Set(sets.map(({ id }) => id))
  return (
    optional.every((id) => parts.has(id) || known.has(id)) &&
    Object.keys(chosen).every((id) => parts.has(id)) &&
    Object.keys(options).every((id) => known.has(id))
  )
}

interface DecidedSet {
  readonly option: number | undefined
  readonly choices: readonly PlannedChoice[]
}

const nothing: DecidedSet = { option: undefined, choices: [] }

function decideSet(set: PlannedSet, decision: Decision): DecidedSet {
  const isTicked = decision.optional.some((id) => id === set.id || set.parts.some((part) => part.id === id))
  if (!set.required && !isTicked) return nothing
  return set.single ? decideAmong(set, decision) : decideOption(set, decision)
}

/** Which document is chosen says which alternative it is. */
function decideAmong({ options, parts }: PlannedSet, decision: Decision): DecidedSet {
  const choices = parts.flatMap((part) => choicesIn(part, decision))
  const queries = [...new Set(choices.map(({ query }) => query))]
  const option = options.findIndex((each) => each.queries[0] === queries[0])
  // No option: the engine below refuses a required set without one, and a ticked one may not vanish either.
  if (queries.length !== 1 || option < 0) return { option: options.length, choices: [] }
  return { option, choices }
}

function decideOption({ id, first, parts }: PlannedSet, decision: Decision): DecidedSet {
  const option = decision.options?.[id] ?? first
  const taken = parts.filter(({ alternative }) => alternative?.option === option)
  return { option, choices: taken.flatMap((part) => choicesIn(part, decision)) }
}

function choicesIn({ id, choices }: PlannedPart, { chosen }: Decision): readonly PlannedChoice[] {
  const wanted = chosen[id]
  if (wanted === undefined) return choices.slice(0, 1)
  const ids = typeof wanted === 'string' ? [wanted] : wanted
  const found = choices.filter((choice) => ids.includes(choice.id))
  return found.length === new Set(ids).size ? found : []
}

function byQuery(choices: readonly PlannedChoice[]): ReadonlyMap<string, PlannedChoice[]> {
  return Map.groupBy(choices, ({ query }) => query)
}

function isSameChoice(one: readonly PlannedChoice[], other: readonly PlannedChoice[]): boolean {
  return one.length === other.length && one.every(({ id }) => other.some((each) => each.id === id))
}
