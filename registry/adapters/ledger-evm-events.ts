import { parseEventLogs, type Address, type Hex, type PublicClient } from 'viem'
import { Fault } from '@fujie/shared/core/fault.ts'
import { anchorAbi } from '../contracts/anchor.ts'
import type { EvmNodes } from './ledger-evm-nodes.ts'

/** Blocks of one question: what public nodes answer at once. */
const range = 2_000n

/** A block as it was agreed on. */
interface Block {
  readonly number: bigint
  readonly hash: Hex
}

/** Reads what the contract told of one log, each block once, as far as the chain takes nothing back. */
export class EvmEvents {
  readonly #nodes: EvmNodes
  readonly #contract: Address
  readonly #log: Hex
  readonly #confirmations: number
  #next: bigint
  #last: Block | undefined

  constructor(nodes: EvmNodes, contract: Address, log: Hex, confirmations: number, from: number) {
    this.#nodes = nodes
    this.#contract = contract
    this.#log = log
    this.#confirmations = confirmations
    this.#next = BigInt(from)
  }

  /** Blocks that were read. */
  get read(): number {
    return Number(this.#next) - 1
  }

  /** Remembers a block that is final, though it was not read yet: it has to be there still at the next reading. */
  pin(block: Block): void {
    if (this.#last === undefined || block.number > this.#last.number) this.#last = block
  }

  /**
   * What was told since the last call, in order.
   *
   * @throws Fault `ledger.reorged` if the chain took back a block that was final, `ledger.unreachable`, `ledger.disputed`
   */
  async *news(): AsyncGenerator<AnchorEvent> {
    const height = await this.#nodes.height()
    if (this.#last !== undefined && height >= this.#last.number) await this.#demandSame(this.#last)
    const final = height - BigInt(this.#confirmations - 1)
    // What is known to be final is not there yet: these nodes are behind, or more was taken back than may be.
    if (final < this.#next - 1n) throw new Fault('ledger.unreachable', { reason: 'behind', height: Number(height) })
    while (this.#next <= final) {
      const to = this.#next + range - 1n < final ? this.#next + range - 1n : final
      const from = this.#next
      const events = await this.#nodes.agreed((node) => eventsOf(node, this.#contract, this.#log, from, to))
      const last = await this.#blockAt(to)
      yield* events
      this.#last = last
      this.#next = to + 1n
    }
  }

  async #demandSame(block: Block): Promise<void> {
    const now = await this.#blockAt(block.number)
    if (now.hash !== block.hash) throw new Fault('ledger.reorged', { block: Number(block.number) })
  }

  async #blockAt(blockNumber: bigint): Promise<Block> {
    const hash = await this.#nodes.agreed(async (node) => (await node.getBlock({ blockNumber })).hash)
    return { number: blockNumber, hash }
  }
}

export type AnchorEvent = Awaited<ReturnType<typeof eventsOf>>[number]

/** Without what nodes add of their own, so that their answers can be compared. */
async function eventsOf(node: PublicClient, address: Address, log: Hex, from: bigint, to: bigint) {
  const logs = await node.request({
    method: 'eth_getLogs',
    params: [{ address, topics: [null, log], fromBlock: `0x${from.toString(16)}`, toBlock: `0x${to.toString(16)}` }],
  })
  return parseEventLogs({ abi: anchorAbi, logs: [...logs], strict: true }).map((event) => {
    const { blockNumber, transactionHash } = event
    return { ...told(event), block: Number(blockNumber), tx: transactionHash }
  })
}

type Told<E> = E extends { readonly eventName: string; readonly args: unknown } ? Pick<E, 'eventName' | 'args'> : never

/** Name and arguments, kept together. */
function told<E extends { readonly eventName: string; readonly args: unknown }>({ eventName, args }: E): Told<E> {
  return { eventName, args } as Told<E>
}
