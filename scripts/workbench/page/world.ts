import * as z from 'zod/mini'
import type { Pane } from '../stories/story.ts'

/** Where the roles of the demonstration are, as its server says. */
export interface World {
  readonly panes: Readonly<Record<Pane, string>>
  /** Goes into the names of wallets: those of another log are not opened. */
  readonly generation: string
}

const world: z.ZodMiniType<World> = z.object({
  panes: z.object({
    issuer: z.string(),
    wallet: z.string(),
    hotel: z.string(),
    shop: z.string(),
    registry: z.string(),
  }),
  generation: z.string(),
})

export async function loadWorld(): Promise<World> {
  const answer = await fetch('/world.json')
  return world.parse(await answer.json())
}

/** Pulls the cable between all roles, or puts it back. */
export async function setOnline(online: boolean): Promise<void> {
  await fetch('/network', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ online }),
  })
}

/** Has the server play a cheat; what there is to be scanned. */
export async function cheat(how: string): Promise<string> {
  const answer = await fetch(`/cheat/${how}`, { method: 'POST' })
  const body: unknown = await answer.json()
  const text = typeof body === 'object' && body !== null && 'text' in body ? body.text : undefined
  if (typeof text !== 'string') throw new Error('The cheat did not come about')
  return text
}
