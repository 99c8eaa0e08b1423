import { beforeAll, describe, expect, it } from 'vitest'
import { thumbprint } from '@fujie/shared/core/crypto/key.ts'
import type { CreateOperation } from '@fujie/shared/core/record/operation.ts'
import type { SignedRecord } from '@fujie/shared/core/record/record.ts'
import { signRecord } from '@fujie/shared/ports/sign-record.ts'
import { namedKey } from '../../fixtures/registry.ts'
import { Machine, submit, type CrashReport, type Weakness } from './crashing.ts'

let records: readonly SignedRecord[]
/** Steps of a whole life: genesis and three batches. */
let steps: number

beforeAll(async () => {
  const machine = new Machine()
  const { sequencer } = await machine.boot()
  records = await Promise.all(['a', 'b', 'c'].map((name) => create(sequencer.log, name)))
  const process = await new Machine().boot()
  for (const record of records) await submit(machine, process, record)
  steps = process.life.steps
})

function create(log: string, name: string): Promise<SignedRecord<CreateOperation>> {
  const promise = (of: string) => ({ threshold: 1, thumbprints: [thumbprint(namedKey(`${name}/${of}`).publicJwk)] })
  const signer = namedKey(name)
  return signRecord<CreateOperation>(
    {
      ...{ v: 1, kind: 'create', log, class: 'organisation', keys: [signer.publicJwk], doc: { keys: [] } },
      next: { update: promise('update'), recovery: promise('recovery') },
    },
    [{ signer }],
  )
}

type Counts = Pick<CrashReport, 'lost' | 'forks' | 'duplicates'>

/** Lives one life that ends at each of some steps, then a last one in which all is looked at. */
async function live(deaths: readonly number[], weakness: Weakness = {}): Promise<Counts> {
  const machine = new Machine(weakness)
  for (const death of deaths) {
    try {
      const process = await machine.boot(death)
      for (const record of records) if (!process.life.isOver) await submit(machine, process, record)
    } catch {
      // It died while it started, or found what it cannot go on with: the last life tells.
    }
    machine.crash()
  }
  try {
    const last = await machine.boot()
    for (const record of records) await submit(machine, last, record)
    const duplicates = await machine.duplicates(last.sequencer)
    return { lost: machine.lost(), forks: machine.forks(), duplicates }
  } catch {
    return { lost: Math.max(1, machine.acknowledged.size), forks: machine.forks(), duplicates: 0 }
  }
}

async function liveAll(lives: readonly (readonly number[])[], weakness?: Weakness): Promise<Counts> {
  const sum = { lost: 0, forks: 0, duplicates: 0 }
  for (const deaths of lives) {
    const { lost, forks, duplicates } = await live(deaths, weakness)
    sum.lost += lost
    sum.forks += forks
    sum.duplicates += duplicates
  }
  return sum
}

const everyStep = () => Array.from({ length: steps }, (_, i) => [i + 1])

describe('crash/commit-steps', () => {
  it('dies at every step, before it and after it, and loses, forks and doubles nothing', async ({ task }) => {
    const counts = await liveAll(everyStep())
    expect(steps).toBeGreaterThan(60)
    expect(counts).toEqual({ lost: 0, forks: 0, duplicates: 0 })
    const control = await liveAll(everyStep(), { cached: 6 })
    Object.assign(task.meta, {
      crash: { group: 'crash/commit-steps', cycles: steps, ...counts, controlFailedAsItMust: control.lost > 0 },
    })
    // The control: the same lives on a disk that says written before it has.
    expect(control.lost).toBeGreaterThan(0)
  })

  it('dies at two steps in a row, the second while it recovers from the first', async ({ task }) => {
    const pairs = everyStep().flatMap(([first = 0]) => [1, 4, 7, 10, 13].map((second) => [first, second]))
    const counts = await liveAll(pairs)
    expect(counts).toEqual({ lost: 0, forks: 0, duplicates: 0 })
    const control = await liveAll(pairs.slice(0, 120), { cached: 6 })
    Object.assign(task.meta, {
      crash: { group: 'crash/two-steps', cycles: pairs.length, ...counts, controlFailedAsItMust: control.lost > 0 },
    })
    expect(control.lost).toBeGreaterThan(0)
  })
})

describe('log/single-head', () => {
  async function twoWriters(weakness: Weakness): Promise<Counts> {
    const machine = new Machine(weakness)
    const [first, second] = [await machine.boot(), await machine.boot()]
    const [a, b, c] = records as [SignedRecord, SignedRecord, SignedRecord]
    await submit(machine, first, a).catch(() => undefined)
    await submit(machine, second, b).catch(() => undefined)
    await submit(machine, first, c).catch(() => undefined)
    return { lost: machine.lost(), forks: machine.forks(), duplicates: 0 }
  }

  it('two writers make one log', async ({ task }) => {
    const counts = await twoWriters({})
    expect(counts).toEqual({ lost: 0, forks: 0, duplicates: 0 })
    const control = await twoWriters({ unguarded: true })
    Object.assign(task.meta, {
      crash: { group: 'log/single-head', cycles: 1, ...counts, controlFailedAsItMust: control.forks > 0 },
    })
    // The control: heads that are set and not swapped, and a signer without a journal.
    expect(control.forks).toBeGreaterThan(0)
  })
})
