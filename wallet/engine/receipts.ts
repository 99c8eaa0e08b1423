import { Fault } from '@fujie/shared/core/fault.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { Access } from './access.ts'
import { drop, keep, readRecord, readRecords, storedReceipt, type StoredReceipt } from './contents.ts'
import type { ReceiveStep } from './contract.ts'
import type { News } from './news.ts'
import type { VaultChange } from './vault.ts'

const prefix = 'receipt/'
/** How long an offer that came to an end can still be looked at. */
const remembered = 86_400

export interface ReceiptsParts {
  readonly ports: { readonly clock: Clock }
  readonly access: Access
  readonly news: News
}

/** The receipts of the vault: offers under way, each step written down and told. */
export class Receipts {
  readonly #parts: ReceiptsParts

  constructor(parts: ReceiptsParts) {
    this.#parts = parts
  }

  /** @throws Fault `offer.not_found` */
  read(id: string): StoredReceipt {
    const receipt = readRecord(this.#parts.access.vault, 'settings', prefix + id, storedReceipt)
    if (receipt === undefined) throw new Fault('offer.not_found')
    return receipt
  }

  all(): StoredReceipt[] {
    return readRecords(this.#parts.access.vault, 'settings', storedReceipt, prefix)
  }

  /** The change that puts a receipt as it is. */
  change(receipt: StoredReceipt): VaultChange {
    return keep('settings', prefix + receipt.id, receipt)
  }

  drop(id: string): VaultChange {
    return drop('settings', prefix + id)
  }

  async write(receipt: StoredReceipt, ...more: readonly VaultChange[]): Promise<void> {
    await this.#parts.access.vault.commit([...more, this.change(receipt)])
  }

  async move(id: string, step: ReceiveStep): Promise<void> {
    const { fault: _former, ...receipt } = this.read(id)
    await this.write({ ...receipt, step, findings: [] })
    this.tell(id, step)
  }

  tell(id: string, step: ReceiveStep): void {
    this.#parts.news.post({ kind: 'receive', id, step })
  }

  /** What ended a day ago, or was never taken up. What an agency is still looking at is waited for as long as it may take. */
  async forgetOld(): Promise<void> {
    const { access, ports } = this.#parts
    const now = ports.clock.now()
    const patience = ({ step }: StoredReceipt) => (step === 'reviewing' ? lifetimes.deferredTransaction : remembered)
    const old = this.all().filter((receipt) => receipt.openedAt + patience(receipt) < now)
    if (old.length > 0) await access.vault.commit(old.flatMap((receipt) => forget(receipt)))
  }
}

/** Takes a receipt out with the keys made for it, unless they went into a document. */
export function forget(receipt: StoredReceipt): VaultChange[] {
  const keys = receipt.step === 'done' ? [] : keysOf(receipt)
  return [drop('settings', prefix + receipt.id), ...keys.map((key) => drop('keys', key))]
}

export function keysOf({ batches, authorization, token }: StoredReceipt): string[] {
  return [
    ...batches.flatMap(({ keys }) => keys),
    ...[authorization?.key, token?.key].filter((key) => key !== undefined),
  ]
}

/** What may stay to be looked at: nothing that fetches, opens or proves anything. */
export function withoutSecrets(receipt: StoredReceipt): StoredReceipt {
  const { token: _token, code: _code, grant: _grant, authorization: _asked, issuerState: _state, ...rest } = receipt
  return {
    ...rest,
    batches: rest.batches.map(({ credentials: _c, notification: _n, transaction: _t, identifier: _i, ...batch }) => ({
      ...batch,
      keys: [],
    })),
  }
}
