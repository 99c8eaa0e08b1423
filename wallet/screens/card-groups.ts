import type { CardView } from '../engine/contract.ts'

/** How documents are put together on the first page, in this order. */
export const groups = ['identity', 'qualification', 'education', 'business', 'device'] as const

export type Group = (typeof groups)[number]

const groupByName: Readonly<Record<string, Group>> = {
  'resident-id': 'identity',
  'driving-licence': 'qualification',
  'volunteer-record': 'qualification',
  degree: 'education',
  'student-status': 'education',
  'business-licence': 'business',
  device: 'device',
}

/** Cards by group, empty groups left out. A type we do not know is a qualification. */
export function groupCards(
  cards: readonly CardView[],
): readonly { readonly group: Group; readonly cards: readonly CardView[] }[] {
  return groups
    .map((group) => ({ group, cards: cards.filter((card) => groupOfType(card.type) === group) }))
    .filter((each) => each.cards.length > 0)
}

/** The group of a type, by its name among ours. */
export function groupOfType(type: string): Group {
  const name = /^urn:fujie:cn:([a-z-]+):\d+$/.exec(type)?.[1] ?? ''
  return Object.hasOwn(groupByName, name) ? (groupByName[name] ?? 'qualification') : 'qualification'
}
