import { utf8Text } from '../core/encoding/bytes.ts'
import { Fault, faultCode } from '../core/fault.ts'
import type { Instant, Seconds } from '../core/instant.ts'
import type { Evidence, EvidenceItem, EvidenceKind } from '../core/presentation/evidence.ts'
import type { Namespace } from '../core/record/record.ts'
import { parseStatusToken, refetchAfter } from '../core/status/token.ts'
import type { EvidenceStore } from '../ports/evidence-store.ts'
import type { RegistryReader } from '../ports/registry-reader.ts'
import type { StatusLists } from '../ports/status-lists.ts'
import { blobOfIntegrity, type Need } from './need.ts'

/** Where evidence comes from. With a store, what was gathered before answers when nobody else does. */
export interface EvidencePorts {
  readonly registry: RegistryReader
  readonly statusLists: StatusLists
  readonly store?: EvidenceStore
}

type Listed = Extract<Need, { readonly kind: 'list' }>

const namespaceOf = {
  did_state: 'did',
  accreditation: 'acc',
  registration: 'ver',
  query: 'qry',
  status_digest: 'sl',
} as const satisfies Partial<Record<EvidenceKind, Namespace>>

/** How long what the log says is used again without asking: it moves every second, and a withdrawal has to be seen. */
const reuse: Seconds = 60
/** Records about one subject that are looked at. */
const mostNames = 16

/** What was gathered on one occasion. */
export class Collection {
  readonly now: Instant
  readonly #ports: EvidencePorts
  readonly #items = new Map<string, EvidenceItem>()
  /** Once the registry did not answer, it is not waited for again on this occasion. */
  #isSilent = false

  constructor(ports: EvidencePorts, now: Instant) {
    this.#ports = ports
    this.now = now
  }

  get evidence(): Evidence {
    return { items: [...this.#items.values()] }
  }

  /** Gathers all that is needed; returns who signed what the lists named. */
  async all(needs: readonly Need[]): Promise<readonly string[]> {
    return (await Promise.all(needs.map((need) => this.one(need)))).flat()
  }

  async one(need: Need): Promise<readonly string[]> {
    if (need.kind === 'list') return this.list(need)
    if (need.kind === 'type_metadata') await this.#metadata(need.integrity)
    else await this.#proof(need.kind, need.name)
    return []
  }

  /** Everything a list of the registry has about a subject; returns who signed it. */
  async list({ list, subject }: Listed): Promise<readonly string[]> {
    const kind = ({ accreditations: 'accreditation', registrations: 'registration', queries: 'query' } as const)[list]
    const listed = await this.#asked(() => this.#ports.registry.names(list, subject))
    const names = (listed ?? (await this.#storedNames(kind, subject))).slice(0, mostNames)
    await Promise.all(names.map((name) => this.#proof(kind, name)))
    return names.map((name) => name.split(' ')[0] as string)
  }

  /** A status list together with what the log says of it, by whoever may sign it: both new, or both as they were. */
  async status(uri: string, signers: readonly string[]): Promise<void> {
    const names = signers.map((did) => `${did} ${uri}`)
    const stored = await this.#stored('status_token', uri)
    if (stored !== undefined && this.now - stored.fetchedAt < (await ttlOf(stored)))
      return this.#keepStored(stored, names)
    const fetched = await this.#fetchStatus(uri, names)
    if (fetched === undefined) return stored && this.#keepStored(stored, names)
    this.#keep(fetched)
    await this.#ports.store?.put(fetched)
  }

  async #fetchStatus(uri: string, names: readonly string[]): Promise<readonly EvidenceItem[] | undefined> {
    const digests = await Promise.all(names.map((name) => this.#asked(() => this.#ports.registry.proof('sl', name))))
    if (digests.includes(undefined)) return undefined
    const token = await attempt(() => this.#ports.statusLists.token(uri))
    if (token === undefined) return undefined
    return [
      this.#item('status_token', uri, token),
      ...names.map((name, i) => this.#item('status_digest', name, digests[i] as Uint8Array)),
    ]
  }

  async #keepStored(token: EvidenceItem, names: readonly string[]): Promise<void> {
    const digests = await Promise.all(names.map((name) => this.#stored('status_digest', name)))
    this.#keep([token, ...digests.filter((item) => item !== undefined)])
  }

  async #proof(kind: keyof typeof namespaceOf, name: string): Promise<void> {
    await this.#newest(kind, name, reuse, () => this.#asked(() => this.#ports.registry.proof(namespaceOf[kind], name)))
  }

  /** Named by its own digest, it never grows old. */
  async #metadata(integrity: string): Promise<void> {
    const sha256 = blobOfIntegrity(integrity)
    if (sha256 === undefined) return
    await this.#newest('type_metadata', integrity, Infinity, () => this.#asked(() => this.#ports.registry.blob(sha256)))
  }

  async #newest(
    kind: EvidenceKind,
    name: string,
    reusedFor: Seconds,
    fetch: () => Promise<Uint8Array | undefined>,
  ): Promise<void> {
    if (this.#items.has(`${kind} ${name}`)) return
    const stored = await this.#stored(kind, name)
    const isFresh = stored !== undefined && this.now - stored.fetchedAt < reusedFor
    const bytes = isFresh ? undefined : await fetch()
    if (bytes === undefined) return stored && this.#keep([stored])
    const item = this.#item(kind, name, bytes)
    this.#keep([item])
    await this.#ports.store?.put([item])
  }

  #item(kind: EvidenceKind, name: string, bytes: Uint8Array): EvidenceItem {
    return { kind, name, fetchedAt: this.now, bytes }
  }

  #keep(items: readonly EvidenceItem[]): void {
    for (const item of items) this.#items.set(`${item.kind} ${item.name}`, item)
  }

  async #stored(kind: EvidenceKind, name: string): Promise<EvidenceItem | undefined> {
    return this.#ports.store?.find(kind, name)
  }

  async #storedNames(kind: EvidenceKind, subject: string): Promise<readonly string[]> {
    const items = (await this.#ports.store?.all()) ?? []
    return items.flatMap((item) => (item.kind === kind && item.name.split(' ')[1] === subject ? [item.name] : []))
  }

  async #asked<T>(ask: () => Promise<T>): Promise<T | undefined> {
    if (this.#isSilent) return undefined
    return attempt(ask, (code) => {
      if (code === 'registry.unreachable') this.#isSilent = true
    })
  }
}

/** What could not be had is not there; why is for the judge to say. A bug of ours is no such reason. */
async function attempt<T>(ask: () => Promise<T>, told?: (code: string) => void): Promise<T | undefined> {
  try {
    return await ask()
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.kind === 'bug') throw thrown
    told?.(faultCode(thrown))
    return undefined
  }
}

async function ttlOf({ bytes }: EvidenceItem): Promise<Seconds> {
  const token = await attempt(() => parseStatusToken(utf8Text(bytes) ?? ''))
  return token === undefined ? 0 : refetchAfter(token)
}
