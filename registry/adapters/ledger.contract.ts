import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { noteOf, rootOf } from '../../tests/fixtures/chain.ts'
import type { Anchor, Ledger } from '../log/ports.ts'

/** A place where ledgers of one kind are had; what one wrote, the next one finds. */
export interface LedgerPlace {
  open(): Promise<Ledger>
  close(): Promise<void>
}

const origin = 'log.test'

async function sizesOf(ledger: Ledger, after: number): Promise<number[]> {
  const found: number[] = []
  for await (const anchor of ledger.anchors(origin, after)) found.push(anchor.size)
  return found
}

/** What every ledger does, whatever it is made of. */
export function describeLedger(name: string, start: () => Promise<LedgerPlace>): void {
  describe(`${name}, as any ledger`, () => {
    let place: LedgerPlace
    let opened: Ledger[]

    beforeEach(async () => {
      place = await start()
      opened = []
    })
    afterEach(async () => {
      for (const each of opened) await each.close?.()
      await place.close()
    })

    const open = async () => {
      const ledger = await place.open()
      opened.push(ledger)
      return ledger
    }

    it('has no anchor before the first', async () => {
      const ledger = await open()
      expect(await ledger.latestAnchor(origin)).toBeUndefined()
      expect(await sizesOf(ledger, 0)).toEqual([])
    })

    it('writes a head, and shows where and when', async () => {
      const ledger = await open()
      const anchor = await ledger.anchor(noteOf(2))
      expect(anchor).toMatchObject({ ledger: ledger.id, size: 2, root: rootOf(2), state: 'final', isOwn: true })
      expect(anchor.tx).not.toBe('')
      expect(anchor.time).toBeGreaterThan(1_700_000_000)
      expect(await ledger.latestAnchor(origin)).toEqual(anchor)
    })

    it('writes once per size, and nothing behind a larger one', async () => {
      const ledger = await open()
      const first = await ledger.anchor(noteOf(4))
      expect(await ledger.anchor(noteOf(4))).toEqual(first)
      expect(await ledger.anchor(noteOf(3))).toEqual(first)
      expect(await sizesOf(ledger, 0)).toEqual([4])
    })

    it('shows all that were written, in order, from behind a size', async () => {
      const ledger = await open()
      for (const size of [2, 5, 9]) await ledger.anchor(noteOf(size))
      expect(await sizesOf(ledger, 0)).toEqual([2, 5, 9])
      expect(await sizesOf(ledger, 2)).toEqual([5, 9])
      expect(await sizesOf(ledger, 9)).toEqual([])
    })

    it('is found as it was by a new start', async () => {
      const written: Anchor = await (await open()).anchor(noteOf(6))
      const again = await open()
      expect(await again.latestAnchor(origin)).toEqual(written)
      expect(await again.anchor(noteOf(6))).toEqual(written)
      expect(await again.anchor(noteOf(8))).toMatchObject({ size: 8, state: 'final' })
    })

    it('refuses what is no checkpoint', async () => {
      const ledger = await open()
      await expect((async () => ledger.anchor('no note'))()).rejects.toMatchObject({ code: 'checkpoint.malformed' })
    })
  })
}
