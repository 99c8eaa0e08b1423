import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemRandom } from '@fujie/shared/adapters/random-system.ts'
import { parseLink, type RequestLink } from '@fujie/shared/core/qr/link.ts'
import { openDesk } from '../../tests/fixtures/counter.ts'
import { World } from '../../tests/fixtures/world.ts'
import type { CheckNews } from '../contract.ts'
import { cancelCheck, findCheck, hashOf, openCheck } from '../desk/check.ts'
import type { Desk } from '../desk/desk.ts'
import { giveRequest } from '../desk/request.ts'
import { newSecret } from '../desk/secret.ts'
import { streamNews } from './news-stream.ts'

const world = await World.make()
const secret = newSecret(systemRandom)
let desk: Desk
let id: string

beforeEach(async () => {
  vi.useFakeTimers()
  desk = openDesk(world)
  id = await openCheck(desk, 'hotel-check-in', secret)
})
afterEach(() => {
  vi.useRealTimers()
})

/** A connection of the page, with all it has heard. */
function connect() {
  const news: CheckNews[] = []
  const stream = streamNews(desk, hashOf(id))
  let isOver = false
  stream.on('data', (part: Buffer) => {
    const text = part.toString()
    if (text.startsWith('data: ')) news.push(JSON.parse(text.slice(6)) as CheckNews)
  })
  stream.on('end', () => (isOver = true))
  return { news, stream, isOver: () => isOver, states: () => news.map(({ state }) => state) }
}

/** Lets time pass for the world and its timers. */
async function pass(seconds: number): Promise<void> {
  world.now += seconds
  await vi.advanceTimersByTimeAsync(seconds * 1_000)
}

function requestIdOf(news: CheckNews | undefined): string {
  if (news?.state !== 'waiting') throw new Error('no code')
  return (parseLink(news.link) as RequestLink).requestUri.split('/').pop() as string
}

describe('the news of a check', () => {
  it('begin with a code, which is redrawn before it dies', async () => {
    const page = connect()
    await pass(0)
    expect(page.news).toMatchObject([{ state: 'waiting', expires: world.now + 120, life: 120 }])
    await pass(59)
    expect(page.news).toHaveLength(1)
    await pass(1)
    expect(page.states()).toEqual(['waiting', 'waiting'])
    const [first, second] = page.news.map(requestIdOf)
    expect(first).not.toBe(second)
    await expect(giveRequest(desk, first as string, undefined)).resolves.toBeDefined()
    await expect(giveRequest(desk, second as string, undefined)).rejects.toMatchObject({
      code: 'request.already_fetched',
    })
    page.stream.destroy()
  })

  it('tell at once that a wallet has opened it', async () => {
    const page = connect()
    await pass(0)
    await giveRequest(desk, requestIdOf(page.news[0]), undefined)
    await pass(0)
    expect(page.states()).toEqual(['waiting', 'opened'])
    await pass(120)
    expect(page.states()).toEqual(['waiting', 'opened'])
    page.stream.destroy()
  })

  it('end when its time is over, within a tick', async () => {
    const page = connect()
    await pass(0)
    await giveRequest(desk, requestIdOf(page.news[0]), undefined)
    await pass(295)
    expect(page.isOver()).toBe(false)
    await pass(5)
    expect(page.states()).toEqual(['waiting', 'opened', 'expired'])
    expect(page.isOver()).toBe(true)
  })

  it('end when it is cancelled', async () => {
    const page = connect()
    await pass(0)
    await cancelCheck(desk, await findCheck(desk, id, secret))
    await pass(0)
    expect(page.states()).toEqual(['waiting', 'cancelled'])
    expect(page.isOver()).toBe(true)
  })

  it('keep nothing running for a page that has gone', async () => {
    const page = connect()
    await pass(0)
    expect(vi.getTimerCount()).toBe(2)
    page.stream.destroy()
    await pass(0)
    expect(vi.getTimerCount()).toBe(0)
    desk.bell.ring(hashOf(id))
    await pass(0)
    expect(page.news).toHaveLength(1)
  })
})
