import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { noteOf, rootOf, TestChain } from '../../fixtures/chain.ts'
import { needs } from '../../house/needs.ts'

/**
 * The same contract at the same address on two chains: what two parts of a network hold that lost sight of each other.
 * Nodes of both parts are asked.
 */
describe.skipIf(!needs('anvil'))('ledger/partition', { timeout: 60_000 }, () => {
  let [large, small]: TestChain[] = []
  const part = (chain: TestChain | undefined) => chain?.anvil.url ?? ''

  beforeAll(async () => {
    ;[large, small] = [await TestChain.start(), await TestChain.start()]
    expect(large?.contract).toBe(small?.contract)
    await large?.ledger('m1').anchor(noteOf(5))
    await small?.ledger('m1').anchor(noteOf(4))
  })
  afterAll(async () => {
    await large?.stop()
    await small?.stop()
  })

  const seen = (...rpc: readonly string[]) => large?.ledger('m2', { rpc }) as ReturnType<TestChain['ledger']>

  it('goes on with the part that holds enough nodes', async () => {
    const ledger = seen(part(large), part(large), part(small))
    expect(await ledger.latestAnchor('log.test')).toMatchObject({ size: 5, root: rootOf(5) })
    expect(await ledger.anchor(noteOf(6))).toMatchObject({ size: 6, state: 'final' })
  })

  it('says that it does not know where no part holds enough', async () => {
    const ledger = large?.ledger('m2', { rpc: [part(large), part(small)], faulty: 1 })
    await expect(ledger?.latestAnchor('log.test')).rejects.toMatchObject({ code: 'ledger.disputed' })
    await expect(ledger?.anchor(noteOf(9))).rejects.toMatchObject({ code: 'ledger.disputed' })
  })

  it('finds, once it is whole again, that the part it followed was given up', async () => {
    const [mine, yours] = [await TestChain.start(), await TestChain.start()]
    try {
      let rpc = mine.anvil.url
      const gate = await gateTo(() => rpc)
      const ledger = mine.ledger('m1', { rpc: [gate.url] })
      await ledger.anchor(noteOf(5))
      await yours.ledger('m1').anchor(noteOf(7))
      await yours.mine(10)
      rpc = yours.anvil.url
      await expect(ledger.latestAnchor('log.test')).rejects.toMatchObject({ code: 'ledger.reorged' })
      await gate.stop()
    } finally {
      await mine.stop()
      await yours.stop()
    }
  })

  it('notices when the defence is gone: with one node trusted the small part counts', async () => {
    const sizes = []
    for await (const { size } of seen(part(small)).anchors('log.test', 0)) sizes.push(size)
    expect(sizes).toContain(4)
  })
})

/** One address, behind which the network may change sides. */
async function gateTo(target: () => string): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(target(), { method: 'POST', headers, body: Buffer.concat(chunks) })
      response.setHeader('content-type', 'application/json')
      response.end(await answer.text())
    })().catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
