import { thumbprint } from '@fujie/shared/core/crypto/key.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import {
  formatGreeting,
  formatOwnerAnswer,
  ownerAnswerText,
  parseGreeting,
  parseOwnerAnswer,
  verifyOwnerAnswer,
  type DeviceGreeting,
  type OwnerAnswer,
} from '@fujie/shared/core/qr/pairing.ts'
import { nameOfRecord } from '@fujie/shared/core/record/name.ts'
import type { CreateOperation, UpdateOperation } from '@fujie/shared/core/record/operation.ts'
import { parseRecord } from '@fujie/shared/core/record/record.ts'
import { storedInvite, storedPairing, type StoredInvite, type StoredPairing } from './contents-devices.ts'
import { storedRecovery, type StoredIdentity } from './contents-identities.ts'
import { drop, keep, readRecord, readRecords, storedKey } from './contents.ts'
import type { DeviceView, PairingView } from './contract/devices.ts'
import { keepIdentity } from './identities-changes.ts'
import { documentIn, firstDocument, isInUse } from './identities-document.ts'
import { recoveryKeyOf, takeRecoveryKey } from './identities-keys.ts'
import { committed, keepKey, makeKey, signChange, signCreate } from './identities-operations.ts'
import type { IdentityRegistry } from './identities-registry.ts'
import type { IdentitiesParts } from './identities.ts'
import { entropyOfWords } from './recovery-words.ts'

const inviteRecord = (id: string) => `invite/${id}`
const pairingRecord = (id: string) => `device/${id}`

/** Things and who owns them: a device finds its owner, an owner takes a device in, gives it on, and keeps track of it. */
export class DevicePairing {
  readonly #parts: IdentitiesParts

  constructor(parts: IdentitiesParts) {
    this.#parts = parts
  }

  /** On the device: keys first, then the code that names them. A code of before stays good until its time is over. */
  async invite(name: string): Promise<PairingView> {
    const { access, ports } = this.#parts
    const { vault } = access
    const [daily, update] = [await makeKey(ports), await makeKey(ports)]
    const now = ports.clock.now()
    const invite: StoredInvite = {
      ...{ id: this.#id(), name, nonce: encodeBase64url(ports.random.bytes(16)) },
      ...{ daily: daily.id, update: update.id, expires: now + lifetimes.devicePairing },
    }
    const over = this.#invites().filter(({ expires }) => expires <= now)
    const gone = over.flatMap((each) => [
      drop('dids', inviteRecord(each.id)),
      drop('keys', each.daily),
      drop('keys', each.update),
    ])
    await vault.commit([...gone, keepKey(daily), keepKey(update), keep('dids', inviteRecord(invite.id), invite)])
    const greeting = { key: thumbprint(daily.publicJwk), nonce: invite.nonce, name }
    return { text: formatGreeting(greeting), expires: invite.expires }
  }

  /** On the device: believes an owner whose key the log proves, and promises the recovery key that came with the answer. */
  async join(text: string): Promise<{ identity: string }> {
    const { access, ports, changes } = this.#parts
    const { vault } = access
    const answer = parseOwnerAnswer(text)
    const owner = await provenOwner(changes.registry, answer, ports.clock.now())
    const invite = await this.#invitedBy(answer, owner)
    const daily = readRecord(vault, 'keys', invite.daily, storedKey)
    const update = readRecord(vault, 'keys', invite.update, storedKey)
    if (daily === undefined || update === undefined) throw new Fault('vault.tampered', { part: 'key' })
    const doc = firstDocument(daily.publicJwk, [answer.owner])
    // Its number under the owner's words is the owner's affair.
    const recovery = { n: 0, thumbprint: answer.recovery }
    const record = await signCreate(ports, changes.registry.log, 'thing', doc, update, recovery)
    const now = ports.clock.now()
    const identity: StoredIdentity = {
      ...{ id: this.#id(), did: nameOfRecord(record).name, class: 'thing', name: invite.name, createdAt: now },
      ...{ anchored: true, held: {}, made: [] },
    }
    const pending = {
      ...{ record: record.text, why: 'created' as const, began: now, tries: 0, taken: false },
      ...{ update: invite.update, held: { k1: invite.daily } },
    }
    await changes.begin(identity, pending, [drop('dids', inviteRecord(invite.id))])
    return { identity: identity.id }
  }

  greet(text: string): { name: string } {
    return { name: parseGreeting(text).name }
  }

  /** The owner answers: a recovery key of its own for the device to promise, signed by a key of its identity. */
  async enrol(ownerId: string, text: string): Promise<PairingView> {
    const { access, ports, changes } = this.#parts
    const { vault } = access
    const greeting = parseGreeting(text)
    const owner = changes.find(ownerId)
    const known = readRecord(vault, 'dids', 'recovery', storedRecovery)
    const { key: recovery, left } = takeRecoveryKey(known)
    const now = ports.clock.now()
    const answer = await this.#answer(owner, greeting, recovery.thumbprint, now)
    const pairing: StoredPairing = {
      ...{ id: this.#id(), name: greeting.name, owner: ownerId, key: greeting.key, recovery, at: now },
    }
    await vault.commit([keep('dids', 'recovery', left), keep('dids', pairingRecord(pairing.id), pairing)])
    return { text: formatOwnerAnswer(answer), expires: answer.expires }
  }

  async #answer(owner: StoredIdentity, greeting: DeviceGreeting, recovery: string, now: Instant): Promise<OwnerAnswer> {
    const { access, ports } = this.#parts
    const { record, held, did, proven } = owner
    if (!owner.anchored || record === undefined || proven?.closed !== false || proven.foreign)
      throw new Fault('pairing.owner_unproven')
    const key = documentIn(parseRecord(record))?.keys.findLast((each) => each.id in held && isInUse(each, now))
    const stored = key && readRecord(access.vault, 'keys', held[key.id] ?? '', storedKey)
    if (key === undefined || stored === undefined) throw new Fault('pairing.owner_unproven')
    const unsigned = { owner: did, keyId: key.id, recovery, expires: now + lifetimes.devicePairing }
    const signer = await ports.keys.signer(stored)
    return { ...unsigned, signature: await signer.sign(utf8(ownerAnswerText(unsigned, greeting))) }
  }

  /** Every device that was answered; those that have registered meanwhile are found by their recovery key. */
  async list(): Promise<DeviceView[]> {
    const { access, changes } = this.#parts
    const { vault } = access
    for (const pairing of readRecords(vault, 'dids', storedPairing, 'device/')) {
      if (changes.all().every(({ id }) => id !== pairing.id)) await this.#adopt(pairing).catch(ignoreUnreachable)
    }
    const identities = new Map(changes.all().map((each) => [each.id, each]))
    return readRecords(vault, 'dids', storedPairing, 'device/').map(({ id, name, owner }) => {
      const identity = identities.get(id)
      const state = identity === undefined ? 'waiting' : identity.proven?.closed === true ? 'ended' : 'enrolled'
      return { id, name: identity?.name ?? name, owner, state, ...(identity === undefined ? {} : { identity: id }) }
    })
  }

  /** Believes the log alone: a thing with the key it showed, that promises our recovery key and names its owner. */
  async #adopt({ id, name, owner: ownerId, key, recovery, at }: StoredPairing): Promise<void> {
    const { access, changes, news } = this.#parts
    const owner = changes.find(ownerId)
    for (const did of await changes.registry.recoverable(recovery.thumbprint)) {
      const { codes, state } = await changes.registry.stateOf(did)
      if (codes.length > 0 || state?.record === undefined || state.status !== 'active') continue
      const { payload } = state.record
      const isOurs = 'next' in payload && payload.next.recovery.thumbprints.join() === recovery.thumbprint
      const doc = documentIn(state.record)
      const isThisOne = doc?.keys.some(({ jwk }) => thumbprint(jwk) === key) === true
      if (!isOurs || !isThisOne || doc?.controller?.includes(owner.did) !== true) continue
      const identity: StoredIdentity = {
        ...{ id, did, class: 'thing', name, createdAt: at, anchored: true, owner: ownerId },
        ...{ record: state.record.text, recovery, held: {}, made: [] },
      }
      await access.vault.commit([keepIdentity(identity)])
      await changes.look(id)
      news.post({ kind: 'identities', id })
    }
  }

  /** The device's code once more, with a nonce for its next owner. */
  offer(id: string): PairingView {
    const { ports } = this.#parts
    const pairing = this.#pairing(id)
    const nonce = encodeBase64url(ports.random.bytes(16))
    this.#offered.set(nonce, id)
    const expires = ports.clock.now() + lifetimes.devicePairing
    return { text: formatGreeting({ key: pairing.key, nonce, name: pairing.name }), expires }
  }

  readonly #offered = new Map<string, string>()

  /**
   * Gives a device to its next owner: from the moment this stands in the log only their recovery key counts, and ours
   * is spent. The device keeps its keys.
   *
   * @throws Fault `vault.wrong_passphrase`, `pairing.unknown`, `pairing.owner_unproven`, `identity.change_pending`
   */
  async handover(id: string, text: string, words: string): Promise<{ identity: string }> {
    const { ports, changes } = this.#parts
    const answer = parseOwnerAnswer(text)
    const identity = changes.find(id)
    const { recovery, record: newestText, proven } = identity
    if (newestText === undefined || recovery === undefined || proven?.closed !== false)
      throw new Fault('pairing.unknown')
    const revealed = await recoveryKeyOf(ports.keys, entropyOfWords(words), recovery.n)
    if (thumbprint(revealed.publicJwk) !== recovery.thumbprint)
      throw new Fault('vault.wrong_passphrase', { words: true })
    const now = ports.clock.now()
    const owner = await provenOwner(changes.registry, answer, now)
    const { key } = this.#pairing(id)
    const nonces = [...this.#offered].filter(([, of]) => of === id).map(([nonce]) => nonce)
    if (!(await isAnswerTo(answer, owner, key, nonces))) throw new Fault('pairing.unknown')
    const newest = parseRecord(newestText)
    const stands = newest.payload as CreateOperation | UpdateOperation
    const doc = { ...stands.doc, controller: [answer.owner] }
    const next = { update: stands.next.update, recovery: committed(answer.recovery) }
    const record = await signChange(ports, 'recover', { did: identity.did, newest, now }, revealed, doc, next)
    const pending = {
      ...{ record: record.text, why: 'owner' as const, began: now, expires: now + lifetimes.operation },
      ...{ held: {}, tries: 0, taken: false },
    }
    await changes.begin(identity, pending, [])
    return { identity: id }
  }

  #invites(): StoredInvite[] {
    return readRecords(this.#parts.access.vault, 'dids', storedInvite, 'invite/')
  }

  /** @throws Fault `pairing.unknown` */
  #pairing(id: string): StoredPairing {
    const found = readRecord(this.#parts.access.vault, 'dids', pairingRecord(id), storedPairing)
    if (found === undefined) throw new Fault('pairing.unknown')
    return found
  }

  /** @throws Fault `pairing.unknown` for an answer to another device, or to a code whose time is over */
  async #invitedBy(answer: OwnerAnswer, owner: ProvenOwner): Promise<StoredInvite> {
    const { access, ports } = this.#parts
    for (const invite of this.#invites()) {
      const daily = readRecord(access.vault, 'keys', invite.daily, storedKey)
      if (daily === undefined || invite.expires <= ports.clock.now()) continue
      if (await isAnswerTo(answer, owner, thumbprint(daily.publicJwk), [invite.nonce])) return invite
    }
    throw new Fault('pairing.unknown')
  }

  #id(): string {
    return encodeBase64url(this.#parts.ports.random.bytes(12))
  }
}

type ProvenOwner = NonNullable<ReturnType<typeof documentIn>>['keys'][number]

/** The key that an answer names, as the log proves it stands in the owner's document now. @throws Fault `pairing.owner_unproven` */
async function provenOwner(registry: IdentityRegistry, answer: OwnerAnswer, now: Instant): Promise<ProvenOwner> {
  const { codes, state } = await registry.stateOf(answer.owner)
  if (codes.length > 0 || state?.record === undefined || state.status !== 'active' || answer.expires <= now)
    throw new Fault('pairing.owner_unproven')
  const key = documentIn(state.record)?.keys.find(({ id }) => id === answer.keyId)
  if (key === undefined || !isInUse(key, now) || !key.for.includes('authentication'))
    throw new Fault('pairing.owner_unproven')
  return key
}

async function isAnswerTo(
  answer: OwnerAnswer,
  owner: ProvenOwner,
  key: string,
  nonces: readonly string[],
): Promise<boolean> {
  for (const nonce of nonces) {
    const wrong = await verifyOwnerAnswer(answer, { key, nonce }, owner.jwk)
    if (wrong.length === 0) return true
  }
  return false
}

function ignoreUnreachable(thrown: unknown): void {
  if (!(thrown instanceof Fault) || thrown.kind === 'bug') throw thrown
}
