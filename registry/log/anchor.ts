import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { equalBytes } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault, faultCode, type FaultCode } from '@fujie/shared/core/fault.ts'
import type { Head } from '@fujie/shared/core/log/checkpoint.ts'
import type { Anchor, Ledger, RegistryEvent } from './ports.ts'
import type { Snapshot } from './snapshot.ts'

/** Writes published heads on the ledger, on its own beat; the log never waits for it. */
export class Anchorer {
  readonly #ledger: Ledger
  readonly #snapshot: () => Snapshot
  readonly #tell: (event: RegistryEvent) => void
  readonly #anchors: Anchor[] = []
  #trouble: FaultCode | undefined
  #working: Promise<void> | undefined

  constructor(ledger: Ledger, snapshot: () => Snapshot, tell: (event: RegistryEvent) => void) {
    this.#ledger = ledger
    this.#snapshot = snapshot
    this.#tell = tell
  }

  /**
   * Reads the anchors there are.
   *
   * @throws Fault `log.damaged` if the ledger has a root for our size that is not ours
   */
  async open(origin: string, head: Head): Promise<void> {
    for await (const anchor of this.#ledger.anchors(origin, 0)) this.#anchors.push(anchor)
    const foreign = this.#anchors.some(
      (anchor) => anchor.size > head.size || (anchor.size === head.size && !equalBytes(anchor.root, head.root)),
    )
    if (foreign) throw new Fault('log.damaged', { at: 'ledger' })
  }

  /** Anchors the newest head if it is not yet; what the ledger refuses is tried again on the next beat. */
  beat(): Promise<void> {
    this.#working ??= this.#anchor()
      .catch((thrown: unknown) => {
        this.#trouble = faultCode(thrown)
      })
      .finally(() => {
        this.#working = undefined
      })
    return this.#working
  }

  async #anchor(): Promise<void> {
    const { head, note } = this.#snapshot()
    if ((this.#anchors.at(-1)?.size ?? 0) >= head.size) return
    const anchor = await this.#ledger.anchor(note)
    this.#anchors.push(anchor)
    this.#trouble = undefined
    const { size, ledger, tx, block, time, state } = anchor
    this.#tell({ type: 'anchor', size, root: encodeBase64url(anchor.root), ledger, tx, block, time, state })
  }

  /** Why the last beat failed, if it did. */
  get trouble(): FaultCode | undefined {
    return this.#trouble
  }

  /** The first final anchor of this size or a larger one. */
  of(size: number): Anchor | undefined {
    return this.#anchors.find((anchor) => anchor.size >= size && anchor.state === 'final')
  }

  /** Newest first. */
  list(before: number, limit: number): readonly Anchor[] {
    return this.#anchors
      .filter((anchor) => anchor.size < before)
      .slice(-limit)
      .reverse()
  }
}
