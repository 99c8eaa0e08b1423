import { describe, expect, it } from 'vitest'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import type { MirrorStore, VaultStore, VaultWrite } from './ports.ts'
import { formatContainer, formatFrame, formatHead, hashFrames, parseContainer } from './vault-container.ts'
import { formatHeader } from './vault-header.ts'
import { frameKey, sealRecord, type StoreName } from './vault-record.ts'

/** What every vault store keeps to. `make` gives a fresh one; `again` opens what it left, as after a restart. */
export function vaultStoreContract(
  name: string,
  make: () => Promise<{ store: VaultStore; again: () => Promise<VaultStore> }>,
): void {
  describe(`vault store: ${name}`, () => {
    it('begins empty', async () => {
      const { store } = await make()
      expect(await store.load()).toEqual([])
      expect(await store.claim()).toBe(true)
    })

    it('keeps a state over a restart, byte for byte', async () => {
      const { store, again } = await make()
      const first = await writeOf(1, [['documents', 'a', 'one']])
      await store.replace(undefined, first)
      const [read] = await (await again()).load()
      expect(read).toEqual(first.bytes())
      expect(parseContainer(read as Uint8Array).header.generation).toBe(1)
    })

    it('puts changed frames in place and takes removed ones out', async () => {
      const { store, again } = await make()
      const first = await writeOf(1, [
        ['copies', 'b', 'gone'],
        ['documents', 'a', 'one'],
      ])
      const second = await writeOf(
        2,
        [
          ['documents', 'a', 'two'],
          ['keys', 'c', 'new'],
        ],
        [frameKey({ store: 'copies', id: 'b' })],
      )
      await store.replace(undefined, first)
      await store.replace(first.head, second)
      expect((await (await again()).load())[0]).toEqual(second.bytes())
    })

    it('refuses to replace a state that is not there any more', async () => {
      const { store } = await make()
      const first = await writeOf(1, [])
      const second = await writeOf(2, [])
      await store.replace(undefined, first)
      await expect(store.replace(undefined, second)).rejects.toMatchObject({ code: 'vault.busy' })
      await store.replace(first.head, second)
      await expect(store.replace(first.head, await writeOf(3, []))).rejects.toMatchObject({ code: 'vault.busy' })
      expect((await store.load())[0]).toEqual(second.bytes())
    })

    it('forgets', async () => {
      const { store } = await make()
      await store.replace(undefined, await writeOf(1, []))
      await store.remove()
      expect(await store.load()).toEqual([])
    })
  })
}

/** What every mirror keeps to. */
export function mirrorContract(
  name: string,
  make: () => Promise<{ mirror: MirrorStore; again: () => Promise<MirrorStore> }>,
): void {
  describe(`mirror: ${name}`, () => {
    it('begins empty and keeps the newest over a restart', async () => {
      const { mirror, again } = await make()
      expect(await mirror.get()).toBeUndefined()
      await mirror.put({ vaultId: '00', generation: 1, headerHash: 'aa' })
      await mirror.put({ vaultId: '00', generation: 2, headerHash: 'bb' })
      expect(await (await again()).get()).toEqual({ vaultId: '00', generation: 2, headerHash: 'bb' })
    })
  })
}

const seal = { key: new Uint8Array(32).fill(7), vaultId: new Uint8Array(16).fill(1) }

async function writeOf(
  generation: number,
  records: readonly (readonly [StoreName, string, string])[],
  removed: readonly string[] = [],
): Promise<VaultWrite> {
  const frames = new Map<string, Uint8Array>()
  for (const [store, id, value] of records) {
    const record = await sealRecord(seal, { store, id, gen: generation }, utf8(value), new Uint8Array(12))
    frames.set(frameKey({ store, id }), formatFrame(record))
  }
  const header = formatHeader({
    v: 1,
    vaultId: seal.vaultId,
    generation,
    prev: new Uint8Array(32),
    slots: [
      {
        id: 'words',
        kind: 'recovery',
        kdf: { name: 'hkdf-sha256' },
        device: false,
        nonce: new Uint8Array(12),
        wrapped: new Uint8Array(48),
      },
    ],
    recordCount: frames.size,
    recordsHash: hashFrames(frames.values()),
  })
  const head = formatHead(header, new Uint8Array(32))
  return { head, frames, changed: [...frames.keys()], removed, bytes: () => formatContainer(head, frames.values()) }
}
