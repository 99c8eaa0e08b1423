import { describe, expect, it } from 'vitest'
import { systemRandom as random } from '@fujie/shared/adapters/random-system.ts'
import { utf8, utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { createMirrorMemory, createVaultMemory } from '../adapters/vault-memory.ts'
import type { HistoryEntry } from './contract.ts'
import { addHistory, listHistory } from './history.ts'
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

const entry = (at: number): Omit<HistoryEntry, 'id'> => ({
  at,
  kind: 'shared',
  host: 'hotel.example',
  accredited: true,
  documents: [{ zh: '居民身份', en: 'Resident identity' }],
  items: [{ zh: '姓名', en: 'Name' }],
})

describe('history', () => {
  it('lists the newest first, page by page, and stands whole', async () => {
    const vault = await fresh()
    for (let at = 1; at <= 60; at++) await vault.commit([addHistory(vault, entry(at))])
    const first = listHistory(vault, undefined)
    expect([first.entries.length, first.more, first.intact]).toEqual([50, true, true])
    expect(first.entries[0]).toEqual({ id: '0000000060', ...entry(60) })
    const rest = listHistory(vault, first.entries.at(-1)?.id)
    expect(rest.entries.map(({ at }) => at)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
    expect(rest.more).toBe(false)
  })

  it('notices an entry changed or taken out', async () => {
    for (const change of [(text: string) => utf8(text.replace('hotel', 'motel')), () => undefined]) {
      const vault = await fresh()
      for (let at = 1; at <= 3; at++) await vault.commit([addHistory(vault, entry(at))])
      const second = utf8Text(vault.get('history', '0000000002') as Uint8Array) as string
      await vault.commit([{ store: 'history', id: '0000000002', value: change(second) }])
      expect(listHistory(vault, undefined).intact).toBe(false)
    }
  })
})
