import { equalBytes, utf8Text } from '../encoding/bytes.ts'
import { Fault, faultCode, type FaultCode } from '../fault.ts'
import type { Head } from './checkpoint.ts'
import { emptyMap, insertIntoMap, mapRoot, type LogMap } from './map.ts'
import { entryKind, formatSeal, parseSeal, sealIndex, type Seal } from './seal.ts'
import { mapKey, stateHash } from './state.ts'
import { appendLeaves, emptyFrontier, hashLeaf, treeRoot, type Frontier } from './tree.ts'
import { foldRecord, type RecordState, type States } from '../record/history.ts'
import { isOperation, parseRecord, type SignedRecord } from '../record/record.ts'
import type { LogPolicy } from '../record/policy.ts'
import { Overlay } from '../record/overlay.ts'
import { verifyAhead } from '../record/verify.ts'

/** What a log says when every record is folded and every seal reckoned again. */
export interface Replayed {
  readonly log: string | undefined
  readonly head: Head
  readonly records: number
  readonly batches: number
  readonly policy: LogPolicy | undefined
  /** The first entry that is not as it should be, and why; behind it nothing was looked at. */
  readonly disagreement?: Disagreement
}

export interface Disagreement {
  readonly index: number
  readonly code: FaultCode
}

/** A batch that is as it should be. */
export interface ReplayedBatch {
  readonly seal: Seal
  /** In the order of the log. */
  readonly folded: readonly RecordState[]
  /** With the batch in it. */
  readonly map: LogMap
}

const nothing: States = { log: undefined, find: () => undefined, policies: () => [] }

/** Replays a log from its first entry, believing nothing but the entries. */
export async function replayLog(
  entries: AsyncIterable<Uint8Array>,
  told?: (batch: ReplayedBatch) => void,
): Promise<Replayed> {
  const replay = new Replay(told)
  for await (const entry of entries) {
    const disagreement = await replay.take(entry)
    if (disagreement !== undefined) return { ...replay.result(), disagreement }
  }
  return replay.result()
}

/** A replay that goes on as entries come. After a disagreement it is of no more use. */
export class Replay {
  readonly #states = new Overlay(nothing)
  #frontier: Frontier = emptyFrontier
  #pending: { readonly record: SignedRecord; readonly leaf: Uint8Array }[] = []
  #map: LogMap = emptyMap
  #seal: Seal | undefined
  #records = 0
  readonly #told: ((batch: ReplayedBatch) => void) | undefined

  /** @param told of each batch once its seal was reckoned */
  constructor(told?: (batch: ReplayedBatch) => void) {
    this.#told = told
  }

  async take(entry: Uint8Array): Promise<Disagreement | undefined> {
    const index = this.#frontier.size + this.#pending.length
    try {
      const kind = entryKind(entry)
      if (kind === 'record') this.#takeRecord(entry)
      else if (kind === 'seal') return await this.#takeSeal(entry)
      else return { index, code: 'log.damaged' }
      return undefined
    } catch (thrown) {
      return { index, code: faultCode(thrown) }
    }
  }

  #takeRecord(entry: Uint8Array): void {
    const record = parseRecord(utf8Text(entry) ?? '')
    // The signatures of a batch are looked at side by side, until its seal comes.
    if (isOperation(record)) verifyAhead(record)
    this.#pending.push({ record, leaf: hashLeaf(entry) })
  }

  async #takeSeal(entry: Uint8Array): Promise<Disagreement | undefined> {
    const said = parseSeal(entry)
    const first = this.#frontier.size
    for (const [i, { record }] of this.#pending.entries()) {
      const code = await this.#fold(record, first + i, said.time)
      if (code !== undefined) return { index: first + i, code }
    }
    const reckoned: Seal = {
      batch: (this.#seal?.batch ?? 0) + 1,
      first,
      count: this.#pending.length,
      mapRoot: mapRoot(this.#map),
      leaves: this.#map.leaves,
      time: said.time,
      ...(this.#seal === undefined ? {} : { prev: sealIndex(this.#seal) }),
      policy: this.#states.find('pol', 'main')?.index ?? 0,
    }
    if (formatSeal(reckoned) !== formatSeal(said) || said.time < (this.#seal?.time ?? 0))
      throw new Fault('log.damaged', { at: 'seal' })
    this.#frontier = appendLeaves(this.#frontier, [...this.#pending.map(({ leaf }) => leaf), hashLeaf(entry)])
    this.#records += this.#pending.length
    this.#pending = []
    this.#told?.({ seal: said, folded: [...this.#states.folded], map: this.#map })
    // Only the latest state of a name is looked at again.
    this.#states.folded.length = 0
    this.#seal = said
    return undefined
  }

  async #fold(record: SignedRecord, index: number, sealTime: number): Promise<FaultCode | undefined> {
    const result = await foldRecord(this.#states, record, { index, sealTime })
    if ('code' in result) return result.code
    this.#states.put(result.state, sealTime)
    this.#map = insertIntoMap(this.#map, mapKey(result.state.ns, result.state.name), stateHash(result.state))
    return undefined
  }

  /**
   * By which rule a record may not stand behind what was taken so far, were it sealed at this time; undefined: it may.
   *
   * Records whose seal has not come yet are not looked at, and nothing is kept.
   */
  async rule(record: SignedRecord, sealTime: number): Promise<FaultCode | undefined> {
    const result = await foldRecord(this.#states, record, { index: this.#frontier.size, sealTime })
    return 'code' in result ? result.code : undefined
  }

  /** Time of the newest seal. */
  get sealTime(): number | undefined {
    return this.#seal?.time
  }

  result(): Replayed {
    return {
      log: this.#states.log,
      head: { size: this.#frontier.size, root: treeRoot(this.#frontier) },
      records: this.#records,
      batches: this.#seal?.batch ?? 0,
      policy: this.#states.policies().at(-1)?.policy,
    }
  }
}

/** Whether a head is the one a replay reached. */
export function isReached(replayed: Replayed, head: Head): boolean {
  return replayed.head.size === head.size && equalBytes(replayed.head.root, head.root)
}
