import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { equalBytes } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault, faultCode, type FaultCode } from '@fujie/shared/core/fault.ts'
import type { Head } from '@fujie/shared/core/log/checkpoint.ts'
import type { Anchor, Ledger, LedgerStore, RegistryEvent } from './ports.ts'
import type { Snapshot } from './snapshot.ts'

export interface AnchorPorts {
  readonly ledger: Ledger
  /** What is remembered of a ledger outside; absent where the ledger is a file of ours. */
  readonly store?: LedgerStore
  readonly snapshot: () => Snapshot
  /** The newest sealed head. */
  readonly head: () => Head
  readonly rootAt: (size: number) => Uint8Array
  readonly tell: (event: RegistryEvent) => void
}

/** What a kept anchor that is not final says for ever. */
export const alarmOf: Partial<Record<Anchor['state'], FaultCode>> = {
  conflict: 'ledger.conflict',
  reorged: 'ledger.reorged',
}

/**
 * Writes published heads on the ledger, on its own beat; the log never waits for it.
 *
 * A head there that is not the log's, or a final one that is gone, ends that: nothing more is written, and the log goes on.
 */
export class Anchorer {
  readonly #ports: AnchorPorts
  /** Final ones, by size. */
  readonly #anchors: Anchor[] = []
  /** Those a member contradicted, and the ones that raised the alarm. */
  readonly #disputed: Anchor[] = []
  /** The one on its way. */
  #moving: Anchor | undefined
  #origin = ''
  #alarm: FaultCode | undefined
  #trouble: FaultCode | undefined
  #working: Promise<void> | undefined
  #isClosed = false

  constructor(ports: AnchorPorts) {
    this.#ports = ports
  }

  /**
   * Reads the anchors there are. A ledger out of reach is asked again on the next beat.
   *
   * @throws Fault `log.damaged` if we ourselves wrote another root for a size, or a larger size: we are a copy restored
   */
  async open(origin: string): Promise<void> {
    this.#origin = origin
    for (const anchor of this.#ports.store?.anchors() ?? []) this.#remember(anchor)
    const known = new Set(this.#anchors.map(({ tx }) => tx))
    try {
      await this.#look()
    } catch (thrown) {
      if (!(thrown instanceof Fault) || !thrown.code.startsWith('ledger.')) throw thrown
      this.#note(thrown.code)
    }
    const own = this.#disputed.find(({ isOwn, tx }) => isOwn === true && !known.has(tx))
    if (own !== undefined && this.#alarm === 'ledger.conflict') throw new Fault('log.damaged', { at: 'ledger' })
  }

  #remember(anchor: Anchor): void {
    const alarm = alarmOf[anchor.state]
    if (alarm === undefined) this.#insert(anchor)
    else this.#disputed.push(anchor)
    this.#alarm ??= alarm
  }

  /** Anchors the newest head if it is not yet; what the ledger refuses is tried again on the next beat. */
  beat(): Promise<void> {
    this.#working ??= this.#anchor()
      .catch((thrown: unknown) => this.#note(faultCode(thrown)))
      .finally(() => {
        this.#working = undefined
      })
    return this.#working
  }

  async #anchor(): Promise<void> {
    if (this.#isClosed || this.#alarm !== undefined) return
    await this.#look()
    const { head, note } = this.#ports.snapshot()
    if (this.#alarm === undefined && (this.#anchors.at(-1)?.size ?? 0) < head.size) {
      const anchor = await this.#ports.ledger.anchor(note, (step) => {
        this.#moving = step
        this.#tell(step)
      })
      this.#take(anchor)
      this.#moving = undefined
    }
    this.#trouble = undefined
  }

  /** Reads what is new on the ledger, and whether the newest of ours still stands there. */
  async #look(): Promise<void> {
    const last = this.#anchors.at(-1)
    let stands = last === undefined
    for await (const anchor of this.#ports.ledger.anchors(this.#origin, (last?.size ?? 1) - 1)) {
      if (anchor.state === 'conflict') this.#contradict(anchor)
      else if (anchor.size === last?.size) stands ||= anchor.tx === last.tx && equalBytes(anchor.root, last.root)
      else this.#take(anchor)
    }
    if (!stands && last !== undefined) this.#raise('ledger.reorged', { ...last, state: 'reorged' })
  }

  #take(anchor: Anchor): void {
    if (this.#anchors[this.#place(anchor.size)]?.size === anchor.size) return
    if (this.#isForeign(anchor)) return this.#raise('ledger.conflict', { ...anchor, state: 'conflict' })
    this.#insert(anchor)
    this.#ports.store?.putAnchor(anchor)
    this.#tell(anchor)
  }

  #insert(anchor: Anchor): void {
    this.#anchors.splice(this.#place(anchor.size), 0, anchor)
  }

  /** Where the first anchor of this size or a larger one is, or would be; there may be one for each minute of years. */
  #place(size: number): number {
    let [low, high] = [0, this.#anchors.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#anchors[middle]?.size ?? 0) < size) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Whether it is of a head that the log never had. */
  #isForeign({ size, root }: Anchor): boolean {
    return size > this.#ports.head().size || !equalBytes(root, this.#ports.rootAt(size))
  }

  /** One member says otherwise: shown, and no more. When enough do, the contract itself takes no further head. */
  #contradict(anchor: Anchor): void {
    if (this.#disputed.some(({ tx }) => tx === anchor.tx)) return
    this.#disputed.push(anchor)
    this.#tell(anchor)
  }

  #raise(code: FaultCode, anchor: Anchor): void {
    this.#alarm ??= code
    this.#disputed.push(anchor)
    const known = this.#place(anchor.size)
    if (this.#anchors[known]?.tx === anchor.tx) this.#anchors.splice(known, 1)
    this.#ports.store?.putAnchor(anchor)
    this.#tell(anchor)
  }

  #note(code: FaultCode): void {
    const last = this.#anchors.at(-1)
    if (code === 'ledger.reorged' && last !== undefined) this.#raise(code, { ...last, state: 'reorged' })
    this.#trouble = code
  }

  #tell(anchor: Anchor): void {
    const { size, ledger, tx, block, time, state } = anchor
    this.#ports.tell({ type: 'anchor', size, root: encodeBase64url(anchor.root), ledger, tx, block, time, state })
  }

  /** Lets what is being written be; a ledger that makes nobody wait gets the newest head first. */
  async close(): Promise<void> {
    const { ledger } = this.#ports
    if (ledger.close === undefined) await this.beat()
    this.#isClosed = true
    await ledger.close?.()
    await this.#working
  }

  /** Why nothing is anchored any more. */
  get alarm(): FaultCode | undefined {
    return this.#alarm ?? (this.#trouble === 'ledger.frozen' ? this.#trouble : undefined)
  }

  /** Why the last beat failed, if it did. */
  get trouble(): FaultCode | undefined {
    return this.#trouble
  }

  get ledger(): string {
    return this.#ports.ledger.id
  }

  /** The newest final anchor. */
  get newest(): Anchor | undefined {
    return this.#anchors.at(-1)
  }

  /** The first final anchor of this size or a larger one. */
  of(size: number): Anchor | undefined {
    return this.#anchors[this.#place(size)]
  }

  /** Newest first. */
  list(before: number, limit: number): readonly Anchor[] {
    const end = this.#place(before)
    const others = [...this.#disputed, ...(this.#moving ? [this.#moving] : [])].filter(({ size }) => size < before)
    return [...this.#anchors.slice(Math.max(0, end - limit), end), ...others]
      .toSorted((a, b) => b.size - a.size)
      .slice(0, limit)
  }
}
