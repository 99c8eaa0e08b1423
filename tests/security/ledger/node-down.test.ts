import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AnchoredRegistry } from '../../fixtures/anchored.ts'
import { needs } from '../../house/needs.ts'
import { nodesBefore, type LyingNode } from './lying-node.ts'

/** A registry before three nodes of its own, which tests take away. */
describe.skipIf(!needs('anvil'))('ledger/node-down', { timeout: 60_000 }, () => {
  let anchored: AnchoredRegistry
  let nodes: readonly LyingNode[]

  beforeEach(async () => {
    anchored = await AnchoredRegistry.start()
    nodes = await nodesBefore(anchored.chain.anvil.url, 3)
    await anchored.restart({ rpc: nodes.map(({ url }) => url) }, { healthPort: 0 })
  })
  afterEach(async () => {
    for (const node of nodes) await node.stop()
    await anchored.remove()
  })

  const running = () => anchored.registry.running
  const health = async () => (await (await fetch(`${running().healthUrl}/healthz`)).json()) as object
  const down = (count: number) => {
    for (const [i, node] of nodes.entries()) node.say = (_question, truth) => (i < count ? undefined : truth)
  }

  it('anchors while one of three is down', async () => {
    down(1)
    await running().anchor()
    expect(await anchored.anchors()).toMatchObject([{ size: 2, state: 'final' }])
  })

  it('takes records in and proves them while all are down, and anchors once they are back', async () => {
    down(3)
    await running().anchor()
    expect(await health()).toMatchObject({ ok: true, ledger: 'ledger.unreachable' })
    const { did } = await anchored.registry.join('agency')
    expect((await anchored.registry.get(`/proof/did/${encodeURIComponent(did)}`)).status).toBe(200)
    expect(await anchored.anchors()).toEqual([])
    expect(running().ledgerAlarm).toBeUndefined()
    down(0)
    await running().anchor()
    expect(await anchored.anchors()).toMatchObject([{ size: 4, state: 'final' }])
    expect(Object.keys(await health())).not.toContain('ledger')
  })

  it('starts while all are down', async () => {
    await running().anchor()
    down(3)
    await anchored.restart({ rpc: nodes.map(({ url }) => url) })
    await anchored.registry.join('agency')
    expect(await anchored.anchors()).toMatchObject([{ size: 2, state: 'final' }])
    down(0)
    await running().anchor()
    expect((await anchored.anchors()).map(({ size }) => size)).toEqual([4, 2])
  })

  it('ends while a transaction is on its way', async () => {
    await anchored.chain.anvil.ask('evm_setAutomine', false)
    const done = running().anchor()
    await expect.poll(() => anchored.told.map(({ state }) => state), { timeout: 10_000 }).toEqual(['sent'])
    await anchored.registry.stop()
    await done
    await anchored.chain.anvil.ask('evm_setAutomine', true)
    await anchored.chain.mine(1)
    await anchored.registry.open(anchored.config)
    await running().anchor()
    expect(await anchored.anchors()).toMatchObject([{ size: 2, state: 'final' }])
  })

  it('notices when the defence is gone: before one node alone nothing is anchored while it is down', async () => {
    await anchored.restart({ rpc: [nodes[0]?.url ?? ''] })
    down(1)
    await running().anchor()
    expect(await anchored.anchors()).toEqual([])
  })
})
