import { sha256 } from '../core/crypto/hash.ts'
import { encodeBase64url } from '../core/encoding/base64url.ts'
import { utf8, utf8Text } from '../core/encoding/bytes.ts'
import { Fault, faultCode } from '../core/fault.ts'
import type { Instant, Seconds } from '../core/instant.ts'
import { parseProofBundleBytes, type LogTrust } from '../core/log/bundle.ts'
import { formatFork } from '../core/log/fork.ts'
import type { Evidence, EvidenceItem, EvidenceKind } from '../core/presentation/evidence.ts'
import { isTrustRecord, type Namespace } from '../core/record/record.ts'
import { parseStatusToken, refetchAfter } from '../core/status/token.ts'
import type { EvidenceStore } from '../ports/evidence-store.ts'
import type { LogReader } from '../ports/log-reader.ts'
import type { RegistryReader } from '../ports/registry-reader.ts'
import type { StatusLists } from '../ports/status-lists.ts'
import { followLog } from './follow-log.ts'
import { blobOfIntegrity, type Need } from './need.ts'

/** Where evidence comes from. With a store, what was gathered before answers when nobody else does. */
export interface EvidencePorts {
  readonly registry: RegistryReader
  readonly statusLists: StatusLists
  readonly store?: EvidenceStore
  /** The log itself, which is followed where there is a store to remember its head: it may only grow. */
  readonly log?: { readonly reader: LogReader; readonly trust: LogTrust }
  /** How long what the log says is used again without asking; absent: 60 s. */
  readonly reuse?: Seconds
}

type Listed = Extract<Need, { readonly kind: 'list' }>

const namespaceOf = {
  did_state: 'did',
  accreditation: 'acc',
  registration: 'ver',
  query: 'qry',
  status_digest: 'sl',
} as const satisfies Partial<Record<EvidenceKind, Namespace>>

/** The log moves every second, and a withdrawal has to be seen. */
const usualReuse: Seconds = 60
/** Records about one subject that are looked at. */
const mostNames = 16

/** What was gathered on one occasion. */
export class Collection {
  readonly now: Instant
  readonly #ports: EvidencePorts
  readonly #items = new Map<string, EvidenceItem>()
  /** Once the registry did not answer, or was found with two histories, it is not asked again on this occasion. */
  #isSilent = false
  #followed: Promise<void> | undefined

  constructor(ports: EvidencePorts, now: Instant) {
    this.#ports = ports
    this.now = now
  }

  get #reuse(): Seconds {
    return this.#ports.reuse ?? usualReuse
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

  /**
   * A status list together with what the log says of it now, by whoever may sign it. The list is fetched when its time
   * has come or the log knows another; until that is there, the old list stays with its old word of the log.
   */
  async status(uri: string, signers: readonly string[]): Promise<void> {
    const names = signers.map((did) => `${did} ${uri}`)
    const [stored, words] = [await this.#stored('status_token', uri), await this.#wordsOf(names)]
    const isDue = stored === undefined || this.now - stored.fetchedAt >= (await ttlOf(stored))
    if (words !== undefined && !isDue && (await isKnownBy(stored, words))) return this.#add([stored, ...words])
    const token = words && (await attempt(() => this.#ports.statusLists.token(uri)))
    if (token !== undefined && words !== undefined) return this.#add([this.#item('status_token', uri, token), ...words])
    if (stored === undefined) return
    const old = await Promise.all(names.map((name) => this.#stored('status_digest', name)))
    this.#keep([stored, ...old.filter((item) => item !== undefined)])
  }

  /** What the log says of a list; undefined if it could not be asked. */
  async #wordsOf(names: readonly string[]): Promise<readonly EvidenceItem[] | undefined> {
    const words = await Promise.all(names.map((name) => this.#wordOf(name)))
    return words.every((word) => word !== undefined) ? words : undefined
  }

  async #wordOf(name: string): Promise<EvidenceItem | undefined> {
    const stored = await this.#stored('status_digest', name)
    if (stored !== undefined && this.now - stored.fetchedAt < this.#reuse) return stored
    const bytes = await this.#proven('sl', name)
    return bytes && this.#item('status_digest', name, bytes)
  }

  async #add(items: readonly EvidenceItem[]): Promise<void> {
    this.#keep(items)
    await this.#ports.store?.put(items)
  }

  async #proof(kind: keyof typeof namespaceOf, name: string): Promise<void> {
    await this.#newest(kind, name, this.#reuse, () => this.#proven(namespaceOf[kind], name))
  }

  /** What the log says now, once it was seen to have only grown since we last looked. */
  async #proven(ns: Namespace, name: string): Promise<Uint8Array | undefined> {
    await (this.#followed ??= this.#follow())
    return this.#asked(() => this.#ports.registry.proof(ns, name))
  }

  async #follow(): Promise<void> {
    const { log, store } = this.#ports
    if (log === undefined || store === undefined) return
    const known = await store.find('checkpoint', log.trust.origin)
    const isFresh = known !== undefined && this.now - known.fetchedAt < this.#reuse
    const followed = isFresh ? undefined : await this.#asked(() => followLog(log.reader, store, log.trust, this.now))
    // Where the log keeps back what would show that it grew, it is as good as not there.
    if (!isFresh && followed === undefined) this.#isSilent = true
    if (followed?.known !== undefined && followed.findings.some(({ code }) => code === 'log.fork')) {
      this.#isSilent = true
      this.#keep([this.#item('fork', log.trust.origin, formatFork(utf8(followed.known), utf8(followed.note)))])
    }
    const newest = await store.find('checkpoint', log.trust.origin)
    if (newest !== undefined) this.#keep([newest])
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

/** Whether a list is the one that the log knows last; where the log says nothing there is nothing to compare. */
async function isKnownBy({ bytes }: EvidenceItem, words: readonly EvidenceItem[]): Promise<boolean> {
  const token = await attempt(() => parseStatusToken(utf8Text(bytes) ?? ''))
  const digest = token && encodeBase64url(sha256(token.packed))
  const said = words.flatMap((word) => digestIn(word) ?? [])
  return said.length === 0 || said.some((each) => each === digest)
}

function digestIn({ bytes }: EvidenceItem): string | undefined {
  try {
    const bundle = parseProofBundleBytes(bytes)
    return bundle.present && isTrustRecord(bundle.record, 'sl') ? bundle.record.payload.body.digest : undefined
  } catch (thrown) {
    if (faultCode(thrown) === 'unexpected') throw thrown
    return undefined
  }
}

async function ttlOf({ bytes }: EvidenceItem): Promise<Seconds> {
  const token = await attempt(() => parseStatusToken(utf8Text(bytes) ?? ''))
  return token === undefined ? 0 : refetchAfter(token)
}
