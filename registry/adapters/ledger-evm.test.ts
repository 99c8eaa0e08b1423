import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { needs } from '../../tests/house/needs.ts'
import { accountOf, clock, logIdOf, noteOf, rootOf, TestChain } from '../../tests/fixtures/chain.ts'
import type { Anchor, Ledger } from '../log/ports.ts'
import { describeLedger } from './ledger.contract.ts'
import { EvmLedger } from './ledger-evm.ts'

const here = needs('anvil')

describe.skipIf(!here)('on a chain', { timeout: 60_000 }, () => {
  describeLedger('the contract', async () => {
    const chain = await TestChain.start()
    return { open: () => Promise.resolve(chain.ledger('m1')), close: () => chain.stop() }
  })
})

describe.skipIf(!here)('a ledger on a chain', { timeout: 60_000 }, () => {
  let chain: TestChain
  const opened: Ledger[] = []
  const keep = <L extends Ledger>(ledger: L): L => {
    opened.push(ledger)
    return ledger
  }

  beforeAll(async () => {
    chain = await TestChain.start()
  })
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close?.()
  })
  afterAll(() => chain.stop())

  it('tells each step until enough blocks stand on the transaction', async () => {
    const ledger = keep(chain.ledger('m1', { confirmations: 3 }))
    const told: Anchor[] = []
    const done = ledger.anchor(noteOf(10), (anchor) => void told.push(anchor))
    await expect.poll(() => told.map(({ state }) => state)).toEqual(['sent', 'included'])
    expect(await ledger.latestAnchor('log.test')).toBeUndefined()
    await chain.mine(2)
    expect(await done).toMatchObject({ state: 'final', size: 10, block: told[1]?.block })
    expect(told[0]).toMatchObject({ size: 10, root: rootOf(10), ledger: ledger.id, isOwn: true })
  })

  it('pays in the old way where the chain knows no other', async () => {
    const ledger = keep(chain.ledger('m1', { fees: 'legacy' }))
    const { tx } = await ledger.anchor(noteOf(20))
    expect(await chain.anvil.ask('eth_getTransactionByHash', tx)).toMatchObject({ type: '0x0' })
    const other = keep(chain.ledger('m1'))
    const dynamic = await other.anchor(noteOf(21))
    expect(await chain.anvil.ask('eth_getTransactionByHash', dynamic.tx)).toMatchObject({ type: '0x2' })
  })

  it('sends again at a higher price what comes into no block', async () => {
    await chain.anvil.ask('evm_setAutomine', false)
    const ledger = keep(chain.ledger('m1', { resendAfter: 0 }))
    const told: Anchor[] = []
    const done = ledger.anchor(noteOf(30), (anchor) => void told.push(anchor))
    await expect.poll(() => told.length, { timeout: 10_000 }).toBeGreaterThan(4)
    await chain.anvil.ask('evm_setAutomine', true)
    await chain.mine(1)
    expect(await done).toMatchObject({ state: 'final', size: 30 })
    expect(told.slice(0, 4).map(({ state }) => state)).toEqual(['sent', 'dropped', 'sent', 'dropped'])
    const sent = told.filter(({ state }) => state === 'sent').map(({ tx }) => tx)
    expect(new Set(sent).size).toBe(sent.length)
  })

  it('writes over what an earlier life left waiting', async () => {
    await chain.anvil.ask('evm_setAutomine', false)
    const before = chain.ledger('m1')
    const told: Anchor[] = []
    const lost = before.anchor(noteOf(40), (anchor) => void told.push(anchor)).catch((thrown: unknown) => thrown)
    await expect.poll(() => told.length).toBe(1)
    await before.close()
    expect(await lost).toMatchObject({ code: 'ledger.unreachable' })
    const now = keep(chain.ledger('m1'))
    const done = now.anchor(noteOf(41))
    await new Promise((resolve) => setTimeout(resolve, 200))
    await chain.anvil.ask('evm_setAutomine', true)
    await chain.mine(1)
    expect(await done).toMatchObject({ state: 'final' })
    expect((await now.latestAnchor('log.test'))?.size).toBeGreaterThanOrEqual(40)
  })

  it('spends no more in a day than it may', async () => {
    const ledger = keep(chain.ledger('m1', { dailyCap: 1n }))
    await expect(ledger.anchor(noteOf(50))).rejects.toMatchObject({ code: 'ledger.cap' })
    const spent = new Map<number, bigint>()
    const purse = {
      spent: (day: number) => spent.get(day) ?? 0n,
      spend: (day: number, amount: bigint) => void spent.set(day, (spent.get(day) ?? 0n) + amount),
    }
    const counted = keep(new EvmLedger(chain.options(), { clock, account: accountOf('m1'), purse }))
    await counted.anchor(noteOf(51))
    const [[, amount] = [0, 0n]] = spent
    expect(amount).toBeGreaterThan(0n)
    const rest = keep(
      new EvmLedger(chain.options({ dailyCap: amount + 1n }), { clock, account: accountOf('m1'), purse }),
    )
    await expect(rest.anchor(noteOf(52))).rejects.toMatchObject({ code: 'ledger.cap' })
  })

  it('is refused for an account that is no member', async () => {
    await chain.anvil.ask('anvil_setBalance', accountOf('stranger').address, '0xde0b6b3a7640000')
    await expect(keep(chain.ledger('stranger')).anchor(noteOf(60))).rejects.toMatchObject({ code: 'ledger.refused' })
  })

  it('writes nothing without a key', async () => {
    await expect(keep(chain.ledger()).anchor(noteOf(60))).rejects.toMatchObject({ code: 'ledger.refused' })
  })

  it('knows its chain and its contract', async () => {
    await keep(chain.ledger()).check()
    const wrong = { code: 'ledger.misconfigured' }
    await expect(keep(chain.ledger(undefined, { chainId: 1 })).check()).rejects.toMatchObject(wrong)
    await expect(keep(chain.ledger(undefined, { contract: accountOf('m1').address })).check()).rejects.toMatchObject(
      wrong,
    )
    expect(() => chain.ledger(undefined, { contract: '0x12' })).toThrow('ledger.misconfigured')
    expect(() => chain.ledger(undefined, { log: 'short' })).toThrow('ledger.misconfigured')
    expect(() => chain.ledger(undefined, { rpc: [] })).toThrow('ledger.misconfigured')
  })

  it('sees nothing of another log under the same contract', async () => {
    const other = keep(chain.ledger(undefined, { log: logIdOf('other') }))
    expect(await other.latestAnchor('log.test')).toBeUndefined()
  })
})
