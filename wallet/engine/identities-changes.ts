import { thumbprint } from '@fujie/shared/core/crypto/key.ts'
import { Fault, faultCode, type FaultCode } from '@fujie/shared/core/fault.ts'
import type { Commitment } from '@fujie/shared/core/record/operation.ts'
import { parseRecord, type SignedRecord } from '@fujie/shared/core/record/record.ts'
import type { ProvenState } from '@fujie/shared/core/log/bundle.ts'
import type { Access } from './access.ts'
import {
  identityRecord,
  storedIdentity,
  type ChangeReason,
  type PendingChange,
  type StoredIdentity,
} from './contents-identities.ts'
import { drop, keep, readRecord, readRecords, storedKey } from './contents.ts'
import type { Words } from './contract.ts'
import { addHistory } from './history.ts'
import type { DidStanding, IdentityRegistry } from './identities-registry.ts'
import { provenPast, seqOf, tellVersions } from './identities-timeline.ts'
import type { News } from './news.ts'
import type { WalletPorts } from './ports.ts'
import type { Vault, VaultChange } from './vault.ts'

export interface ChangesParts {
  readonly ports: Pick<WalletPorts, 'clock' | 'timer'>
  readonly access: Access
  readonly news: News
  readonly registry: IdentityRegistry | undefined
  /** The registry's host, for the history. */
  readonly host: string
}

/** Seconds between looks at a change under way, then at one that is in the log and not yet on a ledger. */
const pauses = [1, 2, 3, 5, 8, 13, 20, 30, 60]
const anchorLooks = 8

/**
 * Brings changes of identities into the log. Each is in the vault before it is sent, sent as the same bytes until it
 * stands there, and believed to stand there by the wallet's own check of the proof alone.
 */
export class IdentityChanges {
  readonly #parts: ChangesParts
  readonly #followed = new Set<string>()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(parts: ChangesParts) {
    this.#parts = parts
    parts.access.onOpen(() => this.#resume())
    parts.access.onLock(() => this.#followed.clear())
  }

  /** @throws Fault `registry.unreachable` where the wallet has none */
  get registry(): IdentityRegistry {
    const { registry } = this.#parts
    if (registry === undefined) throw new Fault('registry.unreachable')
    return registry
  }

  /** @throws Fault `identity.not_found` */
  find(id: string): StoredIdentity {
    const found = readRecord(this.#parts.access.vault, 'dids', identityRecord(id), storedIdentity)
    if (found === undefined) throw new Fault('identity.not_found')
    return found
  }

  all(): StoredIdentity[] {
    return readRecords(this.#parts.access.vault, 'dids', storedIdentity, 'id/')
  }

  /**
   * Writes a change down and tries it once; what does not come through is tried again in the background.
   *
   * @throws Fault `identity.change_pending`, `store.full`
   */
  async begin(identity: StoredIdentity, pending: PendingChange, extra: readonly VaultChange[]): Promise<void> {
    const { vault } = this.#parts.access
    await vault.commit(() => {
      const now = readRecord(vault, 'dids', identityRecord(identity.id), storedIdentity)
      if (now?.pending !== undefined) throw new Fault('identity.change_pending')
      return [...extra, keepIdentity({ ...identity, pending })]
    })
    this.#tell(identity.id)
    await this.look(identity.id)
    void this.follow(identity.id)
  }

  /** Sends what is to be sent and looks at what the log says, one after the other. What goes wrong is kept to be shown. */
  look(id: string): Promise<void> {
    const done = this.#turn.then(() => this.#look(id))
    this.#turn = done.catch(() => undefined)
    return done
  }

  /** Looks again and again until nothing is under way any more. */
  async follow(id: string): Promise<void> {
    const { access, ports } = this.#parts
    if (this.#followed.has(id)) return
    this.#followed.add(id)
    const { vault } = access
    let looks = 0
    for (let round = 0; access.isOpen(vault); round++) {
      const identity = readRecord(vault, 'dids', identityRecord(id), storedIdentity)
      if (identity === undefined || !identity.anchored || isSettled(identity)) break
      if (identity.pending === undefined && looks++ >= anchorLooks) break
      await ports.timer.wait(pauses[Math.min(round, pauses.length - 1)] as number)
      if (access.isOpen(vault)) await this.look(id).catch(() => undefined)
    }
    if (access.isOpen(vault)) this.#followed.delete(id)
  }

  #resume(): void {
    for (const { id, pending } of this.all()) if (pending !== undefined) void this.follow(id)
  }

  async #look(id: string): Promise<void> {
    const { vault } = this.#parts.access
    const identity = this.find(id)
    if (!identity.anchored) return
    const refused = await this.#send(vault, identity)
    try {
      await this.#learn(vault, id, await this.registry.stateOf(identity.did), refused)
    } catch (thrown) {
      const code = faultCode(thrown)
      if (code === 'unexpected' || code === 'vault.locked') throw thrown
      await this.#note(vault, id, code)
    }
    this.#tell(id)
  }

  /** The same bytes each time: a registry that has them answers as it did before. */
  async #send(vault: Vault, { id, pending }: StoredIdentity): Promise<FaultCode | undefined> {
    if (pending === undefined || pending.taken) return undefined
    await this.#change(vault, id, (now) => withPending(now, { tries: pending.tries + 1 }))
    try {
      await this.registry.submit(parseRecord(pending.record))
      await this.#change(vault, id, (now) => withPending(now, { taken: true, fault: undefined }))
      return undefined
    } catch (thrown) {
      const fault = thrown instanceof Fault ? thrown : undefined
      if (fault === undefined || fault.kind === 'bug') throw thrown
      await this.#note(vault, id, fault.code)
      return fault.kind === 'unavailable' || fault.code === 'operation.too_soon' ? undefined : fault.code
    }
  }

  /** Writes down what a proof says. A change that the log holds is ours from here on; one it cannot hold any more is over. */
  async #learn(
    vault: Vault,
    id: string,
    { codes, state, at, names }: DidStanding,
    refused: FaultCode | undefined,
  ): Promise<void> {
    if (state === undefined || codes.some((code) => code !== 'evidence.old')) throw new Fault(faultOf(codes))
    const taken = state.present ? await this.#past(state) : []
    const ledger = state.record && (await this.#ledgerOf(state.record.id))
    await vault.commit(() => {
      const identity = this.find(id)
      const settled = settle(identity, state, refused)
      // Who gave a thing away has nothing more to do with it.
      if (settled.outcome === 'done' && identity.pending?.why === 'owner')
        return [
          drop('dids', identityRecord(id)),
          drop('dids', `device/${id}`),
          ...this.#consequences(vault, identity, settled),
        ]
      const newest = withNewest(settled.identity, state, updateKeyOf(vault, settled.identity))
      const known: StoredIdentity = {
        ...newest,
        ...(state.present ? { proven: provenOf(state, at, newest) } : {}),
        ...(ledger === undefined ? {} : { ledger }),
        ...(names === undefined || settled.identity.name !== '' ? {} : { name: names.zh }),
      }
      const versions = tellVersions(taken, new Set(known.made))
      const told = state.present ? { ...known, versions } : known
      return [keepIdentity(told), ...this.#consequences(vault, identity, settled)]
    })
    if (readRecord(vault, 'dids', identityRecord(id), storedIdentity)?.pending === undefined)
      this.#parts.news.post({ kind: 'history' })
  }

  /** Spent keys go; what became of the change goes into the history. */
  #consequences(vault: Vault, before: StoredIdentity, { identity, outcome }: Settled): VaultChange[] {
    if (outcome === undefined || before.pending === undefined) return []
    const kept = keysOf(identity)
    const gone = outcome === 'done' ? [...keysOf(before)].filter((key) => !kept.has(key)) : []
    const { clock } = this.#parts.ports
    const name: Words = { zh: identity.name, en: identity.name }
    const entry = addHistory(vault, {
      at: clock.now(),
      kind: outcome === 'done' ? 'identity' : 'failed',
      party: name,
      host: this.#parts.host,
      accredited: true,
      purpose: deeds[before.pending.why],
      ...{ documents: [], items: [] },
      ...(outcome === 'done' ? {} : { code: outcome }),
    })
    return [...gone.map((key) => drop('keys', key)), entry]
  }

  async #past(state: ProvenState) {
    if (state.record === undefined) return []
    const at = state.updated ?? state.sealTime
    const taken = await this.registry.versions(state.name).catch(ignoreAbsent([]))
    const past = provenPast(state.record, at, taken)
    // The first one's time is proven too.
    return past.map((version) =>
      seqOf(version.record) === 0 && state.created !== undefined ? { ...version, at: state.created } : version,
    )
  }

  #ledgerOf(record: string) {
    return this.registry
      .ledgerOf(record)
      .then((place) => place && { id: record, ...place })
      .catch(ignoreAbsent(undefined))
  }

  #note(vault: Vault, id: string, fault: FaultCode): Promise<void> {
    return this.#change(vault, id, (now) => withPending(now, { fault }))
  }

  #change(vault: Vault, id: string, change: (now: StoredIdentity) => StoredIdentity): Promise<void> {
    return vault.commit(() => [keepIdentity(change(this.find(id)))])
  }

  #tell(id: string): void {
    this.#parts.news.post({ kind: 'identities', id })
  }
}

export function keepIdentity(identity: StoredIdentity): VaultChange {
  return keep('dids', identityRecord(identity.id), identity)
}

/** Every key of the vault that an identity needs, now or once its change is done. */
export function keysOf({ update, held, pending, abandoned }: StoredIdentity): ReadonlySet<string> {
  const of = (each: Pick<PendingChange, 'update' | 'held'> | undefined) =>
    each === undefined ? [] : [...(each.update === undefined ? [] : [each.update]), ...Object.values(each.held)]
  return new Set([...of(update === undefined ? { held } : { update, held }), ...of(pending), ...of(abandoned)])
}

interface Settled {
  readonly identity: StoredIdentity
  /** The change is in the log, or can no longer come there, and why. */
  readonly outcome?: 'done' | FaultCode
}

/** What a proven state means for the change under way. */
function settle(identity: StoredIdentity, state: ProvenState, refused: FaultCode | undefined): Settled {
  const { pending, abandoned } = identity
  const newest = state.record?.id
  if (pending !== undefined && newest === idOf(pending))
    return { identity: promoted(identity, pending), outcome: 'done' }
  if (abandoned !== undefined && newest === idOf(abandoned))
    return { identity: promoted({ ...identity, abandoned: undefined }, abandoned, pending) }
  if (pending === undefined) return { identity }
  const why = whyOver(pending, state) ?? refused
  if (why === undefined) return { identity }
  return { identity: { ...identity, pending: undefined, abandoned: { ...pending, fault: why } }, outcome: why }
}

/** Why a change can never be sealed any more. */
function whyOver(pending: PendingChange, state: ProvenState): FaultCode | undefined {
  if (state.status === 'closed') return 'did.deactivated'
  if (state.present && (state.seq ?? 0) >= seqOf(parseRecord(pending.record))) return 'operation.out_of_order'
  return pending.expires !== undefined && state.sealTime > pending.expires ? 'operation.expired' : undefined
}

function promoted(identity: StoredIdentity, done: PendingChange, still?: PendingChange): StoredIdentity {
  const { id } = parseRecord(done.record)
  return {
    ...identity,
    record: done.record,
    update: done.update,
    recovery: done.recovery,
    held: done.held,
    pending: still,
    made: identity.made.includes(id) ? identity.made : [...identity.made, id],
  }
}

/**
 * Things are changed from two sides: by themselves, and by whoever owns them. Either goes by the newest record as long
 * as it still promises the key it holds: the owner's recovery key, the thing's update key.
 */
function withNewest(identity: StoredIdentity, { record, status }: ProvenState, update?: string): StoredIdentity {
  const { owner, recovery } = identity
  if (record === undefined || status !== 'active' || !('next' in record.payload)) return identity
  const { next } = record.payload
  const isOwners = owner !== undefined && recovery !== undefined && promises(next.recovery, recovery.thumbprint)
  const isThings = recovery === undefined && update !== undefined && promises(next.update, update)
  return isOwners || isThings ? { ...identity, record: record.text } : identity
}

/** Thumbprint of the key that the next change is signed with. */
function updateKeyOf(vault: Vault, { update }: StoredIdentity): string | undefined {
  const key = update === undefined ? undefined : readRecord(vault, 'keys', update, storedKey)
  return key && thumbprint(key.publicJwk)
}

function promises({ thumbprints }: Commitment, key: string): boolean {
  return thumbprints.includes(key)
}

function provenOf(state: ProvenState, at: number, identity: StoredIdentity): StoredIdentity['proven'] {
  const record = state.record as SignedRecord
  return {
    seq: state.seq ?? 0,
    id: record.id,
    closed: state.status === 'closed',
    created: state.created ?? state.sealTime,
    updated: state.updated ?? state.sealTime,
    size: state.head.size,
    checkpoint: state.checkpointTime,
    at,
    foreign: identity.record === undefined || parseRecord(identity.record).id !== record.id,
  }
}

function withPending(identity: StoredIdentity, change: Partial<PendingChange>): StoredIdentity {
  return identity.pending === undefined ? identity : { ...identity, pending: { ...identity.pending, ...change } }
}

function idOf({ record }: PendingChange): string {
  return parseRecord(record).id
}

/** In the log and on a ledger, with nothing under way. */
function isSettled({ pending, proven, ledger }: StoredIdentity): boolean {
  return pending === undefined && (proven === undefined || proven.id === ledger?.id)
}

/** A proof that is not relied on is as good as none; two histories are said by name. */
function faultOf(codes: readonly string[]): FaultCode {
  if (codes.includes('log.fork')) return 'log.fork'
  return codes.includes('log.witness_short') ? 'log.witness_short' : 'registry.unreachable'
}

function ignoreAbsent<T>(otherwise: T) {
  return (thrown: unknown): T => {
    if (!(thrown instanceof Fault) || thrown.kind === 'bug') throw thrown
    return otherwise
  }
}

/** What a change is called in the history. */
export const deeds: Readonly<Record<ChangeReason, Words>> = {
  created: { zh: '新建身份', en: 'Identity created' },
  routine: { zh: '更换安全钥匙', en: 'Security keys replaced' },
  lost: { zh: '更换安全钥匙（设备丢失）', en: 'Security keys replaced (device lost)' },
  exposed: { zh: '更换安全钥匙（可能泄露）', en: 'Security keys replaced (may be known)' },
  recovered: { zh: '用恢复短语找回', en: 'Won back by the recovery phrase' },
  deactivated: { zh: '停用身份', en: 'Identity ended' },
  owner: { zh: '变更设备所有者', en: 'Owner of the device changed' },
}
