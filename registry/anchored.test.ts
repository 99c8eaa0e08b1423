import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseProofBundle } from '@fujie/shared/core/log/bundle.ts'
import { parseJsonObject } from '@fujie/shared/core/encoding/json.ts'
import { AnchoredRegistry } from '../tests/fixtures/anchored.ts'
import { didOf } from '../tests/fixtures/registry.ts'
import { needs } from '../tests/house/needs.ts'

describe.skipIf(!needs('anvil'))('a registry with a ledger outside', { timeout: 60_000 }, () => {
  let anchored: AnchoredRegistry

  beforeEach(async () => {
    anchored = await AnchoredRegistry.start()
  })
  afterEach(() => anchored.remove())

  const running = () => anchored.registry.running

  it('anchors each newest head once, tells each step, and shows where', async () => {
    await running().anchor()
    await running().anchor()
    const [anchor, ...others] = await anchored.anchors()
    expect(others).toEqual([])
    expect(anchor).toMatchObject({ size: 2, state: 'final', ledger: `evm:31337:${anchored.chain.contract}` })
    expect(anchored.told.map(({ state }) => state)).toEqual(['sent', 'included', 'final'])
    expect(new Set(anchored.told.map(({ tx }) => tx)).size).toBe(1)
    const read = await anchored.ledger().latestAnchor('log.test')
    expect(read).toMatchObject({ size: 2, tx: anchor?.tx })
    expect(running().ledgerAlarm).toBeUndefined()
  })

  it('says of a record that it is anchored, and points there in its proof', async () => {
    const record = await anchored.registry.create('agency')
    await running().submit(record.text)
    const stage = async () =>
      ((await (await anchored.registry.get(`/ops/${record.id}`)).json()) as { stage: string }).stage
    const proof = async () =>
      parseProofBundle(
        parseJsonObject(await (await anchored.registry.get(`/proof/did/${encodeURIComponent(didOf(record))}`)).text()),
      )
    expect(await stage()).toBe('trusted')
    expect((await proof()).anchor).toBeUndefined()
    await running().anchor()
    expect(await stage()).toBe('anchored')
    const [anchor] = await anchored.anchors()
    expect((await proof()).anchor).toMatchObject({ tx: anchor?.tx, ledger: anchor?.ledger })
  })

  it('goes on from what it had anchored', async () => {
    await running().anchor()
    const before = await anchored.anchors()
    await anchored.restart()
    await running().anchor()
    expect(await anchored.anchors()).toEqual(before)
    await anchored.registry.join('agency')
    await running().anchor()
    expect((await anchored.anchors()).map(({ size }) => size)).toEqual([4, 2])
    expect(running().ledgerAlarm).toBeUndefined()
  })
})
