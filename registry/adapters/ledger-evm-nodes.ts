import { createPublicClient, defineChain, http, type PublicClient } from 'viem'
import { Fault } from '@fujie/shared/core/fault.ts'

/** The nodes by which a chain is seen. */
export interface EvmNodesOptions {
  readonly chainId: number
  /** Addresses of nodes that different parties run. */
  readonly rpc: readonly string[]
  /** How many of them may lie or fail together; by default fewer than half. */
  readonly faulty?: number
}

/** One node is asked once and not long: who retries, and whom else to ask, is decided here. */
const patience = 5_000
const mostAnswer = 8 * 1024 * 1024

/** Several nodes of one chain. What they say counts where one more than may lie say the same. */
export class EvmNodes {
  readonly chainId: number
  readonly #clients: readonly PublicClient[]
  readonly #needed: number

  constructor({ chainId, rpc, faulty = Math.floor((rpc.length - 1) / 2) }: EvmNodesOptions) {
    if (rpc.length <= faulty || faulty < 0) throw new Fault('ledger.misconfigured', { at: 'rpc' })
    this.chainId = chainId
    this.#clients = rpc.map((url) => clientOf(chainId, url))
    this.#needed = faulty + 1
  }

  /**
   * What enough nodes answer alike; those that fail are passed over.
   *
   * @throws Fault `ledger.unreachable` if too few answer, `ledger.disputed` if enough do and do not agree
   */
  agreed<T>(read: (node: PublicClient) => Promise<T>): Promise<T> {
    const counts = new Map<string, number>()
    let left = this.#clients.length
    let answers = 0
    return new Promise((resolve, reject) => {
      const settle = (cause?: unknown) => {
        left -= 1
        if (left > 0) return
        const code = answers >= this.#needed ? 'ledger.disputed' : 'ledger.unreachable'
        reject(new Fault(code, { answers }, { cause }))
      }
      for (const client of this.#clients) {
        read(client).then((answer) => {
          answers += 1
          const key = JSON.stringify(answer, plain) ?? ''
          const count = (counts.get(key) ?? 0) + 1
          counts.set(key, count)
          if (count === this.#needed) resolve(answer)
          settle()
        }, settle)
      }
    })
  }

  /** Everything that was answered, in no order; what failed beside it. */
  async all<T>(
    read: (node: PublicClient) => Promise<T>,
  ): Promise<{ answers: readonly T[]; errors: readonly unknown[] }> {
    const settled = await Promise.allSettled(this.#clients.map(read))
    return {
      answers: settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])),
      errors: settled.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : [])),
    }
  }

  /**
   * The newest block that enough nodes have reached: one of those tells the truth.
   *
   * @throws Fault `ledger.unreachable`
   */
  async height(): Promise<bigint> {
    const { answers } = await this.all((node) => node.getBlockNumber({ cacheTime: 0 }))
    return this.#atLeast(answers.toSorted((a, b) => (a < b ? 1 : -1)))
  }

  /**
   * A price that no lie can raise: so many nodes name one no higher, and one of them tells the truth.
   *
   * @throws Fault `ledger.unreachable`
   */
  async price(read: (node: PublicClient) => Promise<bigint>): Promise<bigint> {
    const { answers } = await this.all(read)
    return this.#atLeast(answers.toSorted((a, b) => (a < b ? -1 : 1)))
  }

  #atLeast(sorted: readonly bigint[]): bigint {
    const found = sorted[this.#needed - 1]
    if (found === undefined) throw new Fault('ledger.unreachable', { answers: sorted.length })
    return found
  }
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value
}

/**
 * The library's own chain would bring public nodes of its own, its defaults would ask thrice and follow addresses that
 * a contract names: here it knows one address, and asks it once.
 */
function clientOf(chainId: number, url: string): PublicClient {
  const chain = defineChain({
    id: chainId,
    name: 'ledger',
    nativeCurrency: { name: 'unit', symbol: 'UNIT', decimals: 18 },
    rpcUrls: { default: { http: [url] } },
  })
  const transport = http(url, {
    retryCount: 0,
    timeout: patience,
    maxResponseBodySize: mostAnswer,
    fetchOptions: { redirect: 'error' },
  })
  return createPublicClient({ chain, transport, ccipRead: false, cacheTime: 0 })
}
