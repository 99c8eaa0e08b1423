import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { loadOracle } from './oracles.ts'
import { timeCalls, type Peer, type Resolving } from './resolving.ts'
import {
  formatWebvhLog,
  parseWebvhLog,
  methodOf,
  nextEntry,
  signEntry,
  verifyEd25519,
  webvhHash,
  webvhKey,
} from './webvh-log.ts'
import type { WebvhEntry, WebvhKey } from './webvh-log.ts'

/** What is used of didwebvh-ts. */
interface Library {
  createDID(options: object): Promise<Made>
  updateDID(options: object): Promise<Made>
  resolveDID(did: string, options: object): Promise<Resolved>
  resolveDIDFromLog(log: readonly WebvhEntry[], options: object): Promise<Resolved>
}

interface Made {
  readonly did: string
  readonly log: readonly WebvhEntry[]
}

interface Resolved {
  readonly did: string
  readonly doc: object | null
  readonly meta: { readonly versionId?: string; readonly error?: string }
}

const name = 'didwebvh-ts'
const verifier = { verify: (...parts: Parameters<typeof verifyEd25519>) => Promise.resolve(verifyEd25519(...parts)) }

/** did:webvh by its TypeScript library: Ed25519 of the platform, no witnesses, a key promised at every change. */
export async function didwebvh(sizes: readonly number[]): Promise<Peer> {
  const library = loadOracle<Library>(name)
  const resolving = new Map<number, Resolving>()
  for (const changes of sizes) resolving.set(changes, await resolvingOf(library, changes))
  return { name, resolving }
}

async function resolvingOf(library: Library, changes: number): Promise<Resolving> {
  const { did, log } = await makeLog(library, changes)
  const text = formatWebvhLog(log)
  const last = log.at(-1)?.versionId
  const good = ({ doc, meta }: Resolved) => {
    if (doc === null || meta.error !== undefined || meta.versionId !== last) throw new Error(`${did}: not resolved`)
  }
  const resolveLog = async (entries: readonly WebvhEntry[]) =>
    good(await library.resolveDIDFromLog(entries, { verifier }))
  const verify = await timeCalls(() => resolveLog(parseWebvhLog(text)))
  const held = await timeCalls(() => resolveLog(log))
  const fetched = await served(text, async (fetches) => {
    const resolve = async () => good(await library.resolveDID(did, { verifier }))
    const { clock: online } = await timeCalls(resolve)
    Object.assign(fetches, { requests: 0, bytes: 0 })
    await resolve()
    return { online, ...fetches }
  })
  return { verify: verify.processor, held: held.processor, ...fetched }
}

/** A log of one creation and so many changes, each with a key of its own. */
async function makeLog(library: Library, changes: number): Promise<Made> {
  const keys = Array.from({ length: changes + 2 }, webvhKey)
  const [first, second, third] = keys as [WebvhKey, WebvhKey, WebvhKey]
  const created = new Date(Date.now() - (changes + 60) * 1000)
  const made = await library.createDID({
    ...signedBy(first, second),
    address: 'bench.example',
    created: created.toISOString(),
  })
  const updated = new Date(created.getTime() + 1000).toISOString()
  const { did, log } = await library.updateDID({ ...signedBy(second, third), log: made.log, updated })
  const entries = [...log]
  for (let i = 2; i <= changes; i++) {
    const [before, key, next] = keys.slice(i - 1, i + 2) as [WebvhKey, WebvhKey, WebvhKey]
    entries.push(nextEntry(entries.at(-1) as WebvhEntry, before, key, next))
  }
  return { did, log: entries }
}

function signedBy(key: WebvhKey, next: WebvhKey): object {
  const signer = {
    getVerificationMethodId: () => methodOf(key),
    sign: ({ document, proof }: { document: object; proof: object }) =>
      Promise.resolve({ proofValue: signEntry(key, document, proof) }),
  }
  return {
    ...{ signer, verifier, updateKeys: [key.multikey], nextKeyHashes: [webvhHash(next.multikey)] },
    verificationMethods: [{ type: 'Multikey', publicKeyMultibase: key.multikey, purpose: 'authentication' }],
  }
}

interface Fetches {
  requests: number
  bytes: number
}

/** Serves a log on loopback while `work` runs; the library asks by https at a host of the web, and by global `fetch`. */
async function served<T>(log: string, work: (fetches: Fetches) => Promise<T>): Promise<T> {
  const server = createServer((_request, response) => response.end(log))
  const url = await listen(server)
  const fetches: Fetches = { requests: 0, bytes: 0 }
  const before = globalThis.fetch
  globalThis.fetch = async () => {
    fetches.requests += 1
    const bytes = await (await before(url)).arrayBuffer()
    fetches.bytes += bytes.byteLength
    return new Response(bytes)
  }
  try {
    return await work(fetches)
  } finally {
    globalThis.fetch = before
    server.closeAllConnections()
    server.close()
  }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}
