import { describe, expect, it } from 'vitest'
import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { concatBytes, utf8, utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { encodeCbor } from '@fujie/shared/core/encoding/cbor.ts'
import { Fault, faultCode, type FaultCode } from '@fujie/shared/core/fault.ts'
import { systemRandom as random } from '@fujie/shared/adapters/random-system.ts'
import { createMirrorMemory, createVaultMemory } from '../adapters/vault-memory.ts'
import { demoPassphrase, drawVault } from './new-vault.ts'
import { formatContainer, formatHead, hashFrames, parseContainer } from './vault-container.ts'
import { formatHeader, type VaultHeader } from './vault-header.ts'
import { leastCost, measureCost, passphraseCosts } from './vault-kdf.ts'
import { frameKey, parseRecord } from './vault-record.ts'
import type { SlotSecret } from './vault-slot.ts'
import { createVault, findVault, openVault } from './vault.ts'

const entropy = new Uint8Array(32).fill(9)
const words: SlotSecret = { kind: 'recovery', entropy }
const drawn = await drawVault(random, {
  passphrase: demoPassphrase,
  demo: false,
  cost: leastCost,
  device: undefined,
  entropy,
})

function place() {
  return { store: createVaultMemory(), mirror: createMirrorMemory(), random }
}

async function smallVault() {
  const ports = place()
  const vault = await createVault(ports, { ...drawn, vaultKey: drawn.vaultKey.slice() })
  await vault.commit([
    { store: 'documents', id: 'a', value: utf8('the first') },
    { store: 'documents', id: 'b', value: utf8('the other') },
    { store: 'copies', id: 'a', value: utf8('unused') },
  ])
  return { ports, vault, file: ports.store.stored[0] as Uint8Array }
}

async function codeOf(work: Promise<unknown>): Promise<FaultCode | 'opened'> {
  try {
    await work
    return 'opened'
  } catch (thrown) {
    return faultCode(thrown)
  }
}

const openFile = (file: Uint8Array, ports: ReturnType<typeof place>, secret: SlotSecret = words) =>
  openVault({ ...ports, store: { ...ports.store, load: () => Promise.resolve([file]) } }, secret)

const rehash = (file: Uint8Array) => concatBytes(file.subarray(0, -32), sha256(file.subarray(0, -32)))

function flip(file: Uint8Array, bit: number): Uint8Array {
  const bytes = file.slice()
  bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7))
  return bytes
}

describe('vault', () => {
  it('keeps records over a restart and hands them to the words', async () => {
    const { ports } = await smallVault()
    const again = await openVault(ports, words)
    expect(utf8Text(again.get('documents', 'a') as Uint8Array)).toBe('the first')
    expect([...again.all('documents').keys()]).toEqual(['a', 'b'])
    expect(again.get('copies', 'b')).toBeUndefined()
    expect(again.rolledBack).toBe(false)
  })

  it('opens by the passphrase in any form Unicode calls the same', async () => {
    const { ports } = await smallVault()
    const wide = 'ｆujie demonstration vault'
    expect((await openVault(ports, { kind: 'password', passphrase: wide })).get('documents', 'a')).toBeDefined()
    await expect(openVault(ports, { kind: 'password', passphrase: 'fujie demonstration vaulu' })).rejects.toMatchObject(
      {
        code: 'vault.wrong_passphrase',
      },
    )
  })

  it('needs the device that a slot was bound to', async () => {
    const device = new Uint8Array(32).fill(3)
    const ports = place()
    const bound = { passphrase: demoPassphrase, demo: false, cost: leastCost, device, entropy }
    await createVault(ports, await drawVault(random, bound))
    const by = (secret: Uint8Array | undefined) =>
      codeOf(openVault(ports, { kind: 'password', passphrase: demoPassphrase, device: secret }))
    expect(await by(device)).toBe('opened')
    expect(await by(new Uint8Array(32).fill(4))).toBe('vault.wrong_passphrase')
    expect(await by(undefined)).toBe('vault.wrong_passphrase')
  })

  it('refuses words of another vault', async () => {
    const { ports } = await smallVault()
    const other: SlotSecret = { kind: 'recovery', entropy: new Uint8Array(32) }
    expect(await codeOf(openVault(ports, other))).toBe('vault.wrong_passphrase')
  })

  it('refuses a second vault and names an absent one', async () => {
    const { ports } = await smallVault()
    expect(await codeOf(createVault(ports, drawn))).toBe('vault.exists')
    expect(await codeOf(openVault(place(), words))).toBe('vault.absent')
    expect(await findVault(place().store)).toBeUndefined()
  })

  it('forgets everything when closed', async () => {
    const { vault } = await smallVault()
    vault.close()
    expect(() => vault.get('documents', 'a')).toThrow(new Fault('vault.locked'))
    await expect(vault.commit([])).rejects.toMatchObject({ code: 'vault.locked' })
  })

  it('writes commits one after another, each on top of the last', async () => {
    const { ports, vault } = await smallVault()
    const before = vault.header.generation
    await Promise.all(
      Array.from({ length: 10 }, (_, i) => vault.commit([{ store: 'history', id: `${i}`, value: utf8(`${i}`) }])),
    )
    expect(vault.header.generation).toBe(before + 10)
    expect((await openVault(ports, words)).all('history').size).toBe(10)
  })

  it('stands unchanged when a write fails', async () => {
    const { ports, vault } = await smallVault()
    const { replace } = ports.store
    ports.store.replace = () => Promise.reject(new Fault('store.full'))
    expect(await codeOf(vault.commit([{ store: 'documents', id: 'a', value: undefined }]))).toBe('store.full')
    ports.store.replace = replace
    expect(utf8Text(vault.get('documents', 'a') as Uint8Array)).toBe('the first')
    await vault.commit([{ store: 'documents', id: 'b', value: undefined }])
    expect([...(await openVault(ports, words)).all('documents').keys()]).toEqual(['a'])
  })

  it('refuses one writer the place another has written to', async () => {
    const { ports, vault } = await smallVault()
    const second = await openVault(ports, words)
    await second.commit([])
    expect(await codeOf(vault.commit([]))).toBe('vault.busy')
  })
})

describe('vault against tampering', () => {
  it('refuses every flipped bit of the file', async () => {
    const { ports, file } = await smallVault()
    expect(await codeOf(openFile(file, ports))).toBe('opened')
    for (let bit = 0; bit < file.length * 8; bit++) {
      expect(await codeOf(openFile(flip(file, bit), ports)), `bit ${bit}`).toBe('vault.tampered')
    }
  })

  it('refuses every flipped bit of head and frames though the outer hash is made to fit', async () => {
    const { ports, file } = await smallVault()
    const { head } = parseContainer(file)
    const bits = (file.length - 32) * 8
    for (let bit = 0; bit < bits; bit += bit < head.length * 8 ? 1 : 7) {
      const code = await codeOf(openFile(rehash(flip(file, bit)), ports))
      expect(['vault.tampered', 'vault.wrong_passphrase'], `bit ${bit}`).toContain(code)
    }
  })

  it('refuses records swapped, renamed, aged or dropped under a header made to fit', async () => {
    const { ports, file } = await smallVault()
    const { frames } = parseContainer(file)
    const [copy, one, two] = [...frames.values()] as [Uint8Array, Uint8Array, Uint8Array]
    const record = (frame: Uint8Array) => parseRecord(frame.subarray(4))
    const renamed = (frame: Uint8Array, change: object) => frameOf({ ...record(frame), ...change })
    const forged = [
      [copy, renamed(two, { id: 'a' }), renamed(one, { id: 'b' })],
      [copy, renamed(one, { gen: 1 }), two],
      [renamed(copy, { id: 'c' }), one, two],
      [copy, one],
    ]
    for (const next of forged) expect(await codeOf(openFile(withFrames(file, next), ports))).toBe('vault.tampered')
  })

  it('refuses frames out of order, doubled, cut or with bytes behind', async () => {
    const { ports, file } = await smallVault()
    const { frames } = parseContainer(file)
    const [copy, one, two] = [...frames.values()] as [Uint8Array, Uint8Array, Uint8Array]
    for (const next of [
      [copy, two, one],
      [copy, copy, one],
      [copy, one, two.subarray(0, -1)],
      [copy, one, two, new Uint8Array(3)],
    ]) {
      expect(await codeOf(openFile(withFrames(file, next), ports))).toBe('vault.tampered')
    }
    for (let cut = 0; cut < file.length; cut += 5) {
      expect(await codeOf(openFile(file.subarray(0, cut), ports))).toBe('vault.tampered')
    }
  })

  it('refuses cheap and ruinous passphrase costs before any work', async () => {
    const { ports, file } = await smallVault()
    const secret: SlotSecret = { kind: 'password', passphrase: demoPassphrase }
    for (const change of [{ m: 8 }, { m: leastCost.m - 1 }, { t: 2 }, { p: 0 }, { m: 2 ** 31 }, { t: 11 }]) {
      const cheaper = withHeader(file, (header) => ({
        ...header,
        slots: header.slots.map((slot) =>
          slot.kind === 'password' ? { ...slot, kdf: { ...slot.kdf, ...change } } : slot,
        ),
      }))
      const began = performance.now()
      expect(await codeOf(openFile(cheaper, ports, secret))).toBe('vault.parameters_refused')
      expect(performance.now() - began).toBeLessThan(100)
    }
  })

  it('opens the former state of the three places when the first is broken, and calls it rolled back', async () => {
    const { ports, file, vault } = await smallVault()
    await vault.commit([{ store: 'copies', id: 'a', value: utf8('used') }])
    const broken = flip(ports.store.stored[0] as Uint8Array, 999)
    ports.store.stored = [broken, file]
    expect(await codeOf(openVault(ports, words))).toBe('vault.rolled_back')
  })
})

describe('vault against rollback', () => {
  it('refuses an older state, and opens it once that is accepted', async () => {
    const { ports, file, vault } = await smallVault()
    await vault.commit([{ store: 'copies', id: 'a', value: utf8('used') }])
    const newest = ports.mirror.mirror?.generation as number
    expect(await codeOf(openFile(file, ports))).toBe('vault.rolled_back')

    const older = place()
    const replaced = { ...older, mirror: ports.mirror }
    replaced.store.stored = [file]
    const { head } = parseContainer(file)
    replaced.store.replace = (before, next) => {
      expect(before).toEqual(head)
      replaced.store.stored = [next.bytes()]
      return Promise.resolve()
    }
    const accepted = await openVault(replaced, words, { acceptRollback: true })
    expect(accepted.rolledBack).toBe(true)
    await accepted.commit([])
    expect(accepted.header.generation).toBe(newest + 1)
    expect(await codeOf(openVault(replaced, words))).toBe('opened')
  })

  it('refuses another vault, a fork and a vault without its mirror', async () => {
    const { ports, file } = await smallVault()
    const other = await smallVault()
    expect(await codeOf(openFile(other.file, ports))).toBe('vault.rolled_back')
    expect(await codeOf(openFile(file, place()))).toBe('vault.rolled_back')
  })

  it('mends a mirror that a crash left one write behind', async () => {
    const { ports, vault } = await smallVault()
    const { mirror } = ports.mirror
    await vault.commit([{ store: 'copies', id: 'a', value: utf8('used') }])
    ports.mirror.mirror = mirror
    expect(await codeOf(openVault(ports, words))).toBe('opened')
    expect(ports.mirror.mirror?.generation).toBe((mirror?.generation as number) + 1)

    const first = place()
    await createVault(first, drawn)
    first.mirror.mirror = undefined
    expect(await codeOf(openVault(first, words))).toBe('opened')
  })

  it('notices when the defence is gone', async () => {
    const { ports, file, vault } = await smallVault()
    await vault.commit([{ store: 'copies', id: 'a', value: utf8('used') }])
    const agreeable = { ...createMirrorMemory(), get: () => Promise.resolve(mirrorOf(file)) }
    expect(await codeOf(openFile(file, { ...ports, mirror: agreeable }))).toBe('opened')
  })
})

describe('vault cost', () => {
  it('takes the dearest cost that ends in time, the least where none does', async () => {
    let passed = 0
    expect(await measureCost(() => (passed += 3_000))).toEqual(leastCost)
    expect(passphraseCosts.at(-1)).toEqual(leastCost)
    expect(leastCost).toEqual({ m: 65_536, t: 3, p: 1 })
  })
})

function frameOf(record: object): Uint8Array {
  const bytes = encodeCbor(record)
  return concatBytes(Uint8Array.of(0, 0, bytes.length >> 8, bytes.length & 255), bytes)
}

/** The frames under a header that counts and hashes them, with the tag of the former header. */
function withFrames(file: Uint8Array, frames: readonly Uint8Array[]): Uint8Array {
  const { header, headTag } = parseContainer(file)
  const changed = { ...header, recordCount: frames.length, recordsHash: hashFrames(frames) }
  return formatContainer(formatHead(formatHeader(changed), headTag), frames)
}

function withHeader(file: Uint8Array, change: (header: VaultHeader) => VaultHeader): Uint8Array {
  const { header, headTag, frames } = parseContainer(file)
  return formatContainer(formatHead(formatHeader(change(header)), headTag), frames.values())
}

function mirrorOf(file: Uint8Array) {
  const { header, headerBytes } = parseContainer(file)
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
  return { vaultId: hex(header.vaultId), generation: header.generation, headerHash: hex(sha256(headerBytes)) }
}

it('orders frames as stores and ids stand', () => {
  expect(frameKey({ store: 'keys', id: 'a' }) < frameKey({ store: 'keys', id: 'aa' })).toBe(true)
})
