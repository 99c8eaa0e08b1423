import * as z from 'zod/mini'
import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { decodeBase64url, encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { equalBytes, utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { evidenceKinds, type EvidenceItem } from '@fujie/shared/core/presentation/evidence.ts'
import { createMemoryStore } from '@fujie/shared/evidence/memory-store.ts'
import type { EvidenceStore } from '@fujie/shared/ports/evidence-store.ts'
import type { Access } from './access.ts'
import { drop, keep, readRecords } from './contents.ts'
import type { VaultChange } from './vault.ts'

const storedItem = z.object({ kind: z.enum(evidenceKinds), name: z.string(), fetchedAt: z.int(), bytes: z.string() })

/** Enough for years of a person's agencies and counters; the oldest give way. */
const mostKept = 512

/**
 * What was gathered about others, kept in the vault for when there is no network: which counters a person meets is the
 * person's own affair.
 */
export class EvidenceInVault implements EvidenceStore {
  readonly #access: Access
  #memory: EvidenceStore | undefined
  /** Ids of what the vault holds, with the hash of its bytes. */
  #written = new Map<string, Uint8Array>()

  constructor(access: Access) {
    this.#access = access
    access.onLock(() => {
      this.#memory = undefined
      this.#written = new Map()
    })
  }

  find(kind: EvidenceItem['kind'], name: string): Promise<EvidenceItem | undefined> {
    return this.#open().find(kind, name)
  }

  put(items: readonly EvidenceItem[]): Promise<void> {
    return this.#open().put(items)
  }

  all(): Promise<readonly EvidenceItem[]> {
    return this.#open().all()
  }

  /** Writes what is new to the vault, in one commit. Fresher proofs of the same bytes are not worth one. */
  async save(): Promise<void> {
    const items = (await this.all()).toSorted((a, b) => b.fetchedAt - a.fetchedAt)
    const kept = items.slice(0, mostKept).map((item) => ({ id: idOf(item), hash: sha256(item.bytes), item }))
    const changes: VaultChange[] = kept.flatMap(({ id, hash, item }) => {
      const before = this.#written.get(id)
      return before !== undefined && equalBytes(before, hash) ? [] : [keep('trust', id, stored(item))]
    })
    const gone = [...this.#written.keys()].filter((id) => !kept.some((each) => each.id === id))
    if (changes.length + gone.length === 0) return
    await this.#access.vault.commit([...changes, ...gone.map((id) => drop('trust', id))])
    this.#written = new Map(kept.map(({ id, hash }) => [id, hash]))
  }

  #open(): EvidenceStore {
    if (this.#memory !== undefined) return this.#memory
    const items = readRecords(this.#access.vault, 'trust', storedItem).map((item): EvidenceItem => ({
      ...item,
      bytes: decodeBase64url(item.bytes) ?? new Uint8Array(0),
    }))
    this.#written = new Map(items.map((item) => [idOf(item), sha256(item.bytes)]))
    this.#memory = createMemoryStore(items)
    return this.#memory
  }
}

function idOf({ kind, name }: EvidenceItem): string {
  return `${kind}/${encodeBase64url(sha256(utf8(name)))}`
}

function stored({ kind, name, fetchedAt, bytes }: EvidenceItem): z.output<typeof storedItem> {
  return { kind, name, fetchedAt, bytes: encodeBase64url(bytes) }
}
