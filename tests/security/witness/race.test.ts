import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { witnessInSqlite, type WitnessStore } from '../../../registry/witness/store.ts'
import { TwoHeads, withoutTransaction, witnessOver } from './two-heads.ts'

const rounds = 1_000

let folder: string
const open: WitnessStore[] = []

const storeIn = (name: string) => {
  const store = witnessInSqlite(join(folder, name))
  open.push(store)
  return store
}

beforeEach(async () => {
  folder = await mkdtemp(join('/dev/shm', 'fujie-race-')).catch(() => mkdtemp(join(tmpdir(), 'fujie-race-')))
})

afterEach(async () => {
  for (const store of open.splice(0)) store.close()
  await rm(folder, { recursive: true, force: true })
})

/** Asks for two heads of one size at once, a thousand times; how often none, one or both were signed. */
async function race(stores: readonly [WitnessStore, WitnessStore]): Promise<Record<'none' | 'one' | 'both', number>> {
  const signed = { none: 0, one: 0, both: 0 }
  for (let round = 0; round < rounds; round++) {
    // A log of its own each time: the origin is the same, so the memory is cleared by going on from nothing.
    const heads = new TwoHeads()
    heads.growTogether(1 + (round % 7))
    const from = heads.size
    for (const store of stores) await forget(store)
    const [first, second] = [witnessOver(stores[0]), witnessOver(stores[1])]
    await first.add(await heads.request(0, 0))
    heads.grow(1 + (round % 5))
    const requests = [await heads.request(0, from), await heads.request(1, from)] as const
    const answers = await Promise.all([first.add(requests[0]), second.add(requests[1])])
    const count = answers.filter(({ status }) => status === 200).length
    signed[count === 0 ? 'none' : count === 1 ? 'one' : 'both']++
  }
  return signed
}

/** Puts a memory back to its beginning, as only its keeper could. */
async function forget(store: WitnessStore): Promise<void> {
  await store.advance('log.test', () => ({ size: 0, root: new Uint8Array(32), note: '' }))
}

describe('witness/race', () => {
  it('signs one of two heads of one size that are asked for at once, each of a thousand times', async () => {
    const store = storeIn('.')
    expect(await race([store, store])).toEqual({ none: 0, one: rounds, both: 0 })
  })

  it('signs one of them where the memory is opened twice', async () => {
    expect(await race([storeIn('.'), storeIn('.')])).toEqual({ none: 0, one: rounds, both: 0 })
  })

  it('notices when the defence is gone: with look and write apart both are signed', async () => {
    const store = withoutTransaction(storeIn('.'))
    expect((await race([store, store])).both).toBeGreaterThan(0)
  })
})
