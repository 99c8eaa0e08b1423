import type { Seconds } from '@fujie/shared/core/instant.ts'
import type { Desk } from './desk.ts'

const day: Seconds = 86_400

/** Which day it is at this counter. */
function dayAt({ ports, settings }: Desk): number {
  return Math.floor((ports.clock.now() + settings.utcOffset) / day)
}

/** How many checks came to a verdict today. */
export function countedToday(desk: Desk): Promise<number> {
  return desk.ports.checks.counted(dayAt(desk))
}

export async function countOne(desk: Desk): Promise<void> {
  await desk.ports.checks.count(dayAt(desk))
}

/** What a counter knows of the world, and how old that is. */
export interface Knowledge {
  readonly online: boolean
  readonly listAge?: Seconds
  readonly statusAge?: Seconds
}

/** The registry is asked how it is no more often than this. */
const askedEvery: Seconds = 10

/** Asks the registry for its checkpoint, on its own beat and never because of a presentation. */
export async function knowledgeOf(desk: Desk): Promise<Knowledge> {
  const { contact, ports } = desk
  const now = ports.clock.now()
  if (now - contact.asked >= askedEvery) {
    contact.asked = now
    await ports.evidence.registry.checkpoint().then(
      () => (contact.answered = now),
      () => undefined,
    )
  }
  const items = await ports.evidence.store.all()
  const oldest = items.filter(({ kind }) => kind === 'status_token').map(({ fetchedAt }) => fetchedAt)
  return {
    online: contact.answered === contact.asked,
    ...(contact.answered === undefined ? {} : { listAge: now - contact.answered }),
    ...(oldest.length === 0 ? {} : { statusAge: Math.max(0, now - Math.min(...oldest)) }),
  }
}
