import {
  bytesToHex,
  encodeFunctionData,
  hexToBytes,
  isAddress,
  type Address,
  type Hex,
  type PrivateKeyAccount,
} from 'viem'
import { decodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { toHex, utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { parseCheckpoint, type Head } from '@fujie/shared/core/log/checkpoint.ts'
import { parseNote } from '@fujie/shared/core/log/note.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import { anchorAbi } from '../contracts/anchor.ts'
import type { Anchor, ForcedRecord, Ledger } from '../log/ports.ts'
import { EvmEvents, type AnchorEvent } from './ledger-evm-events.ts'
import { EvmNodes, type EvmNodesOptions } from './ledger-evm-nodes.ts'
import { EvmSender, sendDefaults, type Purse, type SendOptions } from './ledger-evm-send.ts'

/** Where a log is anchored on a chain, and how it is read and written. */
export interface EvmLedgerOptions extends EvmNodesOptions, Partial<SendOptions> {
  readonly contract: string
  /** Log id. */
  readonly log: string
  /** Blocks that count as final, that of the transaction included. */
  readonly confirmations: number
  /** Block from which the contract is read: that of its making, or one known to be final. */
  readonly fromBlock?: number
}

export interface EvmLedgerPorts {
  readonly clock: Clock
  /** Who writes; without one the ledger is only read. */
  readonly account?: PrivateKeyAccount
  /** By default it forgets with the process. */
  readonly purse?: Purse
}

const unknownTime: Instant = 0

/** What one transaction may burn: the first head of a log and the first vote of a seat cost most. */
const anchorGas = 100_000n
const confirmGas = 120_000n

/**
 * A ledger that is a contract on a chain, seen through several nodes and written by one account.
 *
 * Nothing a single node says is believed, and nothing that the chain may still take back.
 *
 * @throws Fault `ledger.misconfigured`
 */
export class EvmLedger implements Ledger {
  readonly id: string
  readonly #contract: Address
  readonly #log: Hex
  readonly #nodes: EvmNodes
  readonly #events: EvmEvents
  readonly #sender: EvmSender | undefined
  readonly #anchors: Anchor[] = []
  readonly #contradicted: Anchor[] = []
  #forced: ForcedRecord[] = []
  /** Transactions whose heads were taken. */
  readonly #taken = new Set<string>()
  #isChecked = false
  #reading: Promise<void> = Promise.resolve()

  constructor(options: EvmLedgerOptions, { clock, account, purse = forgetfulPurse() }: EvmLedgerPorts) {
    const { contract, log, confirmations, fromBlock = 0 } = options
    const logBytes = decodeBase64url(log)
    if (!isAddress(contract, { strict: false }) || logBytes?.length !== 32 || confirmations < 1)
      throw new Fault('ledger.misconfigured', { at: 'contract' })
    this.id = `evm:${options.chainId}:${contract.toLowerCase()}`
    this.#contract = contract
    this.#log = bytesToHex(logBytes)
    this.#nodes = new EvmNodes(options)
    this.#events = new EvmEvents(this.#nodes, contract, this.#log, confirmations, fromBlock)
    this.#sender = account && new EvmSender(this.#nodes, { ...sendDefaults, ...options }, { clock, purse, account })
  }

  /**
   * Whether this is the chain and the contract of the settings.
   *
   * @throws Fault `ledger.misconfigured`, `ledger.unreachable`, `ledger.disputed`
   */
  async check(): Promise<void> {
    const chainId = await this.#nodes.agreed((node) => node.getChainId())
    if (chainId !== this.#nodes.chainId) throw new Fault('ledger.misconfigured', { at: 'chainId', chainId })
    const code = await this.#nodes.agreed(async (node) => (await node.getCode({ address: this.#contract })) ?? '0x')
    if (code === '0x') throw new Fault('ledger.misconfigured', { at: 'contract' })
  }

  async anchor(checkpoint: string, told: (anchor: Anchor) => void = () => undefined): Promise<Anchor> {
    const { size, root } = parseCheckpoint(parseNote(checkpoint).text)
    // Once more if another transaction of ours took the place: it may have been just this one.
    for (let tries = 0; tries < 2; tries++) {
      await this.#refresh()
      const last = await this.#timed(this.#anchors, this.#anchors.length - 1)
      if (last !== undefined && last.size >= size) return last
      if (await this.isFrozen()) throw new Fault('ledger.frozen')
      const common = { ledger: this.id, size, root, isOwn: true }
      const mined = await this.#transact('anchor', { size, root }, anchorGas, ({ state, tx, block = 0n }) =>
        told({ ...common, state, tx, block: Number(block), time: 0 }),
      )
      if (mined === undefined) continue
      const anchor = { ...common, state: 'final', tx: mined.tx, block: Number(mined.block), time: mined.time } as const
      this.#events.pin({ number: mined.block, hash: mined.blockHash })
      this.#put(this.#anchors, anchor)
      return anchor
    }
    throw new Fault('ledger.refused', { reason: 'superseded' })
  }

  async latestAnchor(_origin: string): Promise<Anchor | undefined> {
    await this.#refresh()
    return this.#timed(this.#anchors, this.#anchors.length - 1)
  }

  async *anchors(_origin: string, after: number): AsyncGenerator<Anchor> {
    await this.#refresh()
    for (const list of [this.#anchors, this.#contradicted]) {
      for (let i = list.findLastIndex(({ size }) => size <= after) + 1; i < list.length; i++) {
        const anchor = await this.#timed(list, i)
        if (anchor !== undefined) yield anchor
      }
    }
  }

  async *forcedRecords(_origin: string, after: number): AsyncGenerator<ForcedRecord> {
    await this.#refresh()
    // Whoever asks has kept what came before.
    this.#forced = this.#forced.filter(({ block }) => block > after)
    yield* this.#forced
  }

  /** The newest head of the contract, final or not. */
  async newest(): Promise<Head | undefined> {
    const [size, root] = await this.#head()
    return size === 0n ? undefined : { size: Number(size), root: hexToBytes(root) }
  }

  /** Whether members contradicted a head so often that the contract takes no more. */
  async isFrozen(): Promise<boolean> {
    const [, , , frozen] = await this.#head()
    return frozen
  }

  /**
   * Says on the ledger which root was reckoned for the newest head there. Once per head; nothing for one that has passed.
   *
   * @throws Fault `ledger.*`
   */
  async confirm({ size, root }: Head): Promise<void> {
    const args = [this.#log, this.#sender?.address ?? '0x'] as const
    const [newest] = await this.#head()
    if (Number(newest) !== size) return
    const call = { address: this.#contract, abi: anchorAbi, functionName: 'hasVoted', args } as const
    if (await this.#nodes.agreed((node) => node.readContract(call))) return
    await this.#transact('confirm', { size, root }, confirmGas, () => undefined)
  }

  /** Whether there is an account to write with. */
  get isWritable(): boolean {
    return this.#sender !== undefined
  }

  /** Blocks that were read to the end. */
  get read(): number {
    return this.#events.read
  }

  async close(): Promise<void> {
    await this.#sender?.close()
  }

  #head() {
    const call = { address: this.#contract, abi: anchorAbi, functionName: 'head', args: [this.#log] } as const
    return this.#nodes.agreed((node) => node.readContract(call))
  }

  #transact(
    functionName: 'anchor' | 'confirm',
    { size, root }: Head,
    gas: bigint,
    told: Parameters<EvmSender['transact']>[1],
  ) {
    if (this.#sender === undefined) throw new Fault('ledger.refused', { reason: 'no key' })
    const args = [this.#log, BigInt(size), bytesToHex(root)] as const
    const data = encodeFunctionData({ abi: anchorAbi, functionName, args })
    return this.#sender.transact({ to: this.#contract, data, gas }, told)
  }

  /** Reads what is new, one reading after the other. */
  #refresh(): Promise<void> {
    const reading = this.#reading.then(() => this.#readOn())
    this.#reading = reading.catch(() => undefined)
    return reading
  }

  async #readOn(): Promise<void> {
    if (!this.#isChecked) await this.check()
    this.#isChecked = true
    for await (const event of this.#events.news()) this.#take(event)
  }

  #take(event: AnchorEvent): void {
    if (event.eventName === 'Anchored' || event.eventName === 'Conflict') this.#takeHead(event)
    else if (event.eventName === 'ForcedRecord') this.#takeForced(event.args, event.block)
  }

  #takeHead(event: Extract<AnchorEvent, { eventName: 'Anchored' | 'Conflict' }>): void {
    const { size, by } = event.args
    const isAnchored = event.eventName === 'Anchored'
    const root = hexToBytes(isAnchored ? event.args.root : event.args.claimed)
    const isOwn = by.toLowerCase() === this.#sender?.address.toLowerCase()
    const place = { ledger: this.id, tx: event.tx, block: event.block, time: unknownTime, isOwn }
    const anchor = { ...place, size: Number(size), root }
    if (isAnchored) this.#put(this.#anchors, { ...anchor, state: 'final' })
    else this.#put(this.#contradicted, { ...anchor, state: 'conflict' })
  }

  /** A reading that broke off is taken up again from its first block. */
  #put(list: Anchor[], anchor: Anchor): void {
    const key = `${anchor.tx} ${anchor.size} ${anchor.state}`
    if (!this.#taken.has(key)) list.push(anchor)
    this.#taken.add(key)
  }

  /** Of many thousand only few are ever shown: when is asked for then. */
  async #timed(list: Anchor[], i: number): Promise<Anchor | undefined> {
    const anchor = list[i]
    if (anchor === undefined || anchor.time !== unknownTime) return anchor
    const timed = { ...anchor, time: await this.#timeOf(anchor.block) }
    list[i] = timed
    return timed
  }

  #takeForced({ record, deadline }: { record: Hex; deadline: bigint }, block: number): void {
    const bytes = hexToBytes(record)
    const hash = toHex(sha256(bytes))
    if (this.#forced.some((known) => known.block === block)) return
    // What is no text can be no record: it is kept as the empty text, which no rule lets in.
    this.#forced.push({ hash, text: utf8Text(bytes) ?? '', deadline: Number(deadline), block })
  }

  async #timeOf(block: number): Promise<Instant> {
    const blockNumber = BigInt(block)
    return Number(await this.#nodes.agreed(async (node) => (await node.getBlock({ blockNumber })).timestamp))
  }
}

function forgetfulPurse(): Purse {
  const days = new Map<number, bigint>()
  return {
    spent: (day) => days.get(day) ?? 0n,
    spend: (day, amount) => void days.set(day, (days.get(day) ?? 0n) + amount),
  }
}
