import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { originHash } from '@fujie/shared/core/log/add-checkpoint.ts'
import { parseCheckpoint } from '@fujie/shared/core/log/checkpoint.ts'
import { parseNote } from '@fujie/shared/core/log/note.ts'
import { witnessInSqlite, type WitnessStore } from '../../../registry/witness/store.ts'
import type { Witness } from '../../../registry/witness/witness.ts'
import { TwoHeads, withoutTransaction, witnessOver } from './two-heads.ts'

let folder: string
let store: WitnessStore

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fujie-rollback-'))
  store = witnessInSqlite(folder)
})

afterEach(async () => {
  store.close()
  await rm(folder, { recursive: true, force: true })
})

const sizeOf = async (witness: Witness) =>
  parseCheckpoint(parseNote((await witness.checkpoint(originHash('log.test'))) ?? '').text).size

/** A small step and a large one, both from the head that was, asked for at once in either order. */
async function overtake(witness: Witness, smallFirst: boolean): Promise<number> {
  const heads = new TwoHeads()
  heads.growTogether(5)
  await witness.add(await heads.request(0, 0))
  heads.growTogether(20)
  const requests = [await heads.request(0, 5, 9), await heads.request(0, 5, 25)]
  await Promise.all((smallFirst ? requests : requests.toReversed()).map((request) => witness.add(request)))
  return sizeOf(witness)
}

describe('witness/rollback', () => {
  it('stays at the larger head when a smaller one, checked before, comes after it', async () => {
    const witness = witnessOver(store)
    expect(await overtake(witness, false)).toBe(25)
  })

  it('signs nothing below a head it once signed, whatever it is shown', async () => {
    const witness = witnessOver(store)
    const heads = new TwoHeads()
    heads.growTogether(30)
    expect((await witness.add(await heads.request(0, 0, 25))).status).toBe(200)
    for (let size = 1; size < 25; size++) {
      expect((await witness.add(await heads.request(0, size, size))).status).toBe(409)
      expect((await witness.add(await heads.request(0, 0, size))).status).toBe(409)
    }
    expect(await sizeOf(witness)).toBe(25)
  })

  it('knows its head after a crash that left no time to sign', async () => {
    const witness = witnessOver({ ...store, keepSignature: () => undefined })
    const heads = new TwoHeads()
    heads.growTogether(5)
    await witness.add(await heads.request(0, 0))
    store.close()
    store = witnessInSqlite(folder)
    expect(store.latest('log.test')).toMatchObject({ size: 5 })
    expect(store.latest('log.test')?.signature).toBeUndefined()
    expect(await sizeOf(witnessOver(store))).toBe(5)
    expect(store.latest('log.test')?.signature).toBeDefined()
  })

  it('notices when the defence is gone: with look and write apart it goes back', async () => {
    expect(await overtake(witnessOver(withoutTransaction(store)), false)).toBe(9)
  })
})
