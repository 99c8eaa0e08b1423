import { describe, expect, it } from 'vitest'
import { evidenceStoreContract, item } from '../ports/evidence-store.contract.ts'
import { createMemoryStore } from './memory-store.ts'

evidenceStoreContract('memory', () => createMemoryStore())

describe('evidence in memory', () => {
  it('keeps no more than it may: the oldest give way', async () => {
    const store = createMemoryStore([], 2)
    for (const name of ['a', 'b', 'c']) await store.put([item(name)])
    expect((await store.all()).map(({ name }) => name)).toEqual(['b', 'c'])
  })
})
