import { describe, expect, it } from 'vitest'
import { systemRandom as random } from '@fujie/shared/adapters/random-system.ts'
import { utf8, utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { createMirrorMemory, createVaultMemory } from '../adapters/vault-memory.ts'
import { addHistory, eraseHistory, getHistory, listHistory, partiesOf, type NewEntry } from './history.ts'
import { drawVault } from './new-vault.ts'
import { leastCost } from './vault-kdf.ts'
import { createVault } from './vault.ts'

const drawn = await drawVault(random, {
  passphrase: 'six words would be better here',
  demo: false,
  cost: leastCost,
  device: undefined,
  entropy: new Uint8Array(32),
})
const fresh = () =>
  createVault(
    { store: createVaultMemory(), mirror: createMirrorMemory(), random },
    { ...drawn, vaultKey: drawn.vaultKey.slice() },
  )

const entry = (at: number, over: Partial<NewEntry> = {}): NewEntry => ({
  at,
  kind: 'shared',
  host: 'hotel.example',
  accredited: true,
  documents: [{ zh: '居民身份', en: 'Resident identity' }],
  items: [{ zh: '姓名', en: 'Name' }],
  ...over,
})

describe('history', () => {
  it('lists the newest first, page by page, and stands whole', async () => {
    const vault = await fresh()
    for (let at = 1; at <= 60; at++) await vault.commit([addHistory(vault, entry(at))])
    const first = listHistory(vault)
    expect([first.entries.length, first.more, first.intact]).toEqual([50, true, true])
    expect(first.entries[0]).toEqual({ id: '0000000060', ...entry(60) })
    const rest = listHistory(vault, { before: first.entries.at(-1)?.id })
    expect(rest.entries.map(({ at }) => at)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
    expect(rest.more).toBe(false)
  })

  it('notices an entry changed or taken out', async () => {
    for (const change of [(text: string) => utf8(text.replace('hotel', 'motel')), () => undefined]) {
      const vault = await fresh()
      for (let at = 1; at <= 3; at++) await vault.commit([addHistory(vault, entry(at))])
      const second = utf8Text(vault.get('history', '0000000002') as Uint8Array) as string
      await vault.commit([{ store: 'history', id: '0000000002', value: change(second) }])
      expect(listHistory(vault).intact).toBe(false)
    }
  })

  it('keeps whole when entries are deleted, and says how many', async () => {
    for (const gone of [[1], [2], [3], [1, 2, 3], [3, 2]]) {
      const vault = await fresh()
      for (let at = 1; at <= 3; at++)
        await vault.commit(() => [addHistory(vault, entry(at, { host: `h${at}.example` }))])
      for (const n of gone) await vault.commit(() => eraseHistory(vault, idOf(n)))
      await vault.commit(() => [addHistory(vault, entry(4))])
      const { entries, intact, erased } = listHistory(vault)
      expect([intact, erased]).toEqual([true, gone.length])
      expect(entries.map(({ id }) => Number(id))).toEqual([4, 3, 2, 1].filter((n) => !gone.includes(n)))
      const left = [...vault.all('history').values()].map((bytes) => utf8Text(bytes)).join('')
      for (const n of gone) expect(left).not.toContain(`h${n}.example`)
      expect(() => getHistory(vault, idOf(gone[0] as number))).toThrow('history.not_found')
      expect(() => eraseHistory(vault, idOf(gone[0] as number))).toThrow('history.not_found')
    }
  })

  it('notices a deletion that keeps another digest', async () => {
    const vault = await fresh()
    for (let at = 1; at <= 3; at++) await vault.commit(() => [addHistory(vault, entry(at))])
    const [change] = eraseHistory(vault, idOf(2))
    const kept = JSON.parse(utf8Text(change?.value as Uint8Array) as string) as Record<string, string>
    for (const forged of [
      { ...kept, erased: 'A'.repeat(43) },
      { ...kept, before: 'A'.repeat(43) },
    ]) {
      await vault.commit([{ store: 'history', id: idOf(2), value: utf8(JSON.stringify(forged)) }])
      expect(listHistory(vault).intact).toBe(false)
    }
    await vault.commit(() => [change as never])
    expect(listHistory(vault).intact).toBe(true)
  })

  it('finds by party and kind', async () => {
    const vault = await fresh()
    const hotel = { party: { zh: '竹里示例酒店', en: 'Zhuli Sample Hotel' } }
    for (const over of [hotel, { ...hotel, host: 'other.example', kind: 'declined' as const }, { host: 'x.example' }]) {
      await vault.commit(() => [addHistory(vault, entry(1, over))])
    }
    expect(partiesOf(vault).map(({ name, host }) => name?.en ?? host)).toEqual(['x.example', 'Zhuli Sample Hotel'])
    const [stranger, known] = partiesOf(vault)
    expect(listHistory(vault, { party: known?.key }).entries.map(({ id }) => Number(id))).toEqual([2, 1])
    expect(listHistory(vault, { party: known?.key, kind: 'declined' }).entries.map(({ id }) => Number(id))).toEqual([2])
    expect(listHistory(vault, { party: stranger?.key }).entries.map(({ id }) => Number(id))).toEqual([3])
    expect(listHistory(vault, { party: 'nobody' }).entries).toEqual([])
  })

  it('reads what a wallet wrote before entries had receipts', async () => {
    const vault = await fresh()
    const old = { ...entry(1), id: idOf(1), before: '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU' }
    await vault.commit([{ store: 'history', id: idOf(1), value: utf8(JSON.stringify(old)) }])
    expect(listHistory(vault)).toMatchObject({ entries: [{ id: idOf(1), host: 'hotel.example' }], intact: true })
  })
})

const idOf = (n: number) => String(n).padStart(10, '0')
