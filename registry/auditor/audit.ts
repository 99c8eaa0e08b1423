import { sha256, type Hash } from '@fujie/shared/core/crypto/hash.ts'
import { decodeBase64 } from '@fujie/shared/core/encoding/base64.ts'
import { decodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { equalBytes, toHex, utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault, type FaultCode } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import type { Head } from '@fujie/shared/core/log/checkpoint.ts'
import { isReached, Replay, type Disagreement } from '@fujie/shared/core/log/replay.ts'
import { entryKind, parseSeal } from '@fujie/shared/core/log/seal.ts'
import {
  formatEntryBundle,
  formatHashTile,
  hashesAt,
  parseEntryBundle,
  parseHashTile,
  tileWidth,
  type TileName,
} from '@fujie/shared/core/log/tile.ts'
import {
  appendLeaves,
  emptyFrontier,
  equalHash,
  hashLeaf,
  LogTree,
  treeRoot,
  type Frontier,
} from '@fujie/shared/core/log/tree.ts'
import { parseRecord } from '@fujie/shared/core/record/record.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { LogReader } from '@fujie/shared/ports/log-reader.ts'
import { ForcedWatch, type ForcedRecord } from './forced.ts'
import type { Alarm, AuditStore } from './store.ts'

export interface AuditPorts {
  readonly clock: Clock
  readonly reader: LogReader
  /** Bytes that records name by their SHA-256, hexadecimal. */
  readonly blob: (sha256: string) => Promise<Uint8Array>
  readonly store: AuditStore
}

/** What an audit of a head came to: it holds; it cannot be read yet; it is wrong, for ever. */
export type Outcome = 'whole' | 'unread' | 'wrong'

/** Reads every record of one log and reckons every seal again. */
export class Audit {
  readonly #log: string
  readonly #origin: string
  readonly #ports: AuditPorts
  readonly #replay = new Replay()
  readonly #tree = new LogTree()
  readonly #forced = new ForcedWatch()
  #frontier: Frontier = emptyFrontier
  #seal: string | undefined
  #trouble: FaultCode | undefined
  #working: Promise<unknown> = Promise.resolve()

  private constructor(log: string, origin: string, ports: AuditPorts) {
    this.#log = log
    this.#origin = origin
    this.#ports = ports
  }

  /** Goes through what is kept once more: nothing is believed that was not reckoned in this life. */
  static async open(log: string, origin: string, ports: AuditPorts): Promise<Audit> {
    const audit = new Audit(log, origin, ports)
    for (const record of ports.store.forced()) await audit.#forced.add(record, audit.#replay, 0)
    for (const entry of ports.store.entries(0, ports.store.size())) {
      const wrong = await audit.#take(entry, audit.size)
      if (wrong !== undefined) audit.#raise({ ...wrong, entry })
      audit.#note(entry)
    }
    return audit
  }

  /** Takes one more entry, and holds the log to what was forced on it. */
  async #take(entry: Uint8Array, index: number): Promise<Disagreement | undefined> {
    if (this.#forced.size === 0 || entryKind(entry) !== 'seal') return this.#replay.take(entry)
    const { time } = parseSealOrNothing(entry) ?? {}
    if (time === undefined) return this.#replay.take(entry)
    if (this.#settle(time)) return { index, code: 'log.forced_ignored' }
    await this.#forced.before(this.#replay, time)
    const wrong = await this.#replay.take(entry)
    await this.#forced.after(this.#replay, time)
    return wrong
  }

  /** Whether one was ignored of those whose deadline has passed. */
  #settle(time: Instant): boolean {
    const { settled, isIgnored } = this.#forced.settle(time)
    if (!isIgnored) for (const hash of settled) this.#ports.store.settle(hash)
    return isIgnored
  }

  /**
   * Learns what was put on the ledger. Of what is heard of only after its deadline, the log is read once more.
   */
  learn(records: readonly ForcedRecord[]): Promise<void> {
    const learnt = this.#working.then(() => this.#learn(records))
    this.#working = learnt.catch(() => undefined)
    return learnt
  }

  async #learn(records: readonly ForcedRecord[]): Promise<void> {
    const { store } = this.#ports
    const news = records.filter(({ hash }) => !this.#forced.has(hash))
    const now = this.#replay.sealTime ?? 0
    const late = new ForcedWatch()
    const past = new Replay()
    for (const record of news) {
      store.force(record)
      if (record.deadline < now) await late.add(record, past, 0)
      else await this.#forced.add(record, this.#replay, now)
    }
    if (late.size > 0) await this.#readAgain(late, past)
    for (const { hash, deadline } of news) if (deadline < now) store.settle(hash)
  }

  /** What was kept was found whole: only how it stands to these records is looked at. */
  async #readAgain(late: ForcedWatch, past: Replay): Promise<void> {
    let index = 0
    for (const entry of this.#ports.store.entries(0, this.size)) {
      const { time } = (entryKind(entry) === 'seal' ? parseSealOrNothing(entry) : undefined) ?? {}
      if (time !== undefined && late.settle(time).isIgnored)
        return this.#raise({ code: 'log.forced_ignored', index, entry })
      if (time !== undefined) await late.before(past, time)
      await past.take(entry)
      if (time !== undefined) await late.after(past, time)
      index += 1
    }
  }

  /** Root of the first `size` entries; undefined behind what was read. */
  rootAt(size: number): Hash | undefined {
    return size > this.size || size === 0 ? undefined : this.#tree.root(size)
  }

  get alarm(): Alarm | undefined {
    return this.#ports.store.alarm()
  }

  /** Why the log cannot be read just now. */
  get trouble(): FaultCode | undefined {
    return this.#trouble
  }

  get size(): number {
    return this.#tree.size
  }

  /** Reads on up to a head that the log has signed. One head after the other. */
  follow(head: Head): Promise<Outcome> {
    const outcome = this.#working.then(() => this.#follow(head))
    this.#working = outcome.catch(() => undefined)
    return outcome
  }

  /**
   * Remembers that a head is stood for now: behind it nothing may come that claims to be older. False if the deadline of
   * a forced record is over that might still stand in the log: it was ignored.
   */
  stand(): boolean {
    const now = this.#ports.clock.now()
    if (this.#settle(now - lifetimes.clockSlack)) this.#raise({ code: 'log.forced_ignored', index: this.size - 1 })
    if (this.alarm !== undefined) return false
    this.#ports.store.stand(now)
    return true
  }

  /** A tile of what was read; undefined behind its end. */
  tile({ level, index, width }: TileName): Uint8Array | undefined {
    const end = index * tileWidth + width
    if (level === 'entries') {
      return end > this.size ? undefined : formatEntryBundle([...this.#ports.store.entries(index * tileWidth, end)])
    }
    return end > hashesAt(this.size, level) ? undefined : formatHashTile(this.#tree, level, index, width)
  }

  async #follow(head: Head): Promise<Outcome> {
    if (this.alarm !== undefined) return 'wrong'
    try {
      if (head.size > this.size) await this.#readOn(head)
      this.#trouble = undefined
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown
      this.#trouble = thrown.code === 'registry.unreachable' ? thrown.code : 'log.withheld'
      return 'unread'
    }
    if (this.alarm !== undefined) return 'wrong'
    return equalHash(this.#tree.root(head.size), head.root) ? 'whole' : this.#fork(head)
  }

  /** The log itself has signed a head that is not in what it gave us before. */
  #fork({ size }: Head): Outcome {
    this.#raise({ code: 'log.fork', index: size - 1 })
    return 'wrong'
  }

  async #readOn(head: Head): Promise<void> {
    const leaves = await this.#leavesUpTo(head)
    const start = this.size
    while (this.size < head.size && this.alarm === undefined) {
      const index = Math.floor(this.size / tileWidth)
      const width = Math.min(tileWidth, head.size - index * tileWidth)
      const bundle = parseEntryBundle(await this.#ports.reader.tile({ level: 'entries', index, width }))
      const entries = bundle.slice(this.size - index * tileWidth)
      const expected = leaves.slice(this.size - start, this.size - start + entries.length)
      const isSame = entries.every((entry, i) => equalHash(hashLeaf(entry), expected[i] ?? new Uint8Array()))
      if (bundle.length !== width || !isSame) throw new Fault('log.withheld', { at: 'bundle', index })
      await Promise.all(entries.map((entry) => this.#demandBlob(entry)))
      await this.#takeAll(entries)
    }
    if (this.alarm === undefined && !isReached(this.#replay.result(), head)) this.#judgeEnd(head)
  }

  /** The leaves behind what was read, if they lead to the head: whoever else alters them proves nothing of the log. */
  async #leavesUpTo(head: Head): Promise<readonly Hash[]> {
    const leaves: Hash[] = []
    for (let index = Math.floor(this.size / tileWidth); index * tileWidth < head.size; index++) {
      const width = Math.min(tileWidth, head.size - index * tileWidth)
      const hashes = parseHashTile(await this.#ports.reader.tile({ level: 0, index, width }), width)
      leaves.push(...hashes.slice(Math.max(0, this.size - index * tileWidth)))
    }
    if (!equalHash(treeRoot(appendLeaves(this.#frontier, leaves)), head.root))
      throw new Fault('log.withheld', { at: 'tiles' })
    return leaves
  }

  async #takeAll(entries: readonly Uint8Array[]): Promise<void> {
    const first = this.size
    const good: Uint8Array[] = []
    for (const [i, entry] of entries.entries()) {
      const wrong = this.#judgeTime(entry, first + i) ?? (await this.#take(entry, first + i))
      if (wrong !== undefined) {
        this.#raise({ ...wrong, entry })
        break
      }
      good.push(entry)
    }
    this.#ports.store.append(first, good)
    for (const entry of good) this.#note(entry)
  }

  /** A seal of the future, or one slipped in behind a head that was already stood for, bears a time that is made up. */
  #judgeTime(entry: Uint8Array, index: number): { index: number; code: FaultCode } | undefined {
    if (entryKind(entry) !== 'seal') return undefined
    const { time } = parseSealOrNothing(entry) ?? {}
    if (time === undefined) return { index, code: 'log.damaged' }
    if (time > this.#ports.clock.now() + lifetimes.clockSlack) return { index, code: 'log.damaged' }
    const stood = this.#ports.store.stoodAt()
    return stood !== undefined && time < stood - lifetimes.clockSlack ? { index, code: 'log.late' } : undefined
  }

  /** A head stands just behind a seal, of the log we were told to audit. */
  #judgeEnd({ size }: Head): void {
    this.#raise({ code: 'log.damaged', index: size - 1 })
  }

  #note(entry: Uint8Array): void {
    const leaf = hashLeaf(entry)
    this.#tree.append(leaf)
    this.#frontier = appendLeaves(this.#frontier, [leaf])
    if (entryKind(entry) !== 'seal') return
    this.#seal = utf8Text(entry) ?? ''
    const { log, policy } = this.#replay.result()
    if (log !== this.#log || policy?.origin !== this.#origin) this.#raise({ code: 'operation.wrong_log', index: 0 })
  }

  #raise(alarm: Alarm): void {
    this.#ports.store.raise({ ...alarm, ...(this.#seal !== undefined && { seal: this.#seal }) })
  }

  /** Whoever logs a digest has to show what it is of. */
  async #demandBlob(entry: Uint8Array): Promise<void> {
    const digest = digestIn(entry)
    if (digest === undefined) return
    const bytes = await this.#ports.blob(toHex(digest))
    if (!equalBytes(sha256(bytes), digest)) throw new Fault('log.withheld', { at: 'blob' })
  }
}

function parseSealOrNothing(entry: Uint8Array) {
  try {
    return parseSeal(entry)
  } catch {
    return undefined
  }
}

/** What a record of a status list or a credential type names; other entries and broken ones name nothing. */
function digestIn(entry: Uint8Array): Uint8Array | undefined {
  try {
    const { payload } = parseRecord(utf8Text(entry) ?? '')
    if (payload.kind === 'sl') return decodeBase64url(payload.body.digest)
    return payload.kind === 'typ' ? decodeBase64(payload.body.digest.slice('sha256-'.length)) : undefined
  } catch {
    return undefined
  }
}
