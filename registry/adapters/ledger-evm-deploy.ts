import {
  bytesToHex,
  encodeDeployData,
  encodeFunctionData,
  keccak256,
  type Address,
  type Hex,
  type PrivateKeyAccount,
} from 'viem'
import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { decodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import { anchorAbi, anchorBytecode } from '../contracts/anchor.ts'
import { EvmNodes, type EvmNodesOptions } from './ledger-evm-nodes.ts'
import { EvmSender, sendDefaults, type EvmRequest, type Mined, type SendOptions } from './ledger-evm-send.ts'

/** A log as it is registered with the contract. */
export interface LogOnLedger {
  /** Log id. */
  readonly log: string
  readonly origin: string
  /** Verifier key of the log. */
  readonly logKey: string
  /** Confirmations by members that make a head final. */
  readonly k: number
  /** Contradictions by members that freeze the log. */
  readonly freezeAt: number
  /** Seconds in which a forced record has to be taken in. */
  readonly window: number
  /** Accounts that may anchor and confirm; the first has seat 1. */
  readonly members: readonly string[]
}

export interface Deployed {
  readonly contract: string
  /** Block of its making. */
  readonly block: number
}

/**
 * Makes the contract with this account as its admin, and registers a log and its members there.
 *
 * @throws Fault `ledger.*`
 */
export class EvmAdmin {
  readonly #sender: EvmSender
  readonly #nodes: EvmNodes

  constructor(
    options: EvmNodesOptions & Partial<SendOptions> & Pick<SendOptions, 'confirmations'>,
    account: PrivateKeyAccount,
    clock: Clock,
  ) {
    this.#nodes = new EvmNodes(options)
    const purse = { spent: () => 0n, spend: () => undefined }
    this.#sender = new EvmSender(this.#nodes, { ...sendDefaults, ...options }, { clock, purse, account })
  }

  async deploy(): Promise<Deployed> {
    const { address } = this.#sender
    const data = encodeDeployData({ abi: anchorAbi, bytecode: anchorBytecode, args: [address] })
    const { contract, block } = await this.#do({ data, gas: 3_000_000n })
    if (contract === undefined) throw new Fault('ledger.refused')
    return { contract, block: Number(block) }
  }

  async register(contract: string, { log, origin, logKey, members, ...terms }: LogOnLedger): Promise<void> {
    const id = logBytes(log)
    const keyHash = bytesToHex(sha256(utf8(logKey)))
    const originHash = bytesToHex(sha256(utf8(origin)))
    const args = [id, originHash, keyHash, terms.k, terms.freezeAt, terms.window] as const
    const to = contract as Address
    await this.#do({
      to,
      data: encodeFunctionData({ abi: anchorAbi, functionName: 'registerLog', args }),
      gas: 150_000n,
    })
    for (const [i, member] of members.entries()) await this.setMember(contract, log, member, i + 1)
  }

  async setMember(contract: string, log: string, member: string, slot: number): Promise<void> {
    const args = [logBytes(log), member as Address, slot] as const
    const data = encodeFunctionData({ abi: anchorAbi, functionName: 'setMember', args })
    await this.#do({ to: contract as Address, data, gas: 100_000n })
  }

  /** @param reason of it, in words that are kept elsewhere: their hash goes on the ledger */
  async unfreeze(contract: string, log: string, reason: string): Promise<void> {
    const args = [logBytes(log), keccak256(utf8(reason))] as const
    const data = encodeFunctionData({ abi: anchorAbi, functionName: 'unfreeze', args })
    await this.#do({ to: contract as Address, data, gas: 100_000n })
  }

  /** Puts a record where the log cannot ignore it. Anybody may, not the admin alone. */
  async forceRecord(contract: string, log: string, record: Uint8Array): Promise<void> {
    const data = encodeFunctionData({
      abi: anchorAbi,
      functionName: 'forceRecord',
      args: [logBytes(log), bytesToHex(record)],
    })
    await this.#do({ to: contract as Address, data, gas: 400_000n })
  }

  async #do(request: EvmRequest): Promise<Mined> {
    const mined = await this.#sender.transact(request)
    if (mined === undefined) throw new Fault('ledger.refused', { reason: 'superseded' })
    return mined
  }
}

function logBytes(log: string): Hex {
  const bytes = decodeBase64url(log)
  if (bytes?.length !== 32) throw new Fault('ledger.misconfigured', { at: 'log' })
  return bytesToHex(bytes)
}
