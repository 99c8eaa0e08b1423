import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type BaseError,
  bytesToHex,
  ContractFunctionRevertedError,
  createTestClient,
  defineChain,
  http,
  parseEventLogs,
  publicActions,
  sha256,
  walletActions,
  type Address,
  type Hex,
} from 'viem'
import { compileContract } from '../../scripts/contracts/compile.ts'
import { startAnvil, type Anvil } from '../../scripts/anvil.ts'
import { accountOf } from '../../tests/fixtures/chain.ts'
import { needs } from '../../tests/house/needs.ts'
import { anchorAbi, anchorBytecode } from './anchor.ts'

describe('the compiled contract', () => {
  it('is what the compiler makes of Anchor.sol', { timeout: 60_000 }, () => {
    expect(compileContract('Anchor')).toEqual({ abi: anchorAbi, bytecode: anchorBytecode })
  })
})

const log = bytesToHex(new Uint8Array(32).fill(7))
const root = (byte: number) => bytesToHex(new Uint8Array(32).fill(byte))
type Name = 'admin' | 'm1' | 'm2' | 'm3' | 'stranger'
type Call =
  'registerLog' | 'setMember' | 'unfreeze' | 'offerAdmin' | 'acceptAdmin' | 'anchor' | 'confirm' | 'forceRecord'

describe.skipIf(!needs('anvil'))('the contract', { timeout: 60_000 }, () => {
  let anvil: Anvil
  let chain: ReturnType<typeof clientOf>
  let contract: Address
  let gasOfDeploy: bigint

  function clientOf({ url, chainId }: Anvil) {
    const rpcUrls = { default: { http: [url] } }
    const own = defineChain({
      id: chainId,
      name: 'test',
      nativeCurrency: { name: 'u', symbol: 'U', decimals: 18 },
      rpcUrls,
    })
    return createTestClient({ mode: 'anvil', chain: own, transport: http(url), pollingInterval: 10 })
      .extend(publicActions)
      .extend(walletActions)
  }

  beforeAll(async () => {
    anvil = await startAnvil()
    chain = clientOf(anvil)
    for (const name of ['admin', 'm1', 'm2', 'm3', 'stranger'])
      await chain.setBalance({ address: accountOf(name).address, value: 10n ** 19n })
  })
  afterAll(() => anvil.stop())

  /** A contract with one log of two confirmations, two contradictions, and three members. */
  async function begin(): Promise<void> {
    const account = accountOf('admin')
    const hash = await chain.deployContract({
      abi: anchorAbi,
      bytecode: anchorBytecode,
      args: [account.address],
      account,
    })
    const receipt = await chain.waitForTransactionReceipt({ hash })
    contract = receipt.contractAddress as Address
    gasOfDeploy = receipt.gasUsed
    await send('admin', 'registerLog', log, root(1), root(2), 2, 2, 3_600)
    for (const [i, name] of (['m1', 'm2', 'm3'] as const).entries())
      await send('admin', 'setMember', log, accountOf(name).address, i + 1)
  }

  async function send(from: Name, functionName: Call, ...args: readonly unknown[]) {
    const account = accountOf(from)
    const call = { address: contract, abi: anchorAbi, functionName, args, account } as never
    await chain.simulateContract(call)
    const receipt = await chain.waitForTransactionReceipt({ hash: await chain.writeContract(call) })
    const events = parseEventLogs({ abi: anchorAbi, logs: receipt.logs })
    return { gas: receipt.gasUsed, events: events.map(({ eventName, args }) => [eventName, args] as const), receipt }
  }

  /** By which of its errors the contract refuses. */
  async function refusal(from: Name, functionName: Call, ...args: readonly unknown[]): Promise<string | undefined> {
    try {
      await send(from, functionName, ...args)
      return undefined
    } catch (thrown) {
      const reverted = (thrown as BaseError).walk((each) => each instanceof ContractFunctionRevertedError)
      return (reverted as ContractFunctionRevertedError | null)?.data?.errorName ?? 'unknown'
    }
  }

  const head = () => chain.readContract({ address: contract, abi: anchorAbi, functionName: 'head', args: [log] })

  describe('its administration', () => {
    beforeAll(begin)

    it('is the admin’s alone', async () => {
      const { address } = accountOf('m2')
      expect(await refusal('m1', 'registerLog', root(9), root(1), root(2), 2, 2, 60)).toBe('NotAllowed')
      expect(await refusal('m1', 'setMember', log, address, 9)).toBe('NotAllowed')
      expect(await refusal('m1', 'unfreeze', log, root(3))).toBe('NotAllowed')
      expect(await refusal('m1', 'offerAdmin', address)).toBe('NotAllowed')
    })

    it('registers a log once, and none without terms', async () => {
      expect(await refusal('admin', 'registerLog', log, root(1), root(2), 2, 2, 3_600)).toBe('Exists')
      for (const [k, freezeAt, window] of [
        [0, 1, 1],
        [1, 0, 1],
        [1, 1, 0],
        [65, 1, 1],
      ])
        expect(await refusal('admin', 'registerLog', root(9), root(1), root(2), k, freezeAt, window)).toBe('NotAllowed')
      const { events } = await send('admin', 'registerLog', root(9), root(1), root(2), 1, 1, 60)
      expect(events).toEqual([
        ['LogRegistered', { log: root(9), originHash: root(1), keyHash: root(2), k: 1, freezeAt: 1, window: 60 }],
      ])
    })

    it('gives seats 1 to 64 of logs that are registered', async () => {
      const { address } = accountOf('stranger')
      expect(await refusal('admin', 'setMember', root(8), address, 1)).toBe('NotAllowed')
      expect(await refusal('admin', 'setMember', log, address, 65)).toBe('NotAllowed')
      const { events } = await send('admin', 'setMember', log, address, 64)
      expect(events).toEqual([['MemberSet', { log, member: address, slot: 64 }]])
      expect(await refusal('stranger', 'anchor', log, 1n, root(1))).toBeUndefined()
      await send('admin', 'setMember', log, address, 0)
      expect(await refusal('stranger', 'anchor', log, 2n, root(1))).toBe('NotAllowed')
    })

    it('goes over only to who accepts it', async () => {
      const { address } = accountOf('m3')
      expect(await refusal('m3', 'acceptAdmin')).toBe('NotAllowed')
      await send('admin', 'offerAdmin', address)
      expect(await refusal('m2', 'acceptAdmin')).toBe('NotAllowed')
      await send('m3', 'acceptAdmin')
      expect(await refusal('admin', 'setMember', log, address, 9)).toBe('NotAllowed')
      expect(await refusal('m3', 'acceptAdmin')).toBe('NotAllowed')
    })
  })

  describe('a head', () => {
    beforeAll(begin)

    it('is anchored by members, growing', async () => {
      expect(await refusal('stranger', 'anchor', log, 5n, root(5))).toBe('NotAllowed')
      expect(await refusal('admin', 'anchor', log, 5n, root(5))).toBe('NotAllowed')
      expect(await refusal('m1', 'anchor', log, 0n, root(5))).toBe('NotGrowing')
      await send('m1', 'anchor', log, 5n, root(5))
      for (const size of [5n, 4n, 0n]) expect(await refusal('m2', 'anchor', log, size, root(6))).toBe('NotGrowing')
      const { events } = await send('m2', 'anchor', log, 8n, root(8))
      const by = accountOf('m2').address
      expect(events).toEqual([['Anchored', { log, size: 8n, root: root(8), prevSize: 5n, prevRoot: root(5), by }]])
      expect(await head()).toEqual([8n, root(8), 0, false])
    })

    it('is confirmed once by each seat, and final at the second', async () => {
      expect(await refusal('stranger', 'confirm', log, 8n, root(8))).toBe('NotAllowed')
      expect(await refusal('m1', 'confirm', log, 5n, root(5))).toBe('NotHead')
      const first = await send('m1', 'confirm', log, 8n, root(8))
      expect(first.events.map(([name]) => name)).toEqual(['Confirmed'])
      expect(await refusal('m1', 'confirm', log, 8n, root(8))).toBe('AlreadyVoted')
      expect(await refusal('m1', 'confirm', log, 8n, root(9))).toBe('AlreadyVoted')
      const second = await send('m3', 'confirm', log, 8n, root(8))
      expect(second.events).toEqual([
        ['Confirmed', { log, size: 8n, root: root(8), by: accountOf('m3').address, count: 2 }],
        ['Final', { log, size: 8n, root: root(8) }],
      ])
      const third = await send('m2', 'confirm', log, 8n, root(8))
      expect(third.events.map(([name]) => name)).toEqual(['Confirmed'])
    })

    it('keeps one vote for a seat, whoever sits there', async () => {
      await send('m1', 'anchor', log, 9n, root(9))
      await send('m1', 'confirm', log, 9n, root(9))
      await send('admin', 'setMember', log, accountOf('stranger').address, 1)
      expect(await refusal('stranger', 'confirm', log, 9n, root(9))).toBe('AlreadyVoted')
      await send('admin', 'setMember', log, accountOf('stranger').address, 0)
    })

    it('freezes at the second contradiction, until the admin lifts it', async () => {
      await send('m1', 'anchor', log, 12n, root(12))
      const first = await send('m2', 'confirm', log, 12n, root(99))
      const by = accountOf('m2').address
      expect(first.events).toEqual([['Conflict', { log, size: 12n, anchored: root(12), claimed: root(99), by }]])
      expect(await refusal('m2', 'confirm', log, 12n, root(12))).toBe('AlreadyVoted')
      const second = await send('m3', 'confirm', log, 12n, root(99))
      expect(second.events.map(([name]) => name)).toEqual(['Conflict', 'Frozen'])
      expect(await refusal('m1', 'anchor', log, 13n, root(13))).toBe('LogFrozen')
      expect(await refusal('m1', 'confirm', log, 12n, root(12))).toBe('LogFrozen')
      const { events } = await send('admin', 'unfreeze', log, root(3))
      expect(events).toEqual([['Unfrozen', { log, reason: root(3) }]])
      expect(await refusal('admin', 'unfreeze', log, root(3))).toBe('NotAllowed')
      await send('m2', 'confirm', log, 12n, root(12))
      await send('m1', 'anchor', log, 13n, root(13))
    })

    it('forgets the contradictions of a head when the log grows over it', async () => {
      await send('m2', 'confirm', log, 13n, root(99))
      await send('m1', 'anchor', log, 14n, root(14))
      const { events } = await send('m2', 'confirm', log, 14n, root(99))
      expect(events.map(([name]) => name)).toEqual(['Conflict'])
      expect(await head()).toMatchObject([14n, root(14), 0, false])
    })
  })

  describe('a forced record', () => {
    beforeAll(begin)
    const record = (length: number) => bytesToHex(new Uint8Array(length).fill(120)) as Hex

    it('is taken from anybody, with its deadline', async () => {
      const { events, receipt } = await send('stranger', 'forceRecord', log, record(700))
      const { timestamp } = await chain.getBlock({ blockNumber: receipt.blockNumber })
      const deadline = timestamp + 3_600n
      expect(events).toEqual([
        ['ForcedRecord', { log, recordHash: sha256(record(700)), deadline, record: record(700) }],
      ])
    })

    it('is one in a hundred blocks', async () => {
      expect(await refusal('m1', 'forceRecord', log, record(10))).toBe('TooSoon')
      await chain.mine({ blocks: 99 })
      expect(await refusal('m1', 'forceRecord', log, record(10))).toBe('TooSoon')
      await chain.mine({ blocks: 1 })
      expect(await refusal('m1', 'forceRecord', log, record(4_096))).toBeUndefined()
    })

    it('is of 4,096 bytes at most, for a log that is registered', async () => {
      await chain.mine({ blocks: 100 })
      expect(await refusal('m1', 'forceRecord', log, record(4_097))).toBe('TooLarge')
      expect(await refusal('m1', 'forceRecord', root(8), record(10))).toBe('NotAllowed')
    })
  })

  describe('its price', () => {
    beforeAll(begin)

    it('keeps an anchor within 40,000 gas, a vote within 55,000', async () => {
      await send('m1', 'anchor', log, 1_000n, root(77))
      const anchor = await send('m1', 'anchor', log, 2_000n, root(78))
      const vote = await send('m2', 'confirm', log, 2_000n, root(78))
      const forced = await send('m2', 'forceRecord', log, bytesToHex(new Uint8Array(700).fill(120)))
      expect(Number(anchor.gas)).toBeLessThanOrEqual(40_000)
      expect(Number(vote.gas)).toBeLessThanOrEqual(55_000)
      expect(Number(forced.gas)).toBeLessThanOrEqual(67_000)
      expect(Number(gasOfDeploy)).toBeLessThanOrEqual(1_210_000)
    })
  })
})
