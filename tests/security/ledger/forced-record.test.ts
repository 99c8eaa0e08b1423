import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { AnchoredRegistry } from '../../fixtures/anchored.ts'
import { needs } from '../../house/needs.ts'
import { nodesBefore } from './lying-node.ts'

describe.skipIf(!needs('anvil'))('ledger/forced-record', { timeout: 60_000 }, () => {
  let anchored: AnchoredRegistry

  beforeEach(async () => {
    // Whoever has no sponsor gets no record in by the front door.
    anchored = await AnchoredRegistry.start({}, {}, {}, { admission: 'sponsored' })
  })
  afterEach(() => anchored.remove())

  const running = () => anchored.registry.running
  const { registry } = { registry: () => anchored.registry }
  const force = (text: string) => {
    const { admin, contract } = anchored.chain
    return admin.forceRecord(contract, running().log, utf8(text))
  }
  const post = (text: string) =>
    fetch(`${running().url}/ops`, { method: 'POST', headers: { 'content-type': 'application/jose' }, body: text })
  const stageOf = async (id: string) => (await registry().get(`/ops/${id}`)).status

  it('gets into the log past what refuses it otherwise', async () => {
    const record = await registry().create('unwelcome')
    expect(await (await post(record.text)).json()).toEqual({ error: 'admission.not_sponsored' })
    await force(record.text)
    await running().anchor()
    expect(await stageOf(record.id)).toBe(200)
  })

  it('notices when the defence is gone: without a ledger read it stays outside', async () => {
    const record = await registry().create('unwelcome')
    await force(record.text)
    expect(await stageOf(record.id)).toBe(404)
    await anchored.restart({}, { ledger: { type: 'file' } })
    await running().anchor()
    expect(await stageOf(record.id)).toBe(404)
  })

  it('waits for what it builds on, and goes in with the next batch', async () => {
    const create = await registry().create('late')
    const update = await registry().update('late', create)
    await force(update.text)
    await running().anchor()
    expect(await stageOf(update.id)).toBe(404)
    await running().submit(create.text)
    await expect.poll(() => stageOf(update.id), { timeout: 10_000 }).toBe(200)
  })

  it('is remembered over a new start, while the ledger cannot be reached', async () => {
    const nodes = await nodesBefore(anchored.chain.anvil.url, 1)
    const rpc = nodes.map(({ url }) => url)
    const create = await registry().create('late')
    const update = await registry().update('late', create)
    await force(update.text)
    await running().anchor()
    for (const node of nodes) node.say = () => undefined
    await anchored.restart({ rpc })
    await running().submit(create.text)
    await expect.poll(() => stageOf(update.id), { timeout: 10_000 }).toBe(200)
    for (const node of nodes) await node.stop()
  })

  it('stops nothing where it is no record, and makes room for the next', async () => {
    await force('not a record')
    await running().anchor()
    await anchored.chain.mine(100)
    const record = await registry().create('next')
    await force(record.text)
    await running().anchor()
    expect(await stageOf(record.id)).toBe(200)
    expect(running().alarm).toBeUndefined()
  })
})
