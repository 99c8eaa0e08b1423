import { describe, expect, it } from 'vitest'
import { evidenceStoreContract, item } from '../ports/evidence-store.contract.ts'
import { createEvidenceIndexedDb } from './evidence-indexeddb.ts'

let made = 0
const fresh = () => `fujie-evidence-${made++}-${Math.random()}`

evidenceStoreContract('IndexedDB', () => createEvidenceIndexedDb(fresh()))

describe('evidence in a page', () => {
  it('keeps all of it, with its age, for the next visit', async () => {
    const name = fresh()
    await createEvidenceIndexedDb(name).put([item('a', 10)])
    expect(await createEvidenceIndexedDb(name).find('did_state', 'a')).toEqual(item('a', 10))
  })
})
