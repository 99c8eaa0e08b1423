import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AnchoredRegistry } from '../../fixtures/anchored.ts'
import { needs } from '../../house/needs.ts'

describe.skipIf(!needs('anvil'))('ledger/reorg', { timeout: 60_000 }, () => {
  let anchored: AnchoredRegistry

  beforeEach(async () => {
    anchored = await AnchoredRegistry.start({ confirmations: 3 })
  })
  afterEach(() => anchored.remove())

  const running = () => anchored.registry.running
  const states = () => anchored.told.map(({ state }) => state)
  const { mine, revert } = {
    mine: (blocks: number) => anchored.chain.mine(blocks),
    revert: (to: string) => anchored.chain.anvil.ask('evm_revert', to),
  }

  /** Anchors the newest head, with the blocks that make it final. */
  async function anchor(): Promise<void> {
    const before = states().length
    const done = running().anchor()
    await expect.poll(() => states().slice(before), { timeout: 10_000 }).toContain('included')
    await mine(2)
    await done
  }

  it('writes again what a shallow reorganisation undid', async () => {
    const done = running().anchor()
    await expect.poll(states, { timeout: 10_000 }).toEqual(['sent', 'included'])
    // The last block gives way to an empty one.
    await anchored.chain.anvil.ask('anvil_reorg', 1, [])
    await expect.poll(states, { timeout: 10_000 }).toContain('reorged')
    await mine(1)
    await expect.poll(() => states().filter((state) => state === 'included').length, { timeout: 10_000 }).toBe(2)
    await mine(2)
    await done
    expect(states()).toEqual(['sent', 'included', 'reorged', 'included', 'final'])
    expect(running().ledgerAlarm).toBeUndefined()
    expect(await anchored.ledger().latestAnchor('log.test')).toMatchObject({ size: 2 })
  })

  it('stops anchoring when more is undone than may be, and the log goes on', async () => {
    await mine(1)
    const before = await anchored.chain.anvil.ask<string>('evm_snapshot')
    await anchor()
    await revert(before)
    await mine(20)
    await running().anchor()
    expect(running().ledgerAlarm).toBe('ledger.reorged')
    expect(states().at(-1)).toBe('reorged')
    expect(await anchored.anchors()).toMatchObject([{ size: 2, state: 'reorged' }])
    const { did } = await anchored.registry.join('agency')
    expect(did).toContain('did:fujie:')
    await running().anchor()
    expect(await anchored.ledger().latestAnchor('log.test')).toBeUndefined()
  })

  it('finds at its start that a final anchor is gone, and remembers it', async () => {
    await mine(1)
    const before = await anchored.chain.anvil.ask<string>('evm_snapshot')
    await anchor()
    await running().anchor()
    await anchored.registry.stop()
    await revert(before)
    await mine(20)
    await anchored.registry.open(anchored.config)
    expect(running().ledgerAlarm).toBe('ledger.reorged')
    await anchored.restart()
    expect(running().ledgerAlarm).toBe('ledger.reorged')
    await anchored.registry.join('agency')
  })

  it('does not judge by a chain that is not yet where it was', async () => {
    await mine(1)
    const before = await anchored.chain.anvil.ask<string>('evm_snapshot')
    await anchor()
    await running().anchor()
    await anchored.registry.stop()
    await revert(before)
    await anchored.registry.open(anchored.config)
    await running().anchor()
    expect(running().ledgerAlarm).toBeUndefined()
  })

  it('notices when the defence is gone: with one confirmation a shallow one undoes what was called final', async () => {
    await anchored.restart({ confirmations: 1 })
    await running().anchor()
    expect(states().at(-1)).toBe('final')
    await anchored.chain.anvil.ask('anvil_reorg', 1, [])
    await running().anchor()
    expect(running().ledgerAlarm).toBe('ledger.reorged')
  })
})
