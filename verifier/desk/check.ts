import { Fault } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import { formatRequestLink } from '@fujie/shared/core/qr/link.ts'
import type { Desk } from './desk.ts'
import type { CheckNews } from './news.ts'
import type { Check, CheckState } from './ports.ts'
import type { Purpose } from './purposes/purpose.ts'
import { digestOf, newId } from './secret.ts'

/**
 * Begins a check for a browser that will be known by its secret; returns the id for its address.
 *
 * @throws Fault `purpose.unknown`, `store.full`
 */
export async function openCheck({ settings, ports }: Desk, purposeId: string, secret: string): Promise<string> {
  const purpose = settings.purposes.find(({ id }) => id === purposeId)
  if (!purpose) throw new Fault('purpose.unknown')
  const id = newId(ports.random)
  await ports.checks.insert({
    hash: hashOf(id),
    browserHash: hashOf(secret),
    purpose: purpose.id,
    expires: ports.clock.now() + lifetimes.session,
  })
  return id
}

/**
 * The check a browser began. Without its secret, or with another's, the check is not there.
 *
 * @throws Fault `session.not_found`
 */
export async function findCheck({ ports }: Desk, id: string, secret: string | undefined): Promise<Check> {
  const check = await ports.checks.find(hashOf(id))
  if (!check || secret === undefined || check.browserHash !== digestOf(secret)) throw new Fault('session.not_found')
  return check
}

/** A way into a check: where a wallet fetches the request. */
export interface Slot {
  readonly requestUri: string
  readonly expires: Instant
}

/**
 * Draws a new slot of a check that nobody has opened yet. It lives no longer than the check, unless it prolongs it.
 *
 * @throws Fault `request.already_fetched`
 */
export async function drawSlot(desk: Desk, check: Check, expires: Instant): Promise<Slot> {
  const id = newId(desk.ports.random)
  const added = await desk.ports.checks.addSlot(check.hash, hashOf(id), expires)
  if (!added) throw new Fault('request.already_fetched')
  return { requestUri: `${desk.settings.origin}/vp/requests/${id}`, expires }
}

/**
 * What the page is told now, in the state the check is in; a result is told once and then forgotten.
 *
 * @throws Fault `session.not_found`
 */
export async function tellNews(desk: Desk, hash: string): Promise<CheckNews> {
  const check = await desk.ports.checks.find(hash)
  if (!check) throw new Fault('session.not_found')
  switch (stateAt(check, desk.ports.clock.now())) {
    case 'created':
      return drawLink(desk, check)
    case 'fetched':
      return { state: 'opened' }
    case 'consumed':
      return { state: 'judging' }
    case 'accepted':
    case 'refused':
      return tellEnding(desk, check)
    case 'declined':
      return { state: 'declined' }
    case 'cancelled':
      return { state: 'cancelled' }
    case 'read':
    case 'expired':
      return { state: 'expired' }
  }
}

async function drawLink(desk: Desk, check: Check): Promise<CheckNews> {
  const expires = Math.min(desk.ports.clock.now() + lifetimes.qrSlotCounter, check.expires)
  const { requestUri } = await drawSlot(desk, check, expires)
  const { clientId } = desk.settings.identity
  return {
    state: 'waiting',
    link: formatRequestLink({ clientId, requestUri }),
    expires,
    life: lifetimes.qrSlotCounter,
  }
}

async function tellEnding({ endings, ports }: Desk, check: Check): Promise<CheckNews> {
  const ending = endings.get(check.hash)
  endings.delete(check.hash)
  await ports.checks.markRead(check.hash)
  // Read before, or lost with the process that judged it.
  if (!ending) return { state: 'expired' }
  return ending.kind === 'judged'
    ? { state: 'judged', result: ending.result }
    : { state: 'failed', fault: ending.fault }
}

/** The state with the clock's word: what is not finished in its time is expired. */
export function stateAt({ state, expires }: Check, now: Instant): CheckState {
  const waits = state === 'created' || state === 'fetched' || state === 'consumed'
  return waits && now >= expires ? 'expired' : state
}

/** The page gives up. */
export async function cancelCheck({ ports, endings, occasions, bell }: Desk, check: Check): Promise<void> {
  await ports.checks.cancel(check.hash)
  endings.delete(check.hash)
  occasions.delete(check.hash)
  bell.ring(check.hash)
}

/** Forgets what is over: checks an hour after their end, results nobody fetched, replay keys past their time. */
export async function sweep({ ports, endings, occasions }: Desk): Promise<void> {
  const now = ports.clock.now()
  for (const [hash, { until }] of endings) if (until <= now) endings.delete(hash)
  for (const [hash, { until }] of occasions) if (until <= now) occasions.delete(hash)
  await ports.checks.sweep(now - keptAfterEnd, now)
}

const keptAfterEnd = 3_600

export function purposeOf({ settings }: Desk, check: Check): Purpose {
  const purpose = settings.purposes.find(({ id }) => id === check.purpose)
  if (!purpose) throw new Fault('purpose.unknown')
  return purpose
}

/** @throws Fault `session.not_found` for what is no identifier of ours */
export function hashOf(id: string): string {
  const hash = digestOf(id)
  if (hash === undefined) throw new Fault('session.not_found')
  return hash
}

/** Whether a check is over for want of time, so that the page can be told without being asked. */
export async function hasExpired({ ports }: Desk, hash: string): Promise<boolean> {
  const check = await ports.checks.find(hash)
  return !check || stateAt(check, ports.clock.now()) === 'expired'
}
