import { utf8Text } from '../core/encoding/bytes.ts'
import { judgeProven, verifyHead, type LogTrust } from '../core/log/bundle.ts'
import { parseCheckpoint, type Head } from '../core/log/checkpoint.ts'
import { makeConsistency, verifyConsistency, type ConsistencyProof } from '../core/log/consistency.ts'
import { parseNote } from '../core/log/note.ts'
import { reckonFromTiles } from '../core/log/tile-nodes.ts'
import type { Instant } from '../core/instant.ts'
import type { Finding, FindingCode } from '../core/verdict.ts'
import type { EvidenceStore } from '../ports/evidence-store.ts'
import type { LogReader } from '../ports/log-reader.ts'

/** The newest head of a log as it was shown to us, and what is to be said against it. */
export interface Followed {
  readonly head: Head
  readonly note: string
  /** The checkpoint that was known before; with `log.fork` the two together are the evidence. */
  readonly known?: string
  readonly findings: readonly Finding[]
}

/**
 * Reads the newest checkpoint of a log and holds it against the last one we saw: it may only have grown.
 *
 * That it has is reckoned out of its own tiles, so that nobody's word is taken for it. What passes is kept in the store
 * in place of the last one; what does not is not, and the one before stays.
 *
 * @throws Fault `registry.unreachable`, `checkpoint.malformed`, `record.not_found` for tiles that are not served
 */
export async function followLog(
  reader: LogReader,
  store: EvidenceStore,
  trust: LogTrust,
  now: Instant,
): Promise<Followed> {
  const bytes = await reader.checkpoint()
  const note = utf8Text(bytes) ?? ''
  const { origin, ...head } = parseCheckpoint(parseNote(note).text)
  const item = await store.find('checkpoint', trust.origin)
  const known = item && (utf8Text(item.bytes) ?? '')
  const knownHead = known === undefined ? undefined : parseCheckpoint(parseNote(known).text)

  const codes = origin === trust.origin ? await judgeHead(note, head, trust, knownHead, now) : [...invalid]
  if (codes.length === 0 && knownHead !== undefined && !(await continues(reader, knownHead, head)))
    codes.push('log.fork')
  if (codes.length === 0) {
    await store.put([{ kind: 'checkpoint', name: trust.origin, fetchedAt: now, bytes }])
  }
  const findings = codes.map((code) => ({ code, at: 'checkpoint' }))
  return known === undefined ? { head, note, findings } : { head, note, known, findings }
}

const invalid: readonly FindingCode[] = ['log.inclusion_invalid']

/** Whose head it is, how old, and whether it goes back behind what is known. */
async function judgeHead(
  note: string,
  head: Head,
  trust: LogTrust,
  known: Head | undefined,
  now: Instant,
): Promise<FindingCode[]> {
  const carried = { size: head.size, signatures: parseNote(note).signatures, note }
  const stand = await verifyHead(carried, trust, head)
  if (stand === undefined) return [...invalid]
  const checkpointTime = stand.time ?? 0
  const seen = { checkpointTime, sealTime: checkpointTime, head }
  return [...(stand.short ? (['log.witness_short'] as const) : []), ...judgeProven(seen, trust, known, now)]
}

/** Whether the tree of the new head begins with that of the old one. */
export async function continues(reader: Pick<LogReader, 'tile'>, old: Head, head: Head): Promise<boolean> {
  if (old.size === 0) return true
  const proof = await reckonFromTiles(
    head.size,
    (name) => reader.tile(name),
    (nodes): ConsistencyProof => makeConsistency(nodes, old.size, head.size),
  )
  return verifyConsistency(proof, old.root, head.root)
}
