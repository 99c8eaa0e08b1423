import { readFileSync } from 'node:fs'
import { median } from '../measure.ts'
import { onAnvil, type Anvil } from './anvil.ts'
import { fileOfOracle, loadOracle } from './oracles.ts'
import { timeCalls, type Peer, type Resolving } from './resolving.ts'

/** What is used of ethers. */
interface Ethers {
  readonly Interface: new (abi: unknown) => { encodeFunctionData(name: string, values: readonly unknown[]): string }
  readonly FetchRequest: { new (url: string): FetchRequest; createGetUrlFunc(): GetUrl }
  readonly JsonRpcProvider: new (
    request: FetchRequest,
    chainId: number,
    options: { staticNetwork: boolean; cacheTimeout: number; batchMaxCount: number },
  ) => Provider
  encodeBytes32String(text: string): string
}

type GetUrl = (request: unknown, signal?: unknown) => Promise<{ readonly body: Uint8Array | null }>

interface FetchRequest {
  getUrlFunc: GetUrl
}

interface Provider {
  destroy(): void
}

/** What is used of ethr-did-resolver. */
interface Library {
  getResolver(options: object): { readonly ethr: Resolve }
}

type Resolve = (did: string, parsed: object, resolvable: object, options: object) => Promise<Resolved>

interface Resolved {
  readonly didDocument: { readonly verificationMethod?: readonly { blockchainAccountId?: string }[] } | null
  readonly didResolutionMetadata: { readonly message?: string }
}

const name = 'ethr-did-resolver'
const chainId = 31_337
/** At most, for one change. An estimate is made in the block before, where noting that block again costs little. */
const gasLimit = '0x1e240'
/** Milliseconds for which changes are made at most; what does not fit is told on stderr and stands beside no row. */
const longest = 120_000

/** did:ethr by its TypeScript library, its registry (ERC-1056) on a chain on loopback, a block for every change. */
export function didEthr(sizes: readonly number[]): Promise<Peer> {
  return onAnvil(2 * sizes.length + 1, async (anvil) => {
    const registry = await deploy(anvil)
    const accounts = await anvil.ask<string[]>('eth_accounts')
    const resolving = new Map<number, Resolving>()
    const handed: number[] = []
    for (const [i, changes] of sizes.entries()) {
      const [identity, other] = accounts.slice(2 * i) as [string, string]
      const { made, owner, gas } = await changeOwners(registry, identity, other, changes)
      handed.push(...gas)
      const cost = await resolvingOf(registry, identity, owner)
      if (made === changes) resolving.set(changes, cost)
      else sayFewer(changes, made, cost)
    }
    const changeOwner = median(handed)
    const setAttribute = await setAttributes(registry, accounts.at(-1) ?? '')
    return { name, resolving, gas: { 'did:ethr changeOwner': changeOwner, 'did:ethr setAttribute': setAttribute } }
  })
}

function sayFewer(changes: number, made: number, { bytes, requests, online }: Resolving): void {
  const cost = `${requests} requests, ${bytes} B and ${Math.round(online)} ms`
  console.error(`SKIPPED peer ${name} at ${changes} changes: ${longest / 1000} s sufficed for ${made} (${cost})`)
}

interface Registry {
  readonly anvil: Anvil
  readonly address: string
  /** Sends a call from an account that the node holds, and waits for its block. */
  call(from: string, name: string, values: readonly unknown[]): Promise<Receipt>
}

interface Receipt {
  readonly status: string
  readonly gasUsed: string
  readonly contractAddress?: string
}

async function deploy(anvil: Anvil): Promise<Registry> {
  const artifact = 'artifacts/contracts/EthereumDIDRegistry.sol/EthereumDIDRegistry.json'
  const { abi, bytecode } = JSON.parse(readFileSync(fileOfOracle('ethr-did-registry', artifact), 'utf8')) as {
    abi: unknown
    bytecode: string
  }
  const contract = new (loadOracle<Ethers>('ethers').Interface)(abi)
  const [from] = await anvil.ask<string[]>('eth_accounts')
  const { contractAddress: address = '' } = await send(anvil, { from, data: bytecode })
  const call = (caller: string, method: string, values: readonly unknown[]) =>
    send(anvil, { from: caller, to: address, gas: gasLimit, data: contract.encodeFunctionData(method, values) })
  return { anvil, address, call }
}

/** Asked for the receipt with the block (EIP-7966), the node is asked once and nobody waits in between. */
async function send(anvil: Anvil, transaction: object): Promise<Receipt> {
  const receipt = await anvil.ask<Receipt>('eth_sendTransactionSync', transaction)
  if (receipt.status !== '0x1') throw new Error('the chain undid a transaction')
  return receipt
}

interface Changed {
  readonly made: number
  readonly owner: string
  readonly gas: readonly number[]
}

/** Hands an identity to and fro between two accounts: the change of which a resolver has least to read. */
async function changeOwners(registry: Registry, identity: string, other: string, changes: number): Promise<Changed> {
  const until = performance.now() + longest
  const used: number[] = []
  let owner = identity
  while (used.length < changes && performance.now() < until) {
    const next = owner === identity ? other : identity
    const { gasUsed } = await registry.call(owner, 'changeOwner', [identity, next])
    used.push(Number(gasUsed))
    owner = next
  }
  return { made: used.length, owner, gas: used }
}

/** Gas of publishing a key of 32 bytes, as for Ed25519: the median of a few. */
async function setAttributes(registry: Registry, identity: string): Promise<number> {
  const { encodeBytes32String } = loadOracle<Ethers>('ethers')
  const gas: number[] = []
  for (let i = 1; i <= 9; i++) {
    const key = `0x${Buffer.alloc(32, i).toString('hex')}`
    const values = [identity, encodeBytes32String('did/pub/Ed25519/veriKey/hex'), key, 86_400]
    gas.push(Number((await registry.call(identity, 'setAttribute', values)).gasUsed))
  }
  return median(gas)
}

/** It verifies nothing: it believes the node. Nor does it hold anything, so a second resolution costs like the first. */
async function resolvingOf(registry: Registry, identity: string, owner: string): Promise<Resolving> {
  const { provider, asked } = countingProvider(registry.anvil.url)
  const network = { name: 'bench', chainId, registry: registry.address, provider }
  const { ethr } = loadOracle<Library>(name).getResolver({ networks: [network] })
  const id = `bench:${identity}`
  const did = `did:ethr:${id}`
  const resolve = async () => {
    const { didDocument, didResolutionMetadata } = await ethr(did, { did, didUrl: did, method: 'ethr', id }, {}, {})
    const account = didDocument?.verificationMethod?.[0]?.blockchainAccountId?.toLowerCase()
    if (account !== `eip155:${chainId}:${owner.toLowerCase()}`)
      throw new Error(`${did}: not resolved, ${didResolutionMetadata.message ?? account}`)
  }
  try {
    const { processor: verify, clock: online } = await timeCalls(resolve)
    Object.assign(asked, { count: 0, bytes: 0 })
    await resolve()
    return { bytes: asked.bytes, requests: asked.count, verify, held: verify, online }
  } finally {
    provider.destroy()
  }
}

/**
 * A provider that knows its network, forgets answers and gathers no questions: what it asks then is what the resolver
 * needs, one after the other without a pause.
 */
function countingProvider(url: string): { provider: Provider; asked: { count: number; bytes: number } } {
  const { FetchRequest, JsonRpcProvider } = loadOracle<Ethers>('ethers')
  const asked = { count: 0, bytes: 0 }
  const request = new FetchRequest(url)
  const send = FetchRequest.createGetUrlFunc()
  request.getUrlFunc = async (...asking) => {
    const answer = await send(...asking)
    asked.count += 1
    asked.bytes += answer.body?.length ?? 0
    return answer
  }
  const options = { staticNetwork: true, cacheTimeout: -1, batchMaxCount: 1 }
  return { provider: new JsonRpcProvider(request, chainId, options), asked }
}
