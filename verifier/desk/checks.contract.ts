import { describe, expect, it } from 'vitest'
import type { Asked, Check, Checks, Fetched, NewCheck } from './ports.ts'

const now = 1_796_000_000
const check: NewCheck = { hash: 'check', browserHash: 'browser', purpose: 'hotel-check-in', expires: now + 300 }

function asked(answerHash: string, more: Partial<Asked> = {}): Asked {
  const key = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd' } as const
  return { answerHash, nonce: 'nonce', state: 'state', key, at: now, ...more }
}

/** What every store of checks keeps to. `make` gives a fresh one. */
export function checksContract(name: string, make: () => Promise<Checks> | Checks): void {
  async function created(slots: readonly string[] = ['slot']): Promise<Checks> {
    const checks = await make()
    await checks.insert(check)
    for (const slot of slots) await checks.addSlot(check.hash, slot, now + 120)
    return checks
  }
  async function fetched(): Promise<Checks> {
    const checks = await created()
    await checks.fetch('slot', asked('answer'), now + 300)
    return checks
  }
  async function consumed(): Promise<Checks> {
    const checks = await fetched()
    await checks.consume('answer', now)
    return checks
  }
  const outcomeOf = (done: Fetched) => done.outcome
  const stateOf = async (checks: Checks) => (await checks.find(check.hash))?.state

  describe(`checks: ${name}`, () => {
    it('keeps a new check as created, and names no other', async () => {
      const checks = await created()
      expect(await checks.find(check.hash)).toEqual({ ...check, state: 'created' } satisfies Check)
      expect(await checks.find('another')).toBeUndefined()
    })

    it('accepts the first fetch of a slot and gives the check what was asked', async () => {
      const checks = await created()
      const done = await checks.fetch('slot', asked('answer'), now + 300)
      expect(done).toMatchObject({ outcome: 'fetched', check: { state: 'fetched', asked: asked('answer') } })
      expect((await checks.find(check.hash))?.asked).toEqual(asked('answer'))
    })

    it('refuses a second fetch, of the same slot and of the others', async () => {
      const checks = await created(['slot', 'other'])
      expect(outcomeOf(await checks.fetch('slot', asked('a1'), now + 300))).toBe('fetched')
      expect(outcomeOf(await checks.fetch('slot', asked('a2'), now + 300))).toBe('taken')
      expect(outcomeOf(await checks.fetch('other', asked('a3'), now + 300))).toBe('taken')
      expect(outcomeOf(await checks.fetch('never', asked('a4'), now + 300))).toBe('unknown')
    })

    it('accepts the same wallet nonce three times in all, and the last answer counts', async () => {
      const checks = await created()
      const ask = (answer: string, walletNonce: string) =>
        checks.fetch('slot', asked(answer, { walletNonce }), now + 300)
      expect(outcomeOf(await ask('a1', 'wallet'))).toBe('fetched')
      expect(outcomeOf(await ask('a2', 'another'))).toBe('taken')
      expect(outcomeOf(await ask('a2', 'wallet'))).toBe('fetched')
      expect(outcomeOf(await ask('a3', 'wallet'))).toBe('fetched')
      expect(outcomeOf(await ask('a4', 'wallet'))).toBe('taken')
      expect(await checks.consume('a2', now)).toBeUndefined()
      expect((await checks.consume('a3', now))?.hash).toBe(check.hash)
    })

    it('refuses a slot from the second its time is over', async () => {
      const at = (instant: number) => asked('answer', { at: instant })
      expect(outcomeOf(await (await created()).fetch('slot', at(now + 119), now + 400))).toBe('fetched')
      expect(outcomeOf(await (await created()).fetch('slot', at(now + 120), now + 400))).toBe('expired')
    })

    it('refuses a slot of a check that was fetched or cancelled, and prolongs one that was not', async () => {
      const checks = await created()
      expect(await checks.addSlot(check.hash, 'later', now + 500)).toBe(true)
      expect((await checks.find(check.hash))?.expires).toBe(now + 500)
      await checks.fetch('later', asked('answer'), now + 800)
      expect(await checks.addSlot(check.hash, 'too-late', now + 500)).toBe(false)
      expect(await checks.addSlot('another', 'slot-of-none', now + 500)).toBe(false)
    })

    it('accepts one answer of 200 posted at once', async () => {
      const checks = await fetched()
      const done = await Promise.all(Array.from({ length: 200 }, () => checks.consume('answer', now)))
      expect(done.filter((each) => each !== undefined)).toHaveLength(1)
      expect(await stateOf(checks)).toBe('consumed')
    })

    it('refuses an answer that is late, unknown or early', async () => {
      expect(await (await fetched()).consume('answer', now + 299)).toBeDefined()
      expect(await (await fetched()).consume('answer', now + 300)).toBeUndefined()
      expect(await (await fetched()).consume('another', now)).toBeUndefined()
      expect(await (await created()).consume('answer', now)).toBeUndefined()
    })

    it('knows an answer it once awaited, and no other', async () => {
      const checks = await consumed()
      expect(await checks.knowsAnswer('answer')).toBe(true)
      expect(await checks.knowsAnswer('another')).toBe(false)
    })

    it('settles a consumed check once and forgets its key', async () => {
      const checks = await consumed()
      expect(await checks.settle(check.hash, 'accepted')).toBe(true)
      expect(await checks.settle(check.hash, 'refused')).toBe(false)
      expect(await checks.find(check.hash)).toEqual({ ...check, state: 'accepted' })
      expect(await (await fetched()).settle(check.hash, 'accepted')).toBe(false)
    })

    it('marks an accepted check as read, and leaves a refused one', async () => {
      const accepted = await consumed()
      await accepted.settle(check.hash, 'accepted')
      await accepted.markRead(check.hash)
      expect(await stateOf(accepted)).toBe('read')
      const refused = await consumed()
      await refused.settle(check.hash, 'refused')
      await refused.markRead(check.hash)
      expect(await stateOf(refused)).toBe('refused')
    })

    it('cancels what is unfinished only, and then accepts no answer', async () => {
      const checks = await fetched()
      await checks.cancel(check.hash)
      expect(await checks.find(check.hash)).toEqual({ ...check, state: 'cancelled' })
      expect(await checks.consume('answer', now)).toBeUndefined()
      const refused = await consumed()
      await refused.settle(check.hash, 'refused')
      await refused.cancel(check.hash)
      expect(await stateOf(refused)).toBe('refused')
    })

    it('remembers an answer until its time is over', async () => {
      const checks = await make()
      expect(await checks.remember('key', now + 10)).toBe(true)
      expect(await checks.remember('key', now + 10)).toBe(false)
      expect(await checks.remember('another', now + 10)).toBe(true)
      await checks.sweep(now, now + 9)
      expect(await checks.remember('key', now + 10)).toBe(false)
      await checks.sweep(now, now + 10)
      expect(await checks.remember('key', now + 20)).toBe(true)
    })

    it('counts by day', async () => {
      const checks = await make()
      expect(await checks.counted(1)).toBe(0)
      expect(await checks.count(1)).toBe(1)
      expect(await checks.count(1)).toBe(2)
      expect(await checks.counted(1)).toBe(2)
      expect(await checks.counted(2)).toBe(0)
    })

    it('forgets what ended long ago, with its slots', async () => {
      const checks = await fetched()
      await checks.sweep(check.expires, now)
      expect(await stateOf(checks)).toBe('fetched')
      await checks.sweep(check.expires + 1, now)
      expect(await checks.find(check.hash)).toBeUndefined()
      expect(outcomeOf(await checks.fetch('slot', asked('again'), now + 300))).toBe('unknown')
      expect(await checks.knowsAnswer('answer')).toBe(false)
    })
  })
}
