import { createPublicClient, encodeErrorResult, http, parseAbi, type Address } from 'viem'
import { mainnet } from 'viem/chains'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { noteOf, TestChain } from '../../fixtures/chain.ts'
import { needs } from '../../house/needs.ts'
import { anchorAbi } from '../../../registry/contracts/anchor.ts'
import { LyingNode } from './lying-node.ts'

const offchainLookup = parseAbi(['error OffchainLookup(address, string[], bytes, bytes4, bytes)'])

describe.skipIf(!needs('anvil'))('ledger/no-foreign-call', { timeout: 60_000 }, () => {
  let chain: TestChain
  let node: LyingNode
  const asked: string[] = []
  const real = globalThis.fetch

  beforeAll(async () => {
    chain = await TestChain.start()
  })
  afterAll(() => chain.stop())
  beforeEach(async () => {
    node = await LyingNode.before(chain.anvil.url)
    asked.length = 0
    // Whatever is asked for is noted; only loopback is let through.
    vi.stubGlobal('fetch', (input: string | URL | Request, init?: RequestInit) => {
      const url = input instanceof Request ? input.url : String(input)
      asked.push(url)
      return new URL(url).hostname === '127.0.0.1' ? real(input, init) : Promise.reject(new Error('foreign'))
    })
  })
  afterEach(async () => {
    vi.unstubAllGlobals()
    await node.stop()
  })

  const hosts = () => new Set(asked.map((url) => new URL(url).origin))

  it('asks the nodes of its settings and nobody else, through its whole life', async () => {
    const ledger = chain.ledger('m1', { rpc: [node.url] })
    await ledger.check()
    await ledger.anchor(noteOf(5))
    await ledger.confirm({ size: 5, root: new Uint8Array(32).fill(5) })
    for await (const _each of ledger.anchors('log.test', 0)) expect(asked.length).toBeGreaterThan(0)
    for await (const _each of ledger.forcedRecords('log.test', -1)) expect(asked.length).toBeGreaterThan(0)
    await ledger.close()
    expect([...hosts()].toSorted()).toEqual([chain.anvil.url, node.url].toSorted())
  })

  /** Fails as a contract does that sends its callers elsewhere (ERC-3668). */
  const elsewhere = () => {
    const sender = chain.contract as Address
    const urls = ['http://foreign.test/{sender}/{data}']
    const data = encodeErrorResult({ abi: offchainLookup, args: [sender, urls, '0x', '0x12345678', '0x'] })
    node.fail = ({ method }) => (method === 'eth_call' ? { code: 3, message: 'execution reverted', data } : undefined)
  }
  const isForeign = () => [...hosts()].some((origin) => !origin.startsWith('http://127.0.0.1:'))

  it('follows no address that a contract names', async () => {
    elsewhere()
    await expect(chain.ledger('m1', { rpc: [node.url] }).isFrozen()).rejects.toMatchObject({
      code: 'ledger.unreachable',
    })
    expect(isForeign()).toBe(false)
  })

  it('notices when the defence is gone: the library’s own client follows it', async () => {
    elsewhere()
    const client = createPublicClient({ transport: http(node.url, { retryCount: 0 }) })
    const call = { address: chain.contract as Address, abi: anchorAbi, functionName: 'admin' } as const
    await expect(client.readContract(call)).rejects.toThrow()
    expect(isForeign()).toBe(true)
  })

  it('asks a node that fails once, and leaves trying again to us', async () => {
    node.say = () => undefined
    await expect(chain.ledger(undefined, { rpc: [node.url] }).latestAnchor('log.test')).rejects.toMatchObject({
      code: 'ledger.unreachable',
    })
    expect(node.asked.map(({ method }) => method)).toEqual(['eth_chainId'])
  })

  it('notices when the defence is gone: the library’s own chain asks a public node', async () => {
    const client = createPublicClient({ chain: mainnet, transport: http(undefined, { retryCount: 0 }) })
    await expect(client.getBlockNumber()).rejects.toThrow()
    expect(isForeign()).toBe(true)
  })
})
