import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { needs } from '../../house/needs.ts'
import { Bench, sampled, struck, type Call } from '../fault/traced.ts'
import { isFull, nothing, plus, type Counts } from './campaign.ts'
import type { Weakness } from './real-log.ts'

const present = needs('strace')
let bench: Bench
let calls: readonly Call[]

beforeAll(async () => {
  if (!present) return
  bench = await Bench.open()
  calls = await bench.record()
}, 60_000)

afterAll(() => bench?.close())

/** Kills a commit in each of these calls; what does not die there is not counted as a kill. */
async function killIn(chosen: readonly Call[], weak?: Weakness): Promise<Counts & { readonly killed: number }> {
  let [sum, killed] = [nothing, 0]
  for (const call of chosen) {
    await bench.with(async (campaign) => {
      const { status } = await struck(campaign, call, 'signal=SIGKILL', weak)
      if (status === null) killed++
      sum = plus(sum, await campaign.judge())
    })
  }
  return { ...sum, killed }
}

describe.skipIf(!present)('crash/every-syscall', () => {
  it(
    'a commit killed in each write, sync, rename and removal loses, forks and doubles nothing',
    { timeout: 300_000 },
    async ({ task }) => {
      const chosen = isFull ? calls : sampled(calls, 10)
      const kinds = new Set(calls.map(({ name }) => name))
      expect([...kinds]).toEqual(expect.arrayContaining(['write', 'pwrite64', 'fsync', 'rename', 'unlink']))
      const { killed, ...counts } = await killIn(chosen)
      // The control: batches that are staged nowhere. Once the head has moved, a kill leaves a head of nothing.
      const control = await killIn(
        calls.filter(({ name, path }) => name === 'write' && path.startsWith('tile/')),
        'unstaged',
      )
      const controlFailedAsItMust = control.lost > 0
      const crash = { group: 'crash/every-syscall', cycles: killed, ...counts, controlFailedAsItMust }
      Object.assign(task.meta, { crash })
      expect(counts).toEqual(nothing)
      expect(killed).toBe(chosen.length)
      expect(controlFailedAsItMust).toBe(true)
    },
  )
})
