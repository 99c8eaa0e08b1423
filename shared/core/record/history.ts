import { equalJwk, thumbprint, type PublicJwk } from '../crypto/key.ts'
import type { FaultCode } from '../fault.ts'
import type { Instant } from '../instant.ts'
import { lifetimes } from '../lifetimes.ts'
import type { NameState } from '../log/state.ts'
import type { Accreditation } from './accreditation.ts'
import { nameOfRecord } from './name.ts'
import type { Commitment, CreateOperation, DocumentKey, Operation, UpdateOperation } from './operation.ts'
import type { LogPolicy } from './policy.ts'
import { isOperation, isTrustRecord, type Namespace, type SignedRecord } from './record.ts'
import type { TrustPayload, TrustStatus } from './trust.ts'
import { verifyRecord } from './verify.ts'

/** A name's state with the record that made it: the latest record is the whole state. */
export interface RecordState extends NameState {
  readonly record: SignedRecord
}

/** One version of the policy, and when it was sealed. */
export interface PolicyVersion {
  readonly policy: LogPolicy
  readonly seq: number
  readonly sealTime: Instant
}

/** All that the rules look at; what a record's batch already changed is in it. */
export interface States {
  /** Log id; absent before the first record. */
  readonly log: string | undefined
  find(ns: Namespace, name: string): RecordState | undefined
  /** Every version of the policy, oldest first: a new root or admin acts only after the delay. */
  policies(): readonly PolicyVersion[]
}

/** Where a record will stand: its entry, and the time its seal will bear. */
export interface Place {
  readonly index: number
  readonly sealTime: Instant
}

export type FoldResult = { readonly state: RecordState } | { readonly code: FaultCode }

/**
 * Folds one record into the states, or says by which rule of registry, 2 it may not stand there.
 *
 * One pure function for wallet, sequencer and auditor; records are folded in log order.
 */
export async function foldRecord(states: States, record: SignedRecord, place: Place): Promise<FoldResult> {
  const ruled = ruleRecord(states, record, place)
  if ('code' in ruled) return ruled
  const [wrong] = await verifyRecord(record, ruled.keys)
  return wrong === undefined ? { state: ruled.state } : { code: wrong }
}

export type Ruling = { readonly state: RecordState; readonly keys: readonly PublicJwk[] } | { readonly code: FaultCode }

/** Rules 2 to 7: everything but the signatures, and the keys these have to be by. */
export function ruleRecord(states: States, record: SignedRecord, place: Place): Ruling {
  const { ns, name } = nameOfRecord(record)
  const before = states.find(ns, name)
  const judged = isOperation(record)
    ? ruleOperation(states, record, before, place.sealTime)
    : ruleTrust(states, record.payload as TrustPayload, signerNames(record), before, place.sealTime)
  if ('code' in judged) return judged
  const closed = record.kind === 'deactivate' || ('status' in record.payload && record.payload.status === 'withdrawn')
  const state: RecordState = {
    ns,
    name,
    seq: record.payload.kind === 'create' ? 0 : record.payload.seq,
    id: record.id,
    index: place.index,
    status: closed ? 'closed' : 'active',
    created: before?.created ?? place.sealTime,
    updated: place.sealTime,
    record,
  }
  return { state, keys: judged.keys }
}

type KeysOrCode = { readonly keys: readonly PublicJwk[] } | { readonly code: FaultCode }

function ruleOperation(
  states: States,
  { payload }: SignedRecord<Operation>,
  before: RecordState | undefined,
  sealTime: Instant,
): KeysOrCode {
  const code =
    payload.kind === 'create' ? ruleCreate(states, payload, before) : ruleFollowing(states, payload, before, sealTime)
  return code === undefined ? { keys: payload.keys } : { code }
}

function ruleCreate(states: States, payload: CreateOperation, before: RecordState | undefined): FaultCode | undefined {
  if (payload.log !== states.log) return 'operation.wrong_log'
  if (before !== undefined) return before.status === 'closed' ? 'did.deactivated' : 'operation.out_of_order'
  if (payload.class === 'person' && latest(states)?.policy.anchorPersons !== true)
    return 'admission.person_not_anchored'
  return reusesKey(payload) ? 'operation.key_reused' : undefined
}

function ruleFollowing(
  states: States,
  payload: Exclude<Operation, CreateOperation>,
  before: RecordState | undefined,
  sealTime: Instant,
): FaultCode | undefined {
  if (before === undefined) return 'did.not_found'
  if (before.status === 'closed') return 'did.deactivated'
  if (payload.seq !== before.seq + 1 || payload.prev !== before.id) return 'operation.out_of_order'
  if (isExpired(payload.exp, sealTime)) return 'operation.expired'
  const { next } = before.record.payload as CreateOperation | UpdateOperation
  const commitment = payload.kind === 'update' ? next.update : next.recovery
  if (!isCommitted(payload.keys, commitment)) return 'operation.key_uncommitted'
  if (payload.kind === 'update' && !equalCommitment(payload.next.recovery, next.recovery))
    return 'operation.recovery_changed'
  if (payload.kind !== 'deactivate' && reusesKey(payload)) return 'operation.key_reused'
  const interval = latest(states)?.policy.minUpdateInterval ?? 0
  if (payload.kind === 'update' && sealTime < before.updated + interval) return 'operation.too_soon'
  return undefined
}

function isExpired(exp: Instant, sealTime: Instant): boolean {
  return sealTime > exp || exp > sealTime + lifetimes.operationMost
}

function isCommitted(keys: readonly PublicJwk[], { threshold, thumbprints }: Commitment): boolean {
  return keys.length >= threshold && keys.every((key) => thumbprints.includes(thumbprint(key)))
}

function equalCommitment(a: Commitment, b: Commitment): boolean {
  return a.threshold === b.threshold && a.thumbprints.join() === b.thumbprints.join()
}

/** A key shown here must not be promised for later: it is known now. */
function reusesKey({ keys, next }: CreateOperation | UpdateOperation): boolean {
  const promised = [...next.update.thumbprints, ...next.recovery.thumbprints]
  return keys.some((key) => promised.includes(thumbprint(key)))
}

function signerNames(record: SignedRecord): readonly string[] {
  return record.signatures.map((signature) => signature.kid ?? '')
}

function ruleTrust(
  states: States,
  payload: TrustPayload,
  kids: readonly string[],
  before: RecordState | undefined,
  sealTime: Instant,
): KeysOrCode {
  if (before === undefined ? payload.seq !== 0 : !follows(payload, before)) return { code: 'operation.out_of_order' }
  if (isExpired(payload.exp, sealTime)) return { code: 'operation.expired' }
  if (new Set(kids).size !== kids.length) return { code: 'operation.signer_not_authorised' }
  const keys =
    payload.kind === 'pol' ? adminKeys(states, payload, kids, sealTime) : signerKeys(states, payload, kids, sealTime)
  if (keys === undefined) return { code: 'operation.signer_not_authorised' }
  if (payload.kind === 'acc' && grantsTooEarly(states, payload, before, sealTime))
    return { code: 'operation.grant_too_early' }
  return { keys }
}

function follows(payload: TrustPayload, before: RecordState): boolean {
  return before.status === 'active' && payload.seq === before.seq + 1 && payload.prev === before.id
}

/** The keys of `by` that the kids name, if each may sign this kind now and they are enough. */
function signerKeys(
  states: States,
  payload: Exclude<TrustPayload, TrustPayload<'pol'>>,
  kids: readonly string[],
  sealTime: Instant,
): readonly PublicJwk[] | undefined {
  const signer = states.find('did', payload.by)
  if (signer?.status !== 'active') return undefined
  const { doc } = signer.record.payload as CreateOperation | UpdateOperation
  const keys = kids.flatMap((kid) =>
    doc.keys.filter((key) => `${payload.by}#${key.id}` === kid && maySign(key, payload.kind, sealTime)),
  )
  const quorum = doc.quorum ?? { grant: 1, withdraw: 1 }
  const needed = isWithdrawal(payload.status) ? quorum.withdraw : quorum.grant
  return keys.length === kids.length && keys.length >= needed ? keys.map((key) => key.jwk) : undefined
}

function isWithdrawal(status: TrustStatus): boolean {
  return status !== 'active'
}

/** Automation that publishes status hourly must not hold the power to accredit. */
function maySign(key: DocumentKey, kind: TrustPayload['kind'], sealTime: Instant): boolean {
  const inTime = (key.from ?? 0) <= sealTime && (key.retired === undefined || sealTime < key.retired)
  if (!inTime || key.compromised === true) return false
  const routine = (kind === 'sl' || kind === 'log') && key.for.includes('assertionMethod')
  return routine || key.for.includes('capabilityInvocation')
}

/** The admin keys that the kids name, if each may act now and they are enough for what the new policy does. */
function adminKeys(
  states: States,
  payload: TrustPayload<'pol'>,
  kids: readonly string[],
  sealTime: Instant,
): readonly PublicJwk[] | undefined {
  const current = latest(states)
  const admins = current?.policy.admins ?? payload.body.admins
  const keys = kids.flatMap((kid) =>
    admins.keys.filter((key) => thumbprint(key) === kid && isAdminNow(states, key, sealTime)),
  )
  if (keys.length !== kids.length) return undefined
  if (current === undefined && namesDids(payload.body)) return undefined
  const needed = current !== undefined && onlyRemoves(current.policy, payload.body) ? admins.withdraw : admins.grant
  return keys.length >= needed ? keys : undefined
}

/** The first policy can name no DIDs: they would need the log id, which is its own. */
function namesDids(policy: LogPolicy): boolean {
  return policy.roots.length + policy.registrars.length + policy.publishers.length > 0
}

function isAdminNow(states: States, key: PublicJwk, sealTime: Instant): boolean {
  return (
    states.policies().length === 0 ||
    actsNow(states, sealTime, (policy) => policy.admins.keys.some((each) => equalJwk(each, key)))
  )
}

/** Whether a policy takes rights away and gives none: fewer admins may do that, to be quick. */
function onlyRemoves(before: LogPolicy, after: LogPolicy): boolean {
  const fewer = (a: readonly unknown[], b: readonly unknown[]) =>
    a.every((each) => b.some((other) => JSON.stringify(other) === JSON.stringify(each)))
  const lists = (['roots', 'registrars', 'publishers', 'logKeys', 'ledgers'] as const).every((name) =>
    fewer(after[name], before[name]),
  )
  const { roots: _, registrars: __, publishers: ___, logKeys: ____, ledgers: _____, admins: ______, ...rest } = before
  const same = Object.entries(rest).every(
    ([name, value]) => JSON.stringify(after[name as keyof LogPolicy]) === JSON.stringify(value),
  )
  const admins = after.admins.grant >= before.admins.grant && after.admins.withdraw >= before.admins.withdraw
  return (
    lists &&
    same &&
    admins &&
    fewer(after.admins.keys, before.admins.keys) &&
    Object.keys(after).length <= Object.keys(before).length
  )
}

function latest(states: States): PolicyVersion | undefined {
  return states.policies().at(-1)
}

/** Whether what a policy names has stood in it, unbroken, for the grant delay. What the first two versions name acts at once. */
function actsNow(states: States, sealTime: Instant, names: (policy: LogPolicy) => boolean): boolean {
  const versions = states.policies()
  const current = versions.at(-1)
  if (current === undefined || !names(current.policy)) return false
  const lastWithout = versions.findLastIndex((version) => !names(version.policy))
  const since = versions[lastWithout + 1] as PolicyVersion
  return since.seq <= 1 || sealTime >= since.sealTime + current.policy.grantDelay
}

/** A root's new or changed grant takes effect only after the delay, so that a coup is seen before it works. No delay, no rule. */
function grantsTooEarly(
  states: States,
  payload: TrustPayload<'acc'>,
  before: RecordState | undefined,
  sealTime: Instant,
): boolean {
  const current = latest(states)
  if (current === undefined || payload.status !== 'active' || !current.policy.roots.includes(payload.by)) return false
  if (current.policy.grantDelay === 0) return false
  if (!actsNow(states, sealTime, (policy) => policy.roots.includes(payload.by))) return true
  const old = before === undefined || !isTrustRecord(before.record, 'acc') ? [] : before.record.payload.body.types
  const known = new Set(old.map((type) => JSON.stringify(type)))
  const added = payload.body.types.filter((type: Accreditation['types'][number]) => !known.has(JSON.stringify(type)))
  return added.some((type) => type.notBefore < sealTime + current.policy.grantDelay)
}
