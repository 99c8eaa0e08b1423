import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { needs } from '../../house/needs.ts'
import { isFull, nothing, plus, type Counts } from '../crash/campaign.ts'
import type { Weakness } from '../crash/real-log.ts'
import { Bench, sampled, struck, traced, type Call, type Injection } from './traced.ts'

const present = needs('strace')
let bench: Bench
let calls: readonly Call[]

beforeAll(async () => {
  if (!present) return
  bench = await Bench.open()
  calls = await bench.record()
}, 60_000)

afterAll(() => bench?.close())

/** What came of errors: beside the usual, operations that were acknowledged although a call before had failed. */
interface Came extends Counts {
  /** Processes that ended because of the error. */
  readonly ended: number
}

async function fail(chosen: readonly Call[], injection: Injection, weak?: Weakness): Promise<Came> {
  let [sum, ended] = [nothing, 0]
  for (const call of chosen) {
    await bench.with(async (campaign) => {
      const known = campaign.acknowledged
      const { status, trace } = await struck(campaign, call, injection, weak)
      const [hit, done] = [trace.includes('(INJECTED)'), campaign.acknowledged > known]
      if (!hit) throw new Error(`${call.name} ${call.path} ${call.n} was not struck`)
      if (status !== 0) ended++
      // Whoever acknowledges goes on, and whoever goes on has not failed: the two are one.
      const broken = (isDecisive(call) && done) || (status === 0) !== done ? 1 : 0
      sum = plus(sum, plus(await campaign.judge(), { ...nothing, lost: broken }))
    })
  }
  return { ...sum, ended }
}

/**
 * What must be on the disk before an operation may be acknowledged: all but what tidies up behind it, and but what was
 * made durable before. SQLite syncs the folder again when it first writes, and does not mind if that fails; we have
 * done it for each of the three databases, and do mind.
 */
function isDecisive(call: Call): boolean {
  if (call.isOfDatabases && call.path === '' && call.n > 3) return false
  return calls.indexOf(call) < calls.findLastIndex(({ name, path }) => name === 'rename' && path === 'checkpoint.new')
}

const ofNames =
  (...names: string[]) =>
  ({ name }: Call) =>
    names.includes(name)
const chosenOf = (all: readonly Call[]) => (isFull ? all : sampled(all, 6))

describe.skipIf(!present)('fault/fsync-eio', () => {
  it(
    'a sync that fails ends the process, and nothing it was to make durable is acknowledged',
    { timeout: 300_000 },
    async ({ task }) => {
      const syncs = calls.filter(ofNames('fsync', 'fdatasync'))
      const chosen = chosenOf(syncs)
      const { ended, ...counts } = await fail(chosen, 'error=EIO')
      // The control: a process that does not hear that a sync of a tile or of the stage failed.
      const files = syncs.filter(({ path }) => /^(stage|tile)\/.*\.new$/.test(path))
      const control = await fail(files, 'error=EIO', 'deaf')
      const controlFailedAsItMust = control.lost > 0
      const crash = { group: 'fault/fsync-eio', cycles: chosen.length, ...counts, controlFailedAsItMust }
      Object.assign(task.meta, { crash })
      expect(counts).toEqual(nothing)
      expect(ended).toBeGreaterThan(chosen.length / 2)
      expect(files.length).toBeGreaterThan(1)
      expect(controlFailedAsItMust).toBe(true)
    },
  )
})

describe.skipIf(!present)('fault/enospc', () => {
  it(
    'a disk that is full ends the process before anything half written is signed',
    { timeout: 300_000 },
    async ({ task }) => {
      const chosen = chosenOf(calls.filter(ofNames('write', 'pwrite64', 'openat', 'rename', 'ftruncate')))
      const { ended, ...counts } = await fail(chosen, 'error=ENOSPC')
      // The control: what is staged is altered on its way to the disk, and nobody reads it back.
      const control = await rot('rotten and unread')
      const controlFailedAsItMust = control.lost > 0
      const crash = { group: 'fault/enospc', cycles: chosen.length, ...counts, controlFailedAsItMust }
      Object.assign(task.meta, { crash })
      expect(counts).toEqual(nothing)
      expect(ended).toBeGreaterThan(chosen.length / 2)
      expect(await rot('rotten')).toEqual(nothing)
      expect(controlFailedAsItMust).toBe(true)
    },
  )
})

/** A commit onto a disk that alters what it is given, killed as soon as the head may have moved. */
function rot(weak: Weakness): Promise<Counts> {
  return bench.with(async (campaign) => {
    const tile = calls.find(({ name, path }) => name === 'write' && path.startsWith('tile/')) as Call
    await struck(campaign, tile, 'signal=SIGKILL', weak)
    return campaign.judge()
  })
}

describe.skipIf(!present)('fault/two-errors', () => {
  it('a second error while the first is being mended loses nothing', { timeout: 300_000 }, async ({ task }) => {
    const first = chosenOf(calls.filter(ofNames('fsync', 'write', 'pwrite64', 'rename'))).filter(isDecisive)
    const again = isFull ? [1, 2, 4, 7] : [1, 4]
    const live = async (weak?: Weakness) => {
      let sum = nothing
      for (const [i, call] of first.entries()) {
        const n = again[i % again.length] as number
        const counts = await bench.with(async (campaign) => {
          await struck(campaign, call, 'error=EIO', weak)
          await traced(campaign, ['-e', `inject=fsync,rename:error=EIO:when=${n}+`], weak)
          return campaign.judge()
        })
        sum = plus(sum, counts)
      }
      return sum
    }
    const counts = await live()
    const control = await live('unstaged')
    const controlFailedAsItMust = control.lost > 0
    Object.assign(task.meta, {
      crash: { group: 'fault/two-errors', cycles: first.length, ...counts, controlFailedAsItMust },
    })
    expect(counts).toEqual(nothing)
    expect(controlFailedAsItMust).toBe(true)
  })
})
