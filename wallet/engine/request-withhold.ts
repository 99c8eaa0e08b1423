import type { Plan, PlannedPart, PlannedSet } from './request-plan.ts'

/**
 * Takes out of a plan whatever would give an identity number or a picture to one whom nobody vouches for (product
 * design, 4.6). What is not in the plan cannot be approved.
 */
export function withholdSensitive(plan: Plan): Plan {
  return { ...plan, sets: plan.sets.map((set) => ({ ...set, parts: set.parts.map(withholdIn) })) }
}

function withholdIn(part: PlannedPart): PlannedPart {
  const choices = part.choices.filter(({ items }) => !items.some(({ sensitive }) => sensitive))
  return { ...part, choices, withheld: choices.length === 0 && part.choices.length > 0 }
}

/** Why a required set cannot be answered by any of its options; undefined if it can. */
export function obstacleOf({ single, options, parts }: PlannedSet): 'excess' | 'withheld' | 'missing' | undefined {
  const ways = single
    ? [parts]
    : options.map((_, option) => parts.filter(({ alternative }) => alternative?.option === option))
  if (ways.some((way) => way.every(({ choices, excess }) => choices.length > 0 && !excess))) return undefined
  const [nearest = []] = ways.toSorted((one, other) => lackingIn(one) - lackingIn(other))
  if (nearest.some(({ excess }) => excess)) return 'excess'
  return nearest.some(({ withheld }) => withheld === true) ? 'withheld' : 'missing'
}

function lackingIn(way: readonly PlannedPart[]): number {
  return way.filter(({ choices }) => choices.length === 0).length
}
