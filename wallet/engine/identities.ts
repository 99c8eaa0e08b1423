import { holderKey } from '@fujie/shared/core/credential/holder-key.ts'
import { parseSdJwt } from '@fujie/shared/core/credential/sd-jwt.ts'
import { thumbprint } from '@fujie/shared/core/crypto/key.ts'
import { documentOf, formatFujieLongDid } from '@fujie/shared/core/did/fujie.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import { nameOfRecord } from '@fujie/shared/core/record/name.ts'
import type { DidClass, DocumentKey, UpdateOperation } from '@fujie/shared/core/record/operation.ts'
import { parseRecord, type SignedRecord } from '@fujie/shared/core/record/record.ts'
import {
  storedRecovery,
  type PendingChange,
  type RecoveryKey,
  type StoredIdentity,
  type StoredRecovery,
} from './contents-identities.ts'
import { drop, keep, readRecord, readRecords, storedCopy, storedKey } from './contents.ts'
import type {
  IdentityCardView,
  IdentityClass,
  IdentityDetailView,
  IdentityKeyView,
  IdentityState,
} from './contract/identities.ts'
import { addHistory } from './history.ts'
import { deeds, keepIdentity, keysOf, type ChangesParts, type IdentityChanges } from './identities-changes.ts'
import { documentIn, firstDocument, rotated, type KeyEnd } from './identities-document.ts'
import { firstRecoveryKeys, recoveryKeyOf, recoveryThumbprints, takeRecoveryKey } from './identities-keys.ts'
import {
  keepKey,
  makeKey,
  signChange,
  signCreate,
  signDeactivate,
  committed,
  type Behind,
} from './identities-operations.ts'
import type { WalletPorts } from './ports.ts'
import { entropyOfWords } from './recovery-words.ts'

export interface IdentitiesParts extends ChangesParts {
  readonly ports: Pick<WalletPorts, 'clock' | 'random' | 'keys' | 'timer'>
  readonly changes: IdentityChanges
}

const classOf: Readonly<Record<IdentityClass, DidClass>> = {
  person: 'person',
  organisation: 'organisation',
  device: 'thing',
}

/** The identities of this wallet: made here or won back, their keys changed, ended. */
export class Identities {
  readonly #parts: IdentitiesParts

  constructor(parts: IdentitiesParts) {
    this.#parts = parts
  }

  list(): IdentityCardView[] {
    return this.#parts.changes
      .all()
      .toSorted((a, b) => a.createdAt - b.createdAt)
      .map(viewCard)
  }

  /** @throws Fault `identity.words_needed`, `vault.wrong_passphrase`, `registry.unreachable` where there is none */
  async create(input: {
    readonly name: string
    readonly class: IdentityClass
    readonly words?: string | undefined
  }): Promise<IdentityCardView> {
    const { ports, changes } = this.#parts
    const { log } = changes.registry
    const { key: recovery, left } = takeRecoveryKey(await this.#recoveryKeys(input.words))
    const [daily, update] = [await makeKey(ports), await makeKey(ports)]
    const record = await signCreate(ports, log, classOf[input.class], firstDocument(daily.publicJwk), update, recovery)
    // Persons are not registered: their DID tells of itself and stays with them (registry, 3).
    const anchored = input.class !== 'person'
    const identity: StoredIdentity = {
      id: encodeBase64url(ports.random.bytes(12)),
      did: nameOfRecord(record).name,
      class: classOf[input.class],
      name: input.name,
      createdAt: ports.clock.now(),
      anchored,
      held: {},
      made: [],
    }
    const done = { update: update.id, recovery, held: { k1: daily.id } }
    const extra = [keepKey(daily), keepKey(update), keep('dids', 'recovery', left)]
    if (anchored) await changes.begin(identity, this.#pending(record, 'created', done), extra)
    else await this.#keepHere({ ...identity, ...done, record: record.text, made: [record.id] }, extra)
    return this.card(identity.id)
  }

  card(id: string): IdentityCardView {
    return viewCard(this.#parts.changes.find(id))
  }

  /** What the vault knows, at once; the registry is asked meanwhile. */
  view(id: string): IdentityDetailView {
    const { changes, ports } = this.#parts
    const identity = changes.find(id)
    const isStale = identity.anchored && ports.clock.now() - (identity.proven?.at ?? 0) > 10
    if (isStale) void changes.look(id).catch(() => undefined)
    return this.#detail(identity)
  }

  async look(id: string): Promise<IdentityDetailView> {
    const { changes } = this.#parts
    await changes.look(id)
    const identity = changes.find(id)
    if (identity.anchored) void changes.follow(id)
    return this.#detail(identity)
  }

  async rename(id: string, name: string): Promise<IdentityCardView> {
    const { access, changes, news } = this.#parts
    await access.vault.commit(() => [keepIdentity({ ...changes.find(id), name })])
    news.post({ kind: 'identities', id })
    return this.card(id)
  }

  /** @throws Fault `identity.change_pending`, `operation.key_uncommitted`, `admission.person_not_anchored` */
  async rotate(id: string, why: KeyEnd): Promise<IdentityCardView> {
    const { access, changes, ports } = this.#parts
    const identity = changes.find(id)
    if (!identity.anchored) throw new Fault('admission.person_not_anchored')
    const { newest, recovery } = changeable(identity)
    const key = readRecord(access.vault, 'keys', identity.update ?? '', storedKey)
    const before = documentIn(newest)
    if (key === undefined || before === undefined) throw new Fault('operation.key_uncommitted')
    const [daily, update] = [await makeKey(ports), await makeKey(ports)]
    const now = ports.clock.now()
    const { doc, id: name } = rotated(before, ({ id: each }) => each in identity.held, why, daily.publicJwk, now)
    // The next recovery key stays the one the log has: an update may not touch it.
    const next = {
      update: committed(thumbprint(update.publicJwk)),
      recovery: (newest.payload as UpdateOperation).next.recovery,
    }
    const record = await signChange(ports, 'update', { did: identity.did, newest, now }, key, doc, next)
    const held = { ...stillUsed(identity.held, doc.keys), [name]: daily.id }
    const pending = this.#pending(record, why, { update: update.id, recovery, held })
    await changes.begin(identity, pending, [keepKey(daily), keepKey(update)])
    return this.card(id)
  }

  /** @throws Fault `request.malformed`, `vault.wrong_passphrase`, `identity.change_pending`, `operation.key_uncommitted` */
  async deactivate(id: string, typed: string, words: string): Promise<IdentityCardView> {
    const { changes, ports } = this.#parts
    const identity = changes.find(id)
    if (typed.normalize('NFC').trim() !== identity.name.normalize('NFC').trim())
      throw new Fault('request.malformed', { part: 'typed' })
    const entropy = entropyOfWords(words)
    if (!identity.anchored) return this.#forget(identity, entropy)
    const { newest, recovery } = changeable(identity)
    const key = recovery && (await recoveryKeyOf(ports.keys, entropy, recovery.n))
    entropy.fill(0)
    if (key === undefined || thumbprint(key.publicJwk) !== recovery?.thumbprint)
      throw new Fault('vault.wrong_passphrase', { words: true })
    const behind: Behind = { did: identity.did, newest, now: ports.clock.now() }
    const record = await signDeactivate(ports, behind, key)
    await changes.begin(identity, this.#pending(record, 'deactivated', { held: {} }), [])
    return this.card(id)
  }

  /** What stands nowhere else ends with its keys. */
  async #forget(identity: StoredIdentity, entropy: Uint8Array): Promise<IdentityCardView> {
    const { access, ports, news, host } = this.#parts
    const { recovery } = identity
    const key = recovery && (await recoveryKeyOf(ports.keys, entropy, recovery.n))
    entropy.fill(0)
    if (key === undefined || thumbprint(key.publicJwk) !== recovery?.thumbprint)
      throw new Fault('vault.wrong_passphrase', { words: true })
    const { vault } = access
    const proven = {
      closed: true,
      seq: 0,
      id: '',
      created: 0,
      updated: 0,
      size: 0,
      checkpoint: 0,
      at: 0,
      foreign: false,
    }
    const ended: StoredIdentity = { ...identity, update: undefined, held: {}, proven }
    const entry = { at: ports.clock.now(), kind: 'identity', host, accredited: true, documents: [], items: [] } as const
    const named = { party: { zh: identity.name, en: identity.name }, purpose: deeds.deactivated }
    await vault.commit(() => [
      keepIdentity(ended),
      ...[...keysOf(identity)].map((each) => drop('keys', each)),
      addHistory(vault, { ...entry, ...named }),
    ])
    news.post({ kind: 'identities', id: identity.id })
    news.post({ kind: 'history' })
    return viewCard(ended)
  }

  async #keepHere(identity: StoredIdentity, extra: readonly ReturnType<typeof keep>[]): Promise<void> {
    const { access, news, host, ports } = this.#parts
    const { vault } = access
    const entry = { at: ports.clock.now(), kind: 'identity', host, accredited: true, documents: [], items: [] } as const
    const named = { party: { zh: identity.name, en: identity.name }, purpose: deeds.created }
    await vault.commit(() => [...extra, keepIdentity(identity), addHistory(vault, { ...entry, ...named })])
    news.post({ kind: 'identities', id: identity.id })
    news.post({ kind: 'history' })
  }

  /** What the vault knows of its recovery keys; the words tell where it was made before they were kept, or all are spent. */
  async #recoveryKeys(words: string | undefined): Promise<StoredRecovery | undefined> {
    const { access, ports } = this.#parts
    const known = readRecord(access.vault, 'dids', 'recovery', storedRecovery)
    if (words === undefined) return known
    const entropy = entropyOfWords(words)
    const next = known?.next ?? 0
    const thumbprints = await recoveryThumbprints(ports.keys, entropy, next + firstRecoveryKeys)
    entropy.fill(0)
    const isOther = known !== undefined && known.thumbprints.some((each, n) => each !== thumbprints[n])
    if (isOther) throw new Fault('vault.wrong_passphrase', { words: true })
    return { thumbprints, next }
  }

  #pending(
    record: SignedRecord,
    why: PendingChange['why'],
    done: Pick<PendingChange, 'update' | 'recovery' | 'held'>,
  ): PendingChange {
    const now = this.#parts.ports.clock.now()
    const expires = record.kind === 'create' ? {} : { expires: now + lifetimes.operation }
    return { record: record.text, why, began: now, tries: 0, taken: false, ...expires, ...done }
  }

  #detail(identity: StoredIdentity): IdentityDetailView {
    const { access, ports } = this.#parts
    const now = ports.clock.now()
    const { proven, record: text, held, pending, recovery, update } = identity
    const record = text === undefined ? pending && parseRecord(pending.record) : parseRecord(text)
    const doc = record && documentIn(record)
    const known = readRecord(access.vault, 'dids', 'recovery', storedRecovery)
    const isClosed = proven?.closed === true
    return {
      ...viewCard(identity),
      createdAt: proven === undefined || proven.created === 0 ? identity.createdAt : proven.created,
      keys: isClosed ? [] : (doc?.keys ?? []).map((key) => viewKey(key, held, now)),
      changeable:
        identity.anchored && pending === undefined && update !== undefined && !isClosed && proven?.foreign === false,
      words: wordsOf(recovery ?? pending?.recovery, known),
      versions: identity.versions ?? [],
      ...(proven === undefined || proven.size === 0
        ? {}
        : { proof: { size: proven.size, age: Math.max(0, now - proven.checkpoint) } }),
      documents: this.#boundDocuments(doc?.keys ?? []),
      technical: {
        did: record !== undefined && !identity.anchored ? formatFujieLongDid(record) : identity.did,
        document: doc === undefined ? '' : JSON.stringify(documentOf(identity.did, doc), null, 2),
        ...(record === undefined ? {} : { record: record.id }),
        ...(proven === undefined ? {} : { seq: proven.seq }),
        ...(identity.ledger === undefined ? {} : { ledger: `${identity.ledger.name} ${identity.ledger.tx}` }),
      },
    }
  }

  /** Documents have keys of their own; only one that is bound to a key of the identity would have to be got again. */
  #boundDocuments(keys: readonly DocumentKey[]): IdentityDetailView['documents'] {
    const ours = new Set(keys.map(({ jwk }) => thumbprint(jwk)))
    const copies = readRecords(this.#parts.access.vault, 'copies', storedCopy)
    const bound = copies.filter(({ credential }) => {
      const key = holderKey(parseSdJwt(credential).claims)
      return key !== undefined && ours.has(thumbprint(key))
    })
    const count = (some: readonly { readonly document: string }[]) => new Set(some.map(({ document }) => document)).size
    return { bound: count(bound), of: count(copies) }
  }
}

/** The record a change goes behind. @throws Fault `identity.change_pending`, `did.deactivated`, `operation.key_uncommitted` */
function changeable({ pending, record, proven, recovery }: StoredIdentity): {
  newest: SignedRecord
  recovery: RecoveryKey | undefined
} {
  if (pending !== undefined) throw new Fault('identity.change_pending')
  if (proven?.closed === true) throw new Fault('did.deactivated')
  if (record === undefined || proven?.foreign !== false) throw new Fault('operation.key_uncommitted')
  return { newest: parseRecord(record), recovery }
}

/** Keys whose private halves are still of use. */
function stillUsed(held: Readonly<Record<string, string>>, keys: readonly DocumentKey[]): Record<string, string> {
  const used = new Set(keys.filter((key) => key.for.length > 0).map(({ id }) => id))
  return Object.fromEntries(Object.entries(held).filter(([id]) => used.has(id)))
}

export function viewCard(identity: StoredIdentity): IdentityCardView {
  const { id, name, pending, abandoned } = identity
  const change = pending && {
    why: pending.why,
    step: pending.taken ? ('submitted' as const) : ('written' as const),
    ...(pending.fault === undefined ? {} : { fault: pending.fault }),
  }
  return {
    ...{ id, name, class: viewClass(identity.class), state: stateOf(identity) },
    ...(change === undefined ? {} : { change }),
    ...(abandoned?.fault === undefined ? {} : { refused: { why: abandoned.why, fault: abandoned.fault } }),
  }
}

export function viewClass(of: DidClass): IdentityClass {
  return of === 'person' || of === 'organisation' ? of : 'device'
}

function stateOf({ anchored, proven, pending, ledger }: StoredIdentity): IdentityState {
  if (proven?.closed === true) return 'closed'
  if (!anchored) return 'here'
  if (pending !== undefined || proven === undefined) return 'submitted'
  if (proven.foreign) return 'changed'
  return ledger?.id === proven.id ? 'anchored' : 'registered'
}

function viewKey(key: DocumentKey, held: Readonly<Record<string, string>>, now: number): IdentityKeyView {
  const { id, for: uses, from, retired, compromised } = key
  const state =
    compromised === true
      ? 'void'
      : uses.length === 0 || (retired !== undefined && retired <= now)
        ? 'ended'
        : retired === undefined
          ? 'in_use'
          : 'until'
  return {
    ...{ label: id, state, here: id in held },
    ...(from === undefined ? {} : { from }),
    ...(retired === undefined ? {} : { ends: retired }),
  }
}

function wordsOf(recovery: RecoveryKey | undefined, known: StoredRecovery | undefined): IdentityDetailView['words'] {
  if (recovery === undefined) return 'none'
  return known?.thumbprints[recovery.n] === recovery.thumbprint ? 'own' : 'other'
}
