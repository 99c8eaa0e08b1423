import { join } from 'node:path'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { SendOptions } from './ledger-evm-send.ts'
import { keptAccount } from './ledger-evm-key.ts'
import { ledgerInSqlite, type KeptLedger } from './ledger-sqlite.ts'
import { EvmLedger, type EvmLedgerOptions } from './ledger-evm.ts'

export interface KeptEvmLedger {
  readonly ledger: EvmLedger
  readonly store: KeptLedger
}

/**
 * A ledger on a chain with what was seen of it before: it is read on from there, and what was final then has to be
 * there still.
 *
 * @throws Fault `ledger.misconfigured`, `key.unsupported`, `start.folder_not_writable`
 */
export async function keptEvmLedger(
  folder: string,
  { keyFile, ...options }: EvmLedgerOptions & Partial<SendOptions> & { readonly keyFile: string },
  clock: Clock,
): Promise<KeptEvmLedger> {
  const { id } = new EvmLedger(options, { clock })
  const store = ledgerInSqlite(join(folder, 'ledger.sqlite'), id)
  try {
    const account = await keptAccount(keyFile)
    const fromBlock = firstUnread(store) ?? options.fromBlock ?? 0
    return { store, ledger: new EvmLedger({ ...options, fromBlock }, { clock, account, purse: store }) }
  } catch (error) {
    store.close()
    throw error
  }
}

/** The block of the newest final anchor, which has to be there again, if nothing before it is unread. */
function firstUnread(store: KeptLedger): number | undefined {
  const read = store.read()
  const last = store.anchors().findLast(({ state }) => state === 'final')
  return read === undefined || last === undefined ? undefined : Math.min(read + 1, last.block)
}
