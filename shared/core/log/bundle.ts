import { equalBytes } from '../encoding/bytes.ts'
import type { Instant, Seconds } from '../instant.ts'
import { lifetimes } from '../lifetimes.ts'
import type { Namespace, SignedRecord } from '../record/record.ts'
import type { Finding, FindingCode } from '../verdict.ts'
import type { CarriedCheckpoint, ProofBundle } from './bundle-form.ts'
import { formatCheckpoint, type Head } from './checkpoint.ts'
import { noteTypes, parseNote, parseVerifierKey, verifiedSignatures, type VerifiedSignature } from './note.ts'
import { isUnmet, timeOfQuorum, type Quorum } from './quorum.ts'
import { headOf, isConsistent, mapRootOf } from './proof-way.ts'
import type { StateStatus } from './state.ts'

export {
  bundleBounds,
  bundleTypes,
  formatProofBundle,
  formatProofBundleCbor,
  parseProofBundle,
  parseProofBundleBytes,
  parseProofBundleCbor,
  proofBundleBytes,
  type ProofBundle,
} from './bundle-form.ts'
export type { Head } from './checkpoint.ts'
export type { Quorum } from './quorum.ts'

/** What a verifier demands of a log. */
export interface LogTrust {
  /** Log id: the id of its first record. */
  readonly log: string
  readonly origin: string
  /** Verifier keys of the log itself: of its signature and, where it has no witnesses, of its own time stamp. */
  readonly logKeys: readonly string[]
  /** Who must have cosigned; absent: nobody (demonstration only). */
  readonly quorum?: Quorum
  readonly maxEvidenceAge: Seconds
  /** How much older evidence may be and still be shown to a person. */
  readonly offlineGrace: Seconds
  readonly requireAnchor: boolean
  /** The newest final head read from the ledger itself. */
  readonly anchored?: Head
}

/** A name's state, proven. */
export interface ProvenState {
  readonly ns: Namespace
  readonly name: string
  readonly present: boolean
  readonly seq?: number
  readonly index?: number
  readonly status?: StateStatus
  readonly created?: Instant
  readonly updated?: Instant
  readonly record?: SignedRecord
  readonly sealTime: Instant
  /** When the head was last stood for; the seal's time where nobody stamped it. */
  readonly checkpointTime: Instant
  readonly head: Head
}

/** A head that was seen before, and when it was stood for. */
export interface KnownHead extends Head {
  readonly time?: Instant
}

/** The five steps as people are shown them: true, false, or not looked at. */
export interface ProofSteps {
  readonly record?: boolean
  readonly map?: boolean
  readonly seal?: boolean
  readonly signatures?: boolean
  readonly anchor?: boolean
}

export interface StateJudgement {
  readonly findings: readonly Finding[]
  /** Only if the proof holds and no fork was seen; how old it may be is for the findings. */
  readonly state?: ProvenState
  readonly steps: ProofSteps
  /** Whose signatures on the head were found good; absent where it did not come to that. */
  readonly signed?: readonly VerifiedSignature[]
}

/** What a bundle proves at any time: the rest of the judgement is how old it may be. */
export interface VerifiedState {
  /** `log.inclusion_invalid` without a state, or `log.witness_short` with one. */
  readonly codes: readonly FindingCode[]
  readonly state?: ProvenState
  readonly steps: ProofSteps
  readonly signed?: readonly VerifiedSignature[]
}

/**
 * Judges what a proof bundle says of a name (registry, 9.2).
 *
 * The bundle carries no root: each is reckoned from the step below, so that one wrong byte reaches no signature.
 */
export async function judgeState(
  bundle: ProofBundle,
  trust: LogTrust,
  knownHead: KnownHead | undefined,
  now: Instant,
  at: string,
): Promise<StateJudgement> {
  const { codes: invalid, state, steps, signed = [] } = await verifyState(bundle, trust)
  const codes = [...invalid, ...(state ? judgeProven(state, trust, knownHead, now) : [])]
  const findings = codes.map((code) => ({ code, at }))
  if (state === undefined) return { findings, steps }
  const anchor = judgeAnchor(state.head, { ...trust, requireAnchor: true }).length === 0
  const seen = trust.anchored === undefined && !trust.requireAnchor ? steps : { ...steps, anchor }
  return codes.includes('log.fork') ? { findings, steps: seen, signed } : { findings, steps: seen, signed, state }
}

/**
 * Steps 1 to 5: what depends on the bundle and on whom one trusts, and on no clock.
 *
 * Who has many bundles of one head may bring a `verifyStand` that remembers; it answers what `verifyHead` would.
 */
export async function verifyState(
  bundle: ProofBundle,
  trust: LogTrust,
  verifyStand: typeof verifyHead = verifyHead,
): Promise<VerifiedState> {
  const invalid = (steps: ProofSteps): VerifiedState => ({ codes: ['log.inclusion_invalid'], steps })

  if (bundle.log !== trust.log || !isConsistent(bundle)) return invalid({ record: false })
  const mapRoot = mapRootOf(bundle)
  if (mapRoot === undefined) return invalid({ record: true, map: false })
  const head = headOf(bundle, mapRoot)
  if (head === undefined) return invalid({ record: true, map: true, seal: false })
  const stand = await verifyStand(bundle.checkpoint, trust, head)
  if (stand === undefined) return invalid({ record: true, map: true, seal: true, signatures: false })
  const checkpointTime = stand.time ?? bundle.seal.time
  return {
    codes: stand.short ? ['log.witness_short'] : [],
    state: { ...proven(bundle), sealTime: bundle.seal.time, checkpointTime, head },
    steps: { record: true, map: true, seal: true, signatures: !stand.short },
    signed: stand.signed,
  }
}

/** Who stands for a head. */
export interface HeadStand {
  /** Too few cosigned it. */
  readonly short: boolean
  readonly signed: readonly VerifiedSignature[]
  /** When it was last stood for; absent where nobody stamped it. */
  readonly time?: Instant
}

/** Steps 4 and 5: the note rebuilt for a head that was reckoned; undefined unless the log itself signed it. */
export async function verifyHead(
  checkpoint: CarriedCheckpoint,
  trust: LogTrust,
  head: Head,
): Promise<HeadStand | undefined> {
  const verified = await checkpointSignatures(checkpoint, trust, head)
  if (verified === undefined) return undefined
  const time = timeOfCheckpoint(verified, trust)
  return { short: isUnmet(trust.quorum, verified), signed: verified, ...(time === undefined ? {} : { time }) }
}

/** Steps 6 to 8: whether what was proven is fresh, ahead of what is known, and anchored. */
export function judgeProven(
  { checkpointTime, sealTime, head }: Pick<ProvenState, 'checkpointTime' | 'sealTime' | 'head'>,
  trust: LogTrust,
  knownHead: KnownHead | undefined,
  now: Instant,
): FindingCode[] {
  return [
    ...judgeAge(checkpointTime, sealTime, trust, now),
    ...judgeKnown(head, checkpointTime, knownHead),
    ...judgeAnchor(head, trust),
  ]
}

function proven(bundle: ProofBundle): Omit<ProvenState, 'sealTime' | 'checkpointTime' | 'head'> {
  const { ns, name } = bundle
  return bundle.present
    ? { ns, name, present: true, ...bundle.state, record: bundle.record }
    : { ns, name, present: false }
}

/** Step 4: the note rebuilt, and the log's own signature on it; undefined if there is none. */
async function checkpointSignatures(
  checkpoint: CarriedCheckpoint,
  trust: LogTrust,
  head: Head,
): Promise<readonly VerifiedSignature[] | undefined> {
  const text = formatCheckpoint({ origin: trust.origin, ...head })
  if (checkpoint.note !== undefined && !sameText(checkpoint.note, text)) return undefined
  const keys = [...trust.logKeys, ...vkeysOf(trust.quorum)].map(parseVerifierKey)
  const signatures = checkpoint.signatures.map((each) => ({ name: '', ...each }))
  const verified = await verifiedSignatures({ text, signatures }, keys)
  return verified.some(({ key }) => key.type === noteTypes.ed25519 && isLogKey(trust, key.keyId)) ? verified : undefined
}

function sameText(note: string, text: string): boolean {
  return parseNote(note).text === text
}

function vkeysOf(quorum: Quorum | undefined): readonly string[] {
  if (quorum === undefined) return []
  return 'vkey' in quorum ? [quorum.vkey] : quorum.members.flatMap(vkeysOf)
}

function isLogKey(trust: LogTrust, keyId: string): boolean {
  return trust.logKeys.some((vkey) => parseVerifierKey(vkey).keyId === keyId)
}

function timeOfCheckpoint(verified: readonly VerifiedSignature[], trust: LogTrust): Instant | undefined {
  if (trust.quorum !== undefined) return timeOfQuorum(trust.quorum, verified)
  // Without a quorum no keys were asked but the log's own.
  const stamps = verified.flatMap(({ time }) => time ?? [])
  return stamps.length === 0 ? undefined : Math.max(...stamps)
}

/** Step 6. */
function judgeAge(checkpoint: Instant, seal: Instant, trust: LogTrust, now: Instant): FindingCode[] {
  if (now < Math.max(seal, checkpoint) - lifetimes.clockSlack) return ['clock.wrong']
  const over = now - checkpoint - trust.maxEvidenceAge
  if (over <= 0) return []
  return over <= trust.offlineGrace ? ['evidence.old'] : ['evidence.too_old']
}

/**
 * Step 7: nobody who has seen a head goes back behind it, but for the moments in which what was just fetched is used
 * again while the log grows.
 */
function judgeKnown(head: Head, time: Instant, known: KnownHead | undefined): FindingCode[] {
  if (known === undefined || head.size > known.size) return []
  if (head.size < known.size)
    return known.time !== undefined && known.time - time <= lifetimes.headSlack ? [] : ['evidence.too_old']
  return equalBytes(head.root, known.root) ? [] : ['log.fork']
}

/** Step 8. */
function judgeAnchor(head: Head, { anchored, requireAnchor }: LogTrust): FindingCode[] {
  if (anchored?.size === head.size && !equalBytes(anchored.root, head.root)) return ['log.fork']
  return requireAnchor && (anchored === undefined || anchored.size < head.size) ? ['evidence.missing'] : []
}
