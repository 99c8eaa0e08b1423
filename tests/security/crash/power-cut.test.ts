import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { needs } from '../../house/needs.ts'
import { Campaign, drawn, isFull, nothing, type Counts, type Life } from './campaign.ts'
import { Computer, cutPower } from './power/machine.ts'

const cuts = isFull ? 60 : 2
const present = needs('uml')
let place: string
let rooms = 0
const lives: Life[] = []

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'fujie-power-'))
})

afterEach(async () => {
  for (const { child } of lives.splice(0)) cutPower(child)
  await rm(place, { recursive: true, force: true })
})

/** Cuts the power of one computer again and again while it commits; then lets it come up and looks at its disk. */
async function cut(
  times: number,
  syncs: boolean,
  draw = drawn(times),
): Promise<Counts & { readonly acknowledged: number }> {
  const room = join(place, `${syncs}-${++rooms}`)
  const computer = await Computer.build(room, syncs)
  const campaign = new Campaign(join(room, 'out/log'))
  for (let i = 0; i < times; i++) {
    const life = await computer.start(campaign, 30)
    lives.push(life)
    await life.opened
    await new Promise((resolve) => setTimeout(resolve, draw() * 900))
    cutPower(life.child)
    await life.ended
  }
  const acknowledged = campaign.acknowledged
  await (
    await computer.start(campaign, 0)
  ).ended
  await computer.copyOut(join(room, 'out'))
  return { ...(await campaign.judge()), acknowledged }
}

/** On a busy machine the guest may have had the time to write by itself: then once more, at another moment. */
async function cutUntilLost(most: number): Promise<Counts & { readonly acknowledged: number }> {
  const moment = (most % 4) / 4 + 0.1
  const counts = await cut(1, false, () => moment)
  return counts.lost > 0 || most === 1 ? counts : cutUntilLost(most - 1)
}

describe.skipIf(!present)('crash/power-cut', () => {
  it(
    `a computer whose power is cut ${cuts} times while it commits has lost nothing it acknowledged`,
    { timeout: 300_000 + cuts * 20_000 },
    async ({ task }) => {
      const { acknowledged, ...counts } = await cut(cuts, true)
      // The control: a disk that says written before it has.
      const control = await cutUntilLost(8)
      const controlFailedAsItMust = control.lost > 0
      Object.assign(task.meta, { crash: { group: 'crash/power-cut', cycles: cuts, ...counts, controlFailedAsItMust } })
      expect(acknowledged).toBeGreaterThan(cuts)
      expect(counts).toEqual(nothing)
      expect(control.acknowledged).toBeGreaterThan(0)
      expect(controlFailedAsItMust).toBe(true)
    },
  )
})
