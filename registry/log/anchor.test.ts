import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Head } from '@fujie/shared/core/log/checkpoint.ts'
import { noteOf, rootOf } from '../../tests/fixtures/chain.ts'
import { SimulatedLedger } from '../../tests/fixtures/simulated-ledger.ts'
import { describeLedger } from '../adapters/ledger.contract.ts'
import { ledgerInSqlite, type KeptLedger } from '../adapters/ledger-sqlite.ts'
import { Anchorer } from './anchor.ts'
import type { Anchor, RegistryEvent } from './ports.ts'
import type { Snapshot } from './snapshot.ts'

describeLedger('the simulated ledger', () => {
  const ledger = new SimulatedLedger()
  return Promise.resolve({ open: () => Promise.resolve(ledger), close: () => Promise.resolve() })
})

const origin = 'log.test'
let folder: string
let store: KeptLedger
let ledger: SimulatedLedger
let head: Head
let told: string[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fujie-anchor-'))
  store = ledgerInSqlite(join(folder, 'ledger.sqlite'), 'simulated')
  ledger = new SimulatedLedger()
  told = []
  grow(2)
})
afterEach(async () => {
  store.close()
  await rm(folder, { recursive: true })
})

/** A log whose roots are told by their size. */
function grow(size: number): void {
  head = { size, root: rootOf(size % 256) }
}

async function open(): Promise<Anchorer> {
  const anchorer = new Anchorer({
    ...{ ledger, store, head: () => head, rootAt: (size) => rootOf(size % 256) },
    snapshot: () => ({ head, note: noteOf(head.size, head.size % 256) }) as Snapshot,
    tell: (event: RegistryEvent) => void told.push(event.type === 'anchor' ? `${event.size} ${event.state}` : ''),
  })
  await anchorer.open(origin)
  return anchorer
}

const foreign = (size: number, isOwn = false): Anchor => ({
  ...{ ledger: 'simulated', tx: `foreign ${size}`, block: 9, time: 1_795_392_009, size, root: rootOf(99) },
  ...{ state: 'final', isOwn },
})

describe('anchoring', () => {
  it('writes each head once, and finds the anchor that covers a size', async () => {
    const anchorer = await open()
    for (const size of [2, 5, 5, 9]) {
      grow(size)
      await anchorer.beat()
    }
    expect(ledger.written.map(({ size }) => size)).toEqual([2, 5, 9])
    expect([1, 2, 3, 5, 6, 9, 10].map((size) => anchorer.of(size)?.size)).toEqual([2, 2, 5, 5, 9, 9, undefined])
    expect(anchorer.list(9, 5).map(({ size }) => size)).toEqual([5, 2])
    expect(anchorer.list(100, 2).map(({ size }) => size)).toEqual([9, 5])
    expect(told).toEqual(['2 sent', '2 final', '5 sent', '5 final', '9 sent', '9 final'])
  })

  it('goes on once a ledger that was down is back', async () => {
    ledger.isDown = true
    const anchorer = await open()
    expect(anchorer.trouble).toBe('ledger.unreachable')
    await anchorer.beat()
    expect([anchorer.trouble, anchorer.alarm]).toEqual(['ledger.unreachable', undefined])
    ledger.isDown = false
    await anchorer.beat()
    expect([anchorer.trouble, anchorer.of(2)?.state]).toEqual([undefined, 'final'])
  })

  it('remembers what it wrote, also while the ledger is down', async () => {
    await (await open()).beat()
    ledger.isDown = true
    expect((await open()).of(2)).toMatchObject({ size: 2, state: 'final' })
  })

  it.each([
    ['beyond the log', 100],
    ['within it', 3],
  ])('stops for good at a head the log never had, %s', async (_where, size) => {
    const anchorer = await open()
    await anchorer.beat()
    grow(7)
    ledger.written.push(foreign(size))
    await anchorer.beat()
    expect(anchorer.alarm).toBe('ledger.conflict')
    expect(anchorer.of(3)).toBeUndefined()
    expect(told.at(-1)).toBe(`${size} conflict`)
    ledger.written.pop()
    await anchorer.beat()
    expect((await open()).alarm).toBe('ledger.conflict')
    expect(ledger.written.map((each) => each.size)).toEqual([2])
  })

  it('stops for good when a final anchor is gone or is another', async () => {
    for (const change of [() => ledger.written.pop(), () => ledger.written.splice(0, 1, foreign(2))]) {
      const anchorer = await open()
      await anchorer.beat()
      change()
      await anchorer.beat()
      expect(anchorer.alarm).toBe('ledger.reorged')
      expect(anchorer.of(1)).toBeUndefined()
      expect((await open()).alarm).toBe('ledger.reorged')
      store.close()
      store = ledgerInSqlite(join(folder, 'other.sqlite'), 'simulated')
      ledger = new SimulatedLedger()
    }
  })

  it('does not start over a head of its own that it does not have: it is a copy restored', async () => {
    ledger.written.push(foreign(50, true))
    await expect(open()).rejects.toMatchObject({ code: 'log.damaged' })
  })

  it('remembers nothing of another ledger', async () => {
    await (await open()).beat()
    store.close()
    store = ledgerInSqlite(join(folder, 'ledger.sqlite'), 'another')
    ledger = new SimulatedLedger()
    const anchorer = await open()
    expect([anchorer.alarm, anchorer.of(1)]).toEqual([undefined, undefined])
  })
})
