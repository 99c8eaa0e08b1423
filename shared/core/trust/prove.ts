import { encodeBase64url } from '../encoding/base64url.ts'
import { equalBytes, utf8 } from '../encoding/bytes.ts'
import { faultCode } from '../fault.ts'
import type { Instant } from '../instant.ts'
import type { CarriedCheckpoint } from '../log/bundle-form.ts'
import {
  judgeProven,
  parseProofBundleBytes,
  verifyState,
  verifyHead,
  type KnownHead,
  type ProvenState,
  type VerifiedState,
} from '../log/bundle.ts'
import { parseCheckpoint } from '../log/checkpoint.ts'
import { parseFork } from '../log/fork.ts'
import { parseNote } from '../log/note.ts'
import { findEvidence, type Evidence, type EvidenceItem, type EvidenceKind } from '../presentation/evidence.ts'
import type { VerifiedCache } from '../presentation/verified-cache.ts'
import type { Namespace } from '../record/record.ts'
import type { FindingCode } from '../verdict.ts'
import type { Policy } from './policy.ts'

/** All that a judgement rests on, beside what is judged. */
export interface Grounds {
  readonly evidence: Evidence
  readonly policy: Policy
  readonly now: Instant
  readonly cache: VerifiedCache
}

/** What the log says of a name; without a state there is a finding that says why. */
export interface Proof {
  readonly codes: readonly FindingCode[]
  readonly state?: ProvenState
}

const namespaceOf: Readonly<Partial<Record<EvidenceKind, Namespace>>> = {
  did_state: 'did',
  accreditation: 'acc',
  registration: 'ver',
  query: 'qry',
  status_digest: 'sl',
}

/** Proves a name of the log by the evidence for it: that it holds, and that it is fresh enough now. */
export async function prove(kind: EvidenceKind, name: string, grounds: Grounds): Promise<Proof> {
  const item = findEvidence(grounds.evidence, kind, name)
  if (item === undefined) return { codes: ['evidence.missing'] }
  const { log } = grounds.policy
  const fork = findEvidence(grounds.evidence, 'fork', log.origin)
  if (fork !== undefined && (await isForked(fork, grounds))) return { codes: ['log.fork'] }
  const verified = await grounds.cache.of('state', log, item.bytes, () => verifyItem(item, grounds))
  const { codes, state } = verified
  if (state === undefined || state.ns !== namespaceOf[kind] || state.name !== name)
    return { codes: ['log.inclusion_invalid'] }
  const seen = findEvidence(grounds.evidence, 'checkpoint', log.origin)
  const head = seen && (await headOf(seen, grounds))
  const fresh = judgeProven(state, log, head, grounds.now)
  if (fresh.length === 0) return verified
  return fresh.includes('log.fork') ? { codes: [...codes, ...fresh] } : { codes: [...codes, ...fresh], state }
}

async function verifyItem(
  { bytes }: EvidenceItem,
  { policy, cache }: Grounds,
): Promise<Pick<VerifiedState, 'codes' | 'state'>> {
  try {
    return await verifyState(parseProofBundleBytes(bytes), policy.log, async (checkpoint, log, head) =>
      cache.of(`stand of ${head.size} ${encodeBase64url(head.root)}`, log, linesOf(checkpoint), () =>
        verifyHead(checkpoint, log, head),
      ),
    )
  } catch (thrown) {
    // What cannot be read proves nothing: a cache that tears its files does no worse than lose them.
    if (faultCode(thrown) === 'unexpected') throw thrown
    return { codes: ['log.inclusion_invalid'] }
  }
}

/** Signatures and note of a checkpoint as bytes: with the head, all that its stand depends on besides whom one trusts. */
const lines = new WeakMap<CarriedCheckpoint, Uint8Array>()

/** Proofs fetched together share their checkpoint. */
function linesOf(checkpoint: CarriedCheckpoint): Uint8Array {
  const known = lines.get(checkpoint)
  if (known !== undefined) return known
  const { signatures, note } = checkpoint
  const spelled = signatures.map(({ keyId, signature }) => [keyId, encodeBase64url(signature)])
  const bytes = utf8(JSON.stringify([spelled, note]))
  lines.set(checkpoint, bytes)
  return bytes
}

/** The newest head seen before, from a checkpoint the log signed: nothing is taken from behind it. */
async function headOf({ bytes }: EvidenceItem, { policy, cache }: Grounds): Promise<KnownHead | undefined> {
  const read = await cache.of('checkpoint', policy.log, bytes, () => readCheckpoint(bytes, policy))
  return read.head
}

/**
 * Whether whoever gathered found two checkpoints of which the later does not begin with the earlier. That both are the
 * log's is looked at here, so that nobody else can bring its name down; for the rest a lie can only cause refusal.
 */
async function isForked(item: EvidenceItem, grounds: Grounds): Promise<boolean> {
  const heads = await Promise.all((parseFork(item.bytes) ?? []).map((bytes) => headOf({ ...item, bytes }, grounds)))
  const [one, other] = heads
  if (one === undefined || other === undefined) return false
  return one.size !== other.size || !equalBytes(one.root, other.root)
}

async function readCheckpoint(bytes: Uint8Array, { log }: Policy): Promise<{ readonly head?: KnownHead }> {
  try {
    const note = new TextDecoder().decode(bytes)
    const { text, signatures } = parseNote(note)
    const { origin, ...head } = parseCheckpoint(text)
    const stand = await verifyHead({ size: head.size, signatures, note }, log, head)
    if (origin !== log.origin || stand === undefined) return {}
    return { head: stand.time === undefined ? head : { ...head, time: stand.time } }
  } catch (thrown) {
    if (faultCode(thrown) === 'unexpected') throw thrown
    return {}
  }
}
