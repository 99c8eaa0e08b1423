import { setTimeout as pause } from 'node:timers/promises'
import {
  BaseError,
  keccak256,
  RpcRequestError,
  TransactionReceiptNotFoundError,
  type Address,
  type Hex,
  type PrivateKeyAccount,
  type PublicClient,
} from 'viem'
import { Fault, faultCode } from '@fujie/shared/core/fault.ts'
import type { Instant, Seconds } from '@fujie/shared/core/instant.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { EvmNodes } from './ledger-evm-nodes.ts'

/** How transactions are paid for and how long they are waited for. */
export interface SendOptions {
  /** Blocks after which the chain takes nothing back, that of the transaction counted: 1 where blocks are final. */
  readonly confirmations: number
  readonly fees: 'eip1559' | 'legacy'
  /** The most that may be spent in a day (UTC), in the chain's smallest unit. */
  readonly dailyCap: bigint
  /** A transaction in no block after so long is sent again at a higher price. */
  readonly resendAfter: Seconds
  /** Milliseconds between looks at what became of it. */
  readonly poll: number
}

export const sendDefaults: Omit<SendOptions, 'confirmations'> = {
  fees: 'eip1559',
  dailyCap: 10n ** 17n,
  resendAfter: 60,
  poll: 1_000,
}

/** What was spent on each day (days since 1970, UTC). */
export interface Purse {
  spent(day: number): bigint
  spend(day: number, amount: bigint): void
}

export interface EvmRequest {
  /** Absent: makes a contract. */
  readonly to?: Address
  readonly data: Hex
  /** The most it may burn. */
  readonly gas: bigint
}

/** What becomes of a transaction until it is final. */
export interface Passage {
  readonly state: 'sent' | 'included' | 'dropped' | 'reorged'
  readonly tx: Hex
  readonly block?: bigint
}

export interface Mined {
  readonly tx: Hex
  readonly block: bigint
  readonly blockHash: Hex
  readonly time: Instant
  readonly contract: Address | undefined
}

interface Receipt {
  readonly tx: Hex
  readonly ok: boolean
  readonly block: bigint
  readonly blockHash: Hex
  readonly contract: Address | undefined
  readonly cost: bigint
}

type Fee = { readonly gasPrice: bigint } | { readonly maxFeePerGas: bigint; readonly maxPriorityFeePerGas: bigint }

/** Looks that may fail in a row before we say that the ledger cannot be reached. */
const tolerated = 5
/** Looks in a row that find our place taken, and nothing of ours there. */
const looksForReceipt = 3
const secondsOfDay = 86_400

export interface SenderPorts {
  readonly clock: Clock
  readonly purse: Purse
  readonly account: PrivateKeyAccount
}

/** Sends one transaction at a time from one account, and follows it until the chain takes it back no more. */
export class EvmSender {
  readonly #nodes: EvmNodes
  readonly #options: SendOptions
  readonly #ports: SenderPorts
  readonly #closed = new AbortController()
  #working: Promise<unknown> = Promise.resolve()

  constructor(nodes: EvmNodes, options: SendOptions, ports: SenderPorts) {
    this.#nodes = nodes
    this.#options = options
    this.#ports = ports
  }

  get address(): Address {
    return this.#ports.account.address
  }

  /**
   * Resolves once final; undefined if another transaction of this account came in its place.
   *
   * @throws Fault `ledger.unreachable`, `ledger.disputed`, `ledger.cap`, `ledger.refused`
   */
  transact(request: EvmRequest, told: (passage: Passage) => void = () => undefined): Promise<Mined | undefined> {
    const done = this.#working.then(() => this.#transact(request, told))
    this.#working = done.catch(() => undefined)
    return done
  }

  /** Waits for nothing more; what was sent stays sent. */
  async close(): Promise<void> {
    this.#closed.abort()
    await this.#working
  }

  async #transact(request: EvmRequest, told: (passage: Passage) => void): Promise<Mined | undefined> {
    const nonce = await this.#count()
    const sending = new Sending(request, nonce, await this.#firstFee())
    if (!(await this.#send(sending, told))) return undefined
    let seen: Receipt | undefined
    for (let [failures, missing] = [0, 0]; ;) {
      try {
        const isUsed = (await this.#count()) > nonce
        const receipt = await this.#receipt(sending.hashes)
        // A node may count a transaction a moment before it shows its receipt.
        missing = isUsed && receipt === undefined && seen === undefined ? missing + 1 : 0
        if (missing > looksForReceipt) return undefined
        seen = await this.#follow(sending, seen, receipt, told)
        if (seen !== undefined && (await this.#isFinal(seen))) return await this.#mined(seen)
        failures = 0
      } catch (thrown) {
        const code = faultCode(thrown)
        const isPassing = code === 'ledger.unreachable' || code === 'ledger.disputed'
        failures += 1
        if (!isPassing || failures > tolerated || this.#closed.signal.aborted) throw thrown
      }
      await this.#pause()
    }
  }

  /** What a new look says: it came into a block, into another, out of one, or into none for too long. */
  async #follow(
    sending: Sending,
    seen: Receipt | undefined,
    receipt: Receipt | undefined,
    told: (passage: Passage) => void,
  ): Promise<Receipt | undefined> {
    if (seen !== undefined && seen.blockHash !== receipt?.blockHash)
      told({ state: 'reorged', tx: seen.tx, block: seen.block })
    if (receipt !== undefined) {
      if (!receipt.ok) this.#refuse(receipt)
      if (seen?.blockHash !== receipt.blockHash) told({ state: 'included', tx: receipt.tx, block: receipt.block })
      return receipt
    }
    if (seen !== undefined) {
      // Whoever undid the block may have forgotten what was in it.
      await this.#broadcast(sending.raw)
      sending.at = this.#ports.clock.now()
    } else if (this.#ports.clock.now() - sending.at >= this.#options.resendAfter) {
      told({ state: 'dropped', tx: sending.hash })
      sending.fee = raised(sending.fee)
      await this.#send(sending, told)
    }
    return undefined
  }

  #refuse({ tx, cost }: Receipt): never {
    this.#ports.purse.spend(this.#day(), cost)
    throw new Fault('ledger.refused', { tx })
  }

  async #isFinal({ block }: Receipt): Promise<boolean> {
    return (await this.#nodes.height()) >= block + BigInt(this.#options.confirmations - 1)
  }

  async #mined({ tx, block, blockHash, cost, contract }: Receipt): Promise<Mined> {
    this.#ports.purse.spend(this.#day(), cost)
    const time = await this.#nodes.agreed(async (node) => (await node.getBlock({ blockNumber: block })).timestamp)
    return { tx, block, blockHash, time: Number(time), contract }
  }

  /** Signs and hands it to every node; false if its place is taken. */
  async #send(sending: Sending, told: (passage: Passage) => void): Promise<boolean> {
    const { chainId } = this.#nodes
    for (let tries = 0; tries < 8; tries++) {
      this.#demandCap(sending)
      const { to, data, gas } = sending.request
      const common = { chainId, nonce: sending.nonce, to: to ?? null, data, gas }
      const raw = await this.#ports.account.signTransaction(
        'gasPrice' in sending.fee
          ? { ...common, type: 'legacy', ...sending.fee }
          : { ...common, type: 'eip1559', ...sending.fee },
      )
      const answer = await this.#broadcast(raw)
      if (answer === 'superseded') return false
      if (answer === 'taken') {
        sending.note(raw, this.#ports.clock.now())
        told({ state: 'sent', tx: sending.hash })
        return true
      }
      // One of an earlier life waits in this place: it gives way to a higher price.
      sending.fee = raised(sending.fee)
    }
    throw new Fault('ledger.refused', { reason: 'price' })
  }

  #demandCap({ request, fee }: Sending): void {
    const most = request.gas * ('gasPrice' in fee ? fee.gasPrice : fee.maxFeePerGas)
    if (this.#ports.purse.spent(this.#day()) + most > this.#options.dailyCap) throw new Fault('ledger.cap')
  }

  #day(): number {
    return Math.floor(this.#ports.clock.now() / secondsOfDay)
  }

  async #broadcast(raw: Hex): Promise<'taken' | 'underpriced' | 'superseded'> {
    const { answers, errors } = await this.#nodes.all((node) => node.sendRawTransaction({ serializedTransaction: raw }))
    if (answers.length > 0) return 'taken'
    const refusals = errors.flatMap(refusalIn)
    const says = (pattern: RegExp) => refusals.some((text) => pattern.test(text))
    if (says(/already (known|imported)/i)) return 'taken'
    if (says(/underpriced/i)) return 'underpriced'
    if (says(/nonce too low/i)) return 'superseded'
    const [cause] = errors
    throw new Fault(refusals.length > 0 ? 'ledger.refused' : 'ledger.unreachable', {}, { cause })
  }

  /** Transactions of our account that are in blocks. */
  #count(): Promise<number> {
    const { address } = this.#ports.account
    return this.#nodes.agreed((node) => node.getTransactionCount({ address, blockTag: 'latest' }))
  }

  /** What the base fee can at most become in six blocks, and what the nodes think is usual beside it. */
  async #firstFee(): Promise<Fee> {
    if (this.#options.fees === 'legacy') return { gasPrice: await this.#nodes.price((node) => node.getGasPrice()) }
    const maxPriorityFeePerGas = await this.#nodes.price((node) => node.estimateMaxPriorityFeePerGas())
    const base = await this.#nodes.price(async (node) => (await node.getBlock()).baseFeePerGas ?? unpriced())
    return { maxPriorityFeePerGas, maxFeePerGas: base * 2n + maxPriorityFeePerGas }
  }

  async #receipt(hashes: readonly Hex[]): Promise<Receipt | undefined> {
    for (const hash of hashes) {
      const receipt = await this.#nodes.agreed((node) => receiptOf(node, hash))
      if (receipt !== undefined) return receipt
    }
    return undefined
  }

  async #pause(): Promise<void> {
    try {
      await pause(this.#options.poll, undefined, { signal: this.#closed.signal })
    } catch (cause) {
      throw new Fault('ledger.unreachable', { reason: 'closed' }, { cause })
    }
  }
}

/** One thing to be done, and every form in which it was sent. */
class Sending {
  readonly request: EvmRequest
  readonly nonce: number
  fee: Fee
  at: Instant = 0
  readonly #sent = new Map<Hex, Hex>()
  hash: Hex = '0x'

  constructor(request: EvmRequest, nonce: number, fee: Fee) {
    this.request = request
    this.nonce = nonce
    this.fee = fee
  }

  note(raw: Hex, at: Instant): void {
    this.hash = keccak256(raw)
    this.#sent.set(this.hash, raw)
    this.at = at
  }

  get raw(): Hex {
    return this.#sent.get(this.hash) ?? '0x'
  }

  get hashes(): readonly Hex[] {
    return [...this.#sent.keys()]
  }
}

async function receiptOf(node: PublicClient, hash: Hex): Promise<Receipt | undefined> {
  try {
    const { status, blockNumber, blockHash, contractAddress, gasUsed, effectiveGasPrice } =
      await node.getTransactionReceipt({ hash })
    return {
      ...{ tx: hash, ok: status === 'success', block: blockNumber, blockHash },
      ...{ contract: contractAddress ?? undefined, cost: gasUsed * effectiveGasPrice },
    }
  } catch (thrown) {
    if (thrown instanceof TransactionReceiptNotFoundError) return undefined
    throw thrown
  }
}

/** An eighth more, which every node takes for a higher price. */
function raised(fee: Fee): Fee {
  const more = (price: bigint) => price + price / 8n + 1n
  if ('gasPrice' in fee) return { gasPrice: more(fee.gasPrice) }
  return { maxFeePerGas: more(fee.maxFeePerGas), maxPriorityFeePerGas: more(fee.maxPriorityFeePerGas) }
}

/** What a node itself said against it; nothing for one that was not reached. */
function refusalIn(error: unknown): string[] {
  if (!(error instanceof BaseError)) return []
  const refusal = error.walk((each) => each instanceof RpcRequestError)
  return refusal instanceof RpcRequestError ? [`${refusal.details} ${refusal.message}`] : []
}

function unpriced(): never {
  throw new Fault('ledger.misconfigured', { at: 'fees' })
}
