import { describe, expect, it } from 'vitest'
import type { EvidenceItem } from '../core/presentation/evidence.ts'
import type { EvidenceStore } from './evidence-store.ts'

const at = 1_796_000_000

export function item(name: string, fetchedAt = at, more: Partial<EvidenceItem> = {}): EvidenceItem {
  return { kind: 'did_state', name, fetchedAt, bytes: new TextEncoder().encode(`${name} ${fetchedAt}`), ...more }
}

/** What every store of evidence keeps to. `make` gives an empty one. */
export function evidenceStoreContract(name: string, make: () => Promise<EvidenceStore> | EvidenceStore): void {
  describe(`evidence: ${name}`, () => {
    it('keeps an item to the byte with its age, and names no other', async () => {
      const store = await make()
      const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
      await store.put([item('did:fujie:a', at, { bytes })])
      expect(await store.find('did_state', 'did:fujie:a')).toEqual(item('did:fujie:a', at, { bytes }))
      expect(await store.find('did_state', 'did:fujie:b')).toBeUndefined()
      expect(await store.find('accreditation', 'did:fujie:a')).toBeUndefined()
    })

    it('keeps nothing at first', async () => {
      expect(await (await make()).all()).toEqual([])
    })

    it('keeps the newer of one thing, in whichever order they come', async () => {
      const store = await make()
      await store.put([item('a', at + 1)])
      await store.put([item('a', at)])
      expect(await store.find('did_state', 'a')).toEqual(item('a', at + 1))
      await store.put([item('a', at + 2)])
      expect(await store.all()).toEqual([item('a', at + 2)])
    })

    it('keeps what came last of one instant', async () => {
      const store = await make()
      const later = item('a', at, { bytes: new Uint8Array([2]) })
      await store.put([item('a')])
      await store.put([later])
      expect(await store.find('did_state', 'a')).toEqual(later)
    })

    it('keeps what is put at once, each once, with names of any letters', async () => {
      const store = await make()
      const token = item('https://police.example/status/1?x=/../é~', at, { kind: 'status_token' })
      const digest = item('did:fujie:a https://police.example/status/1', at, { kind: 'status_digest' })
      await store.put([token, digest])
      await store.put([])
      expect(await store.all()).toHaveLength(2)
      expect(await store.all()).toEqual(expect.arrayContaining([token, digest]))
    })

    it('keeps all that several put at a time', async () => {
      const store = await make()
      const items = Array.from({ length: 20 }, (_, i) => item(`name ${i}`, at + i))
      await Promise.all(items.map((each) => store.put([each, item('common', each.fetchedAt)])))
      expect(await store.all()).toHaveLength(21)
      expect(await store.find('did_state', 'common')).toEqual(item('common', at + 19))
    })
  })
}
