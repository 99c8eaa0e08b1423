import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { EvmAdmin } from '@fujie/registry/adapters/ledger-evm-deploy.ts'
import { keptAccount } from '@fujie/registry/adapters/ledger-evm-key.ts'
import type { EvmLedgerConfig } from '@fujie/registry/config.ts'
import { startAnvil, type Anvil } from '../anvil.ts'

/** The chain of a demonstration: a real node on loopback, whose blocks are final since nobody else writes there. */
export interface DemoLedger {
  readonly config: EvmLedgerConfig
  /** Gives the log its place in the contract, unless it has it. */
  register(log: string, origin: string, logKey: string): Promise<void>
  stop(): Promise<void>
}

const balance = `0x${(10n ** 20n).toString(16)}`
/** Where the contract is, and which log it knows. */
interface Place {
  readonly contract: string
  readonly block: number
  readonly log?: string
}

/**
 * Starts the node, with the chain it had before, and the contract there.
 *
 * @throws Fault `start.no_ledger_node`, `ledger.*`
 */
export async function openDemoLedger(folder: string): Promise<DemoLedger> {
  const anvil = await startAnvil({ state: join(folder, 'anvil.json') })
  try {
    return await prepare(folder, anvil)
  } catch (error) {
    await anvil.stop()
    throw error
  }
}

async function prepare(folder: string, anvil: Anvil): Promise<DemoLedger> {
  const keyFile = join(folder, 'ledger-key')
  const [admin, member] = [await keptAccount(join(folder, 'ledger-admin-key')), await keptAccount(keyFile)]
  for (const { address } of [admin, member]) await anvil.ask('anvil_setBalance', address, balance)
  const chain = { chainId: anvil.chainId, rpc: [anvil.url], confirmations: 1, poll: 200 }
  const hand = new EvmAdmin(chain, admin, systemClock)
  const file = join(folder, 'ledger.json')
  let place = (await placeIn(file, anvil)) ?? (await placeAnew(folder, hand))
  const keep = () => writeFileSync(file, JSON.stringify(place))
  keep()
  return {
    config: { type: 'evm', ...chain, keyFile, contract: place.contract, fromBlock: place.block },
    async register(log, origin, logKey) {
      if (place.log === log) return
      const terms = { k: 1, freezeAt: 1, window: 3_600, members: [member.address] }
      await hand.register(place.contract, { log, origin, logKey, ...terms })
      place = { ...place, log }
      keep()
    },
    stop: () => anvil.stop(),
  }
}

/** The contract of the last run, if this chain still has it. */
async function placeIn(file: string, anvil: Anvil): Promise<Place | undefined> {
  if (!existsSync(file)) return undefined
  const place = JSON.parse(readFileSync(file, 'utf8')) as Place
  return (await anvil.ask<string>('eth_getCode', place.contract, 'latest')) === '0x' ? undefined : place
}

/** A chain that lost its past is another chain, though its contract comes to stand at the same address. */
async function placeAnew(folder: string, hand: EvmAdmin): Promise<Place> {
  for (const end of ['', '-wal', '-shm']) rmSync(join(folder, 'registry', `ledger.sqlite${end}`), { force: true })
  return hand.deploy()
}
