import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Head } from '@fujie/shared/core/log/checkpoint.ts'
import { AnchoredRegistry } from '../../fixtures/anchored.ts'
import { noteOf } from '../../fixtures/chain.ts'
import { needs } from '../../house/needs.ts'

describe.skipIf(!needs('anvil'))('ledger/conflict-freezes', { timeout: 60_000 }, () => {
  let anchored: AnchoredRegistry

  beforeEach(async () => {
    anchored = await AnchoredRegistry.start({}, { freezeAt: 2 })
  })
  afterEach(() => anchored.remove())

  const running = () => anchored.registry.running
  const states = () => anchored.told.map(({ state }) => state)
  const wrong: Head = { size: 2, root: new Uint8Array(32).fill(9) }

  it('goes on after one member’s contradiction, and shows it', async () => {
    await running().anchor()
    await anchored.ledger('m2').confirm(wrong)
    await anchored.registry.join('agency')
    await running().anchor()
    expect(states()).toContain('conflict')
    expect((await anchored.anchors())[0]).toMatchObject({ size: 4, state: 'final' })
    expect(running().ledgerAlarm).toBeUndefined()
  })

  it('stops at the second one with an alarm, the log goes on, and anchoring too once it is lifted', async () => {
    await running().anchor()
    await anchored.ledger('m2').confirm(wrong)
    await anchored.ledger('m3').confirm(wrong)
    await anchored.registry.join('agency')
    await running().anchor()
    expect(running().ledgerAlarm).toBe('ledger.frozen')
    expect(await anchored.ledger().isFrozen()).toBe(true)
    expect((await anchored.anchors()).filter(({ size }) => size > 2)).toEqual([])
    await anchored.registry.join('counter')
    const { contract, admin } = anchored.chain
    await admin.unfreeze(contract, running().log, 'two members had replayed another log')
    await running().anchor()
    expect(running().ledgerAlarm).toBeUndefined()
    expect((await anchored.anchors())[0]).toMatchObject({ size: 6, state: 'final' })
  })

  it('stops for good when another member anchors a head that the log never had', async () => {
    await running().anchor()
    await anchored.ledger('m2').anchor(noteOf(1_000))
    await running().anchor()
    expect(running().ledgerAlarm).toBe('ledger.conflict')
    expect(await anchored.anchors()).toMatchObject([
      { size: 1_000, state: 'conflict' },
      { size: 2, state: 'final' },
    ])
    const stats: unknown = await (await anchored.registry.get('/stats')).json()
    expect(stats).toMatchObject({ anchored: { size: 2, state: 'final' }, ledgerAlarm: 'ledger.conflict' })
    await anchored.registry.join('agency')
    await anchored.restart()
    expect(running().ledgerAlarm).toBe('ledger.conflict')
    await anchored.registry.join('counter')
  })

  it('takes a head of the log from another member as its own', async () => {
    await anchored.registry.join('agency')
    const { note } = (await (await anchored.registry.get('/checkpoints/trusted')).json()) as { note: string }
    const { tx } = await anchored.ledger('m2').anchor(note)
    await running().anchor()
    expect(await anchored.anchors()).toMatchObject([{ size: 4, state: 'final', tx }])
    expect(running().ledgerAlarm).toBeUndefined()
  })

  it('does not start with a head of its own account on the ledger that it does not have: it is a copy restored', async () => {
    await anchored.registry.stop()
    await anchored.ledger('m1', {}).anchor(noteOf(500))
    await expect(anchored.registry.open(anchored.config)).rejects.toMatchObject({ code: 'log.damaged' })
    await anchored.registry.open({ ledger: { type: 'file' } })
  })

  it('notices when the defence is gone: where no contradiction freezes, anchoring goes on over two of them', async () => {
    await anchored.remove()
    anchored = await AnchoredRegistry.start({}, { freezeAt: 200 })
    await running().anchor()
    for (const member of ['m2', 'm3']) await anchored.ledger(member).confirm(wrong)
    await anchored.registry.join('agency')
    await running().anchor()
    expect(running().ledgerAlarm).toBeUndefined()
    expect((await anchored.anchors())[0]).toMatchObject({ size: 4, state: 'final' })
  })
})
