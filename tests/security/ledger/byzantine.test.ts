import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { clock, noteOf, rootOf, TestChain } from '../../fixtures/chain.ts'
import { accountOf } from '../../fixtures/chain.ts'
import { needs } from '../../house/needs.ts'
import { EvmLedger } from '../../../registry/adapters/ledger-evm.ts'
import { nodesBefore, type Answerer, type LyingNode } from './lying-node.ts'

/** Another root in everything that tells one. */
const otherRoot: Answerer = ({ method }, truth) =>
  method === 'eth_getLogs' || method === 'eth_call'
    ? (JSON.parse(JSON.stringify(truth).replaceAll('05'.repeat(32), '66'.repeat(32))) as unknown)
    : truth
/** Nothing was ever written. */
const silent: Answerer = ({ method }, truth) => (method === 'eth_getLogs' ? [] : truth)
/** Far ahead of everybody. */
const ahead: Answerer = ({ method }, truth) => (method === 'eth_blockNumber' ? '0xffffffff' : truth)
const behind: Answerer = ({ method }, truth) => (method === 'eth_blockNumber' ? '0x1' : truth)
const dear: Answerer = ({ method }, truth) =>
  ['eth_gasPrice', 'eth_maxPriorityFeePerGas'].includes(method) ? '0xde0b6b3a7640000' : truth
const unsent: Answerer = ({ method }, truth) =>
  method === 'eth_getTransactionReceipt' || method === 'eth_getTransactionCount' ? null : truth
const used: Answerer = ({ method }, truth) => (method === 'eth_getTransactionCount' ? '0x99' : truth)
const mute: Answerer = () => undefined

describe.skipIf(!needs('anvil'))('ledger/byzantine', { timeout: 60_000 }, () => {
  let chain: TestChain
  let nodes: readonly LyingNode[]

  beforeAll(async () => {
    chain = await TestChain.start()
    await chain.ledger('m1').anchor(noteOf(5))
  })
  afterAll(() => chain.stop())
  beforeEach(async () => {
    nodes = await nodesBefore(chain.anvil.url, 3)
  })
  afterEach(async () => {
    for (const node of nodes) await node.stop()
  })

  const ledger = (member?: string, change: { faulty?: number; rpc?: readonly string[] } = {}) =>
    chain.ledger(member, { rpc: nodes.map(({ url }) => url), ...change })

  it.each<[string, Answerer]>([
    ['tells another root', otherRoot],
    ['hides what was written', silent],
    ['claims blocks that are not there', ahead],
    ['stands still', behind],
    ['says nothing', mute],
  ])('reads the truth while one node of three %s', async (_what, lie) => {
    for (const node of nodes) {
      node.say = lie
      expect(await ledger().latestAnchor('log.test')).toMatchObject({ size: 5, root: rootOf(5) })
      node.say = (_question, truth) => truth
    }
  })

  it.each<[string, Answerer]>([
    ['denies what was sent', unsent],
    ['counts transactions that were not sent', used],
    ['names a price a thousand times too high', dear],
    ['says nothing', mute],
  ])('writes while one node of three %s', async (_what, lie) => {
    for (const node of nodes) {
      node.say = lie
      const size = ((await chain.ledger().latestAnchor('log.test'))?.size ?? 0) + 1
      const written = await ledger('m1').anchor(noteOf(size, 5))
      expect(written).toMatchObject({ size, state: 'final' })
      const { maxFeePerGas } = await chain.anvil.ask<{ maxFeePerGas: string }>('eth_getTransactionByHash', written.tx)
      expect(BigInt(maxFeePerGas)).toBeLessThan(10n ** 11n)
      node.say = (_question, truth) => truth
    }
  })

  it('says that it does not know where two tell different things', async () => {
    const [one, two] = nodes as [LyingNode, LyingNode]
    one.say = otherRoot
    two.say = silent
    await expect(ledger().latestAnchor('log.test')).rejects.toMatchObject({ code: 'ledger.disputed' })
    await expect(ledger('m1').anchor(noteOf(6))).rejects.toMatchObject({ code: 'ledger.disputed' })
  })

  it('notices when the defence is gone: with one node trusted the lie passes', async () => {
    const [liar] = nodes as [LyingNode]
    liar.say = otherRoot
    const other = chain.ledger(undefined, { rpc: [liar.url] })
    const [first] = await anchorsOf(other)
    expect(first).toMatchObject({ size: 5, root: rootOf(0x66) })
    liar.say = silent
    expect(await chain.ledger(undefined, { rpc: [liar.url] }).latestAnchor('log.test')).toBeUndefined()
    const trusting = new EvmLedger(chain.options({ rpc: nodes.map(({ url }) => url), faulty: 0 }), {
      ...{ clock, account: accountOf('m1') },
    })
    liar.say = ahead
    await expect(trusting.latestAnchor('log.test')).rejects.toMatchObject({ code: 'ledger.unreachable' })
  })
})

async function anchorsOf(ledger: EvmLedger) {
  const found = []
  for await (const anchor of ledger.anchors('log.test', 0)) found.push(anchor)
  return found
}
