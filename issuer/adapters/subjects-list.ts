import type { Subject, Subjects } from '../desk/ports.ts'

/** The agency's register as it is given. */
export function subjectsOf(list: readonly Subject[]): Subjects {
  const byId = new Map(list.map((subject) => [subject.id, subject]))
  return { list: () => list, find: (id) => byId.get(id) }
}
