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
