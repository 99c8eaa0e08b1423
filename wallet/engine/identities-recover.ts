import { thumbprint } from '@fujie/shared/core/crypto/key.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { lifetimes, tries } from '@fujie/shared/core/lifetimes.ts'
import type { DidClass, OperationDocument } from '@fujie/shared/core/record/operation.ts'
import type { SignedRecord } from '@fujie/shared/core/record/record.ts'
import { storedRecovery, type RecoveryKey, type StoredIdentity } from './contents-identities.ts'
import { keep, readRecord } from './contents.ts'
import type { Words } from './contract.ts'
import type { FoundIdentityView, IdentityCardView, SearchView } from './contract/identities.ts'
import { viewCard, viewClass, type IdentitiesParts } from './identities.ts'
import { documentIn, isInUse, wonBack } from './identities-document.ts'
import { recoveryKeyOf } from './identities-keys.ts'
import { committed, keepKey, makeKey, signChange } from './identities-operations.ts'
import type { TakenVersion } from './identities-registry.ts'
import { provenPast, seqOf, tellVersions } from './identities-timeline.ts'
import { entropyOfWords } from './recovery-words.ts'

/** Recovery keys looked up at once. */
const atOnce = 10
/** Whatever a registry says, the search ends. */
const mostKeys = 2_000

interface FoundIdentity {
  readonly did: string
  readonly key: RecoveryKey
  readonly newest: SignedRecord
  readonly past: readonly TakenVersion[]
  readonly of: DidClass
  readonly names?: Words
  done: boolean
}

interface Search {
  readonly entropy: Uint8Array
  readonly ends: Instant
  readonly found: Map<string, FoundIdentity>
  /** The first recovery key of the words that nothing was promised to. */
  next: number
}

/** Wins identities back by the 24 words alone, in whatever wallet they are typed. */
export class IdentityRecovery {
  readonly #parts: IdentitiesParts
  readonly #searches = new Map<string, Search>()

  constructor(parts: IdentitiesParts) {
    this.#parts = parts
    parts.access.onLock(() => this.#forget())
  }

  /**
   * Looks up recovery keys in their order until twenty in a row are known to nobody (security, 5). What the registry
   * names counts only where its proof names the key.
   *
   * @throws Fault `vault.wrong_passphrase`, `registry.unreachable`
   */
  async find(words: string): Promise<SearchView> {
    const { access, ports } = this.#parts
    const { vault } = access
    const entropy = entropyOfWords(words)
    const search: Search = { entropy, ends: ports.clock.now() + lifetimes.phraseSearch, found: new Map(), next: 0 }
    for (let first = 0, unknown = 0; unknown < tries.recoveryKeys && first < mostKeys; first += atOnce) {
      const numbers = Array.from({ length: atOnce }, (_, i) => first + i)
      const looked = await Promise.all(numbers.map((n) => this.#lookUp(entropy, n)))
      for (const [i, { found, known }] of looked.entries()) {
        unknown = known ? 0 : unknown + 1
        if (known) search.next = first + i + 1
        for (const each of found) search.found.set(encodeBase64url(ports.random.bytes(12)), each)
        if (unknown >= tries.recoveryKeys) break
      }
    }
    if (!access.isOpen(vault)) throw new Fault('vault.locked')
    await this.#countOwn(search)
    const id = encodeBase64url(ports.random.bytes(12))
    this.#forget()
    this.#searches.set(id, search)
    return { search: id, found: [...search.found].map(([name, found]) => this.#view(name, found)) }
  }

  /** A vault made anew from its words learns here how many of their keys are promised already. */
  async #countOwn({ entropy, next }: Search): Promise<void> {
    const { access, ports } = this.#parts
    const own = readRecord(access.vault, 'dids', 'recovery', storedRecovery)
    if (own === undefined || next <= own.next) return
    const first = thumbprint((await recoveryKeyOf(ports.keys, entropy, 0)).publicJwk)
    if (own.thumbprints[0] === first) await access.vault.commit([keep('dids', 'recovery', { ...own, next })])
  }

  async #lookUp(entropy: Uint8Array, n: number): Promise<{ found: FoundIdentity[]; known: boolean }> {
    const { ports, changes } = this.#parts
    const print = thumbprint((await recoveryKeyOf(ports.keys, entropy, n)).publicJwk)
    const dids = await changes.registry.recoverable(print)
    const proven = await Promise.all(dids.map((did) => this.#prove(did, { n, thumbprint: print })))
    const found = proven.filter((each) => each !== undefined)
    return { found, known: found.length > 0 }
  }

  /** The DID as the log proves it, if its recovery key in force is this one. */
  async #prove(did: string, key: RecoveryKey): Promise<FoundIdentity | undefined> {
    const { registry } = this.#parts.changes
    const { codes, state, names } = await registry.stateOf(did)
    const record = state?.record
    if (codes.some((code) => code !== 'evidence.old') || record === undefined || state?.status !== 'active')
      return undefined
    const next = 'next' in record.payload ? record.payload.next.recovery : undefined
    if (next?.threshold !== 1 || !next.thumbprints.includes(key.thumbprint)) return undefined
    const past = provenPast(record, state.updated ?? state.sealTime, await registry.versions(did))
    const first = past.at(-1)?.record.payload
    const of = first !== undefined && 'class' in first ? first.class : 'organisation'
    return { did, key, newest: record, past, of, done: false, ...(names && { names }) }
  }

  #view(id: string, { did, newest, past, of, names, done }: FoundIdentity): FoundIdentityView {
    const ours = this.#parts.changes.all().find((each) => each.did === did)
    const now = this.#parts.ports.clock.now()
    const keys = documentIn(newest)?.keys ?? []
    const named = names ?? (ours && { zh: ours.name, en: ours.name })
    return {
      ...{ id, class: viewClass(of), done, technical: { did } },
      keysInUse: keys.filter((key) => isInUse(key, now)).length,
      versions: tellVersions(past, new Set(ours?.made)),
      ...(named === undefined ? {} : { name: named }),
    }
  }

  /**
   * Wins one back: new keys of this wallet, and a document as it was in an earlier version or with all its keys ended.
   * The words stay the same: their next key is promised.
   *
   * @throws Fault `identity.not_found`, `identity.change_pending`, `store.full`
   */
  async recover(input: {
    readonly search: string
    readonly id: string
    readonly name: string
    readonly restore?: number | undefined
  }): Promise<IdentityCardView> {
    const { access, ports, changes } = this.#parts
    const { search, found } = this.#found(input.search, input.id)
    const { did, key, newest } = found
    const revealed = await recoveryKeyOf(ports.keys, search.entropy, key.n)
    const n = search.next++
    const recovery: RecoveryKey = {
      n,
      thumbprint: thumbprint((await recoveryKeyOf(ports.keys, search.entropy, n)).publicJwk),
    }
    const [daily, update] = [await makeKey(ports), await makeKey(ports)]
    const now = ports.clock.now()
    const stands = documentIn(newest) ?? { keys: [] }
    const { doc, id: name } = wonBack(stands, earlierOf(found, input.restore), daily.publicJwk, now)
    const next = { update: committed(thumbprint(update.publicJwk)), recovery: committed(recovery.thumbprint) }
    const record = await signChange(ports, 'recover', { did, newest, now }, revealed, doc, next)
    const known = changes.all().find((each) => each.did === did)
    const identity: StoredIdentity = {
      ...(known ?? {
        ...{ id: encodeBase64url(ports.random.bytes(12)), did, class: found.of, createdAt: now },
        ...{ anchored: true, held: {}, made: [] },
      }),
      name: input.name,
    }
    const held = { ...stillListed(identity.held, doc), [name]: daily.id }
    const pending = {
      ...{ record: record.text, why: 'recovered' as const, began: now, expires: now + lifetimes.operation },
      ...{ update: update.id, recovery, held, tries: 0, taken: false },
    }
    // A wallet whose own words these are does not promise that key again.
    const own = readRecord(access.vault, 'dids', 'recovery', storedRecovery)
    const isOwn = own?.thumbprints[key.n] === key.thumbprint
    const counted = own && isOwn ? [keep('dids', 'recovery', { ...own, next: Math.max(own.next, n + 1) })] : []
    await changes.begin(identity, pending, [keepKey(daily), keepKey(update), ...counted])
    found.done = true
    return viewCard(changes.find(identity.id))
  }

  #found(searchId: string, id: string): { search: Search; found: FoundIdentity } {
    const search = this.#searches.get(searchId)
    if (search !== undefined && search.ends < this.#parts.ports.clock.now()) this.#forget()
    const found = this.#searches.get(searchId)?.found.get(id)
    if (search === undefined || found === undefined || found.done) throw new Fault('identity.not_found')
    return { search, found }
  }

  #forget(): void {
    for (const { entropy } of this.#searches.values()) entropy.fill(0)
    this.#searches.clear()
  }
}

/** The document of an earlier version. @throws Fault `record.not_found` for one that nobody handed out */
function earlierOf({ past }: FoundIdentity, restore: number | undefined): OperationDocument | undefined {
  if (restore === undefined) return undefined
  const version = past.find(({ record }) => seqOf(record) === restore)
  const doc = version && documentIn(version.record)
  if (doc === undefined) throw new Fault('record.not_found')
  return doc
}

function stillListed(held: Readonly<Record<string, string>>, doc: OperationDocument): Record<string, string> {
  const used = new Set(doc.keys.filter((key) => key.for.length > 0).map(({ id }) => id))
  return Object.fromEntries(Object.entries(held).filter(([id]) => used.has(id)))
}
