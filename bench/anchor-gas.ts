import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { formatCheckpoint } from '@fujie/shared/core/log/checkpoint.ts'
import { formatNote } from '@fujie/shared/core/log/note.ts'
import { EvmAdmin } from '../registry/adapters/ledger-evm-deploy.ts'
import { keptAccount } from '../registry/adapters/ledger-evm-key.ts'
import { EvmLedger } from '../registry/adapters/ledger-evm.ts'
import { findAnvil, startAnvil, type Anvil } from '../scripts/anvil.ts'
import { median } from './measure.ts'
import { makeRow, type Figures, type Row } from './row.ts'

/** Records under each anchor, of the second row. */
const records = 10_000
const anchors = 8

/** What a head on a chain burns once there is one before it, and what of that falls on each of so many records. */
export async function* anchorGas(peers: Figures['peers']): AsyncIterable<Row> {
  if (findAnvil() === undefined)
    return console.error('SKIPPED anchor-gas: no anvil (npm ci on Linux x64, or set FUJIE_ANVIL)')
  const gas = await measured()
  const row = { bench: 'registry', better: 'less' } as const
  yield makeRow({ ...row, row: 'anchor-gas', unit: 'gas an anchor', ours: gas, limit: 40_000 })
  const each = { row: 'anchor-gas-record', unit: `gas a record at ${records}`, ours: gas / records, limit: 4 }
  yield makeRow({ ...row, ...each, ...(peers && { peers }) })
}

async function measured(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'fujie-gas-'))
  const anvil = await startAnvil()
  try {
    const ledger = await openLedger(anvil, folder)
    const burnt: number[] = []
    for (let i = 0; i <= anchors; i++) burnt.push(await anchor(anvil, ledger, (i + 1) * (records + 1)))
    // The first one of a log writes where nothing was.
    return median(burnt.slice(1))
  } finally {
    await anvil.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function openLedger(anvil: Anvil, folder: string): Promise<EvmLedger> {
  const account = await keptAccount(join(folder, 'key'))
  await anvil.ask('anvil_setBalance', account.address, '0x56bc75e2d63100000')
  const chain = { chainId: anvil.chainId, rpc: [anvil.url], confirmations: 1, poll: 10 }
  const admin = new EvmAdmin(chain, account, systemClock)
  const { contract, block } = await admin.deploy()
  const log = randomBytes(32).toString('base64url')
  const terms = { k: 1, freezeAt: 1, window: 3_600, members: [account.address] }
  await admin.register(contract, { log, origin: 'bench.fujie', logKey: 'bench', ...terms })
  return new EvmLedger({ ...chain, contract, log, fromBlock: block }, { clock: systemClock, account })
}

async function anchor(anvil: Anvil, ledger: EvmLedger, size: number): Promise<number> {
  const origin = 'bench.fujie'
  const text = formatCheckpoint({ origin, size, root: new Uint8Array(randomBytes(32)) })
  const note = formatNote({ text, signatures: [{ name: origin, keyId: '00000000', signature: new Uint8Array(64) }] })
  const { tx } = await ledger.anchor(note)
  const { gasUsed } = await anvil.ask<{ gasUsed: string }>('eth_getTransactionReceipt', tx)
  return Number(gasUsed)
}
