import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { Fault, type FaultCode } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { formatCheckpoint, parseCheckpoint, type Head } from '@fujie/shared/core/log/checkpoint.ts'
import { formatNote, parseNote } from '@fujie/shared/core/log/note.ts'
import { equalHash } from '@fujie/shared/core/log/tree.ts'
import type { LogPolicy } from '@fujie/shared/core/record/policy.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { HeadSigner, RegistryEvent, TileStore, WitnessAt } from './ports.ts'
import type { Snapshot } from './snapshot.ts'
import { Witnesses } from './witness.ts'

export interface CheckpointPorts {
  readonly clock: Clock
  readonly tiles: TileStore
  readonly signer: HeadSigner
  readonly witnessAt: WitnessAt
  readonly tell: (event: RegistryEvent) => void
}

/** A head that is the log's, and what proofs under it need. */
export interface Sealed extends Omit<Snapshot, 'note' | 'stampedAt' | 'origin'> {
  readonly epoch: number
  readonly policy: LogPolicy
}

interface Waiting {
  readonly size: number
  readonly since: Instant
  readonly resolve: () => void
  readonly reject: (fault: Fault) => void
}

/** How far publishing has come, and what is in its way. */
export interface Progress {
  /** When a checkpoint was last signed, cosigned, published and read back. */
  readonly publishedAt: Instant | undefined
  /** Since when somebody has been waiting for one. */
  readonly awaitedSince: Instant | undefined
  readonly alarm: FaultCode | undefined
  /** What keeps witnesses from signing, by their names. */
  readonly troubles: ReadonlyMap<string, FaultCode>
}

/** Brings sealed heads before the world: signed, cosigned to the quorum, published, read back (registry, 7: 6 to 8). */
export class Checkpoints {
  readonly #ports: CheckpointPorts
  readonly #origin: string
  readonly #witnesses: Witnesses
  #waiting: Waiting[] = []
  #snapshot: Snapshot | undefined
  #publishedAt: Instant | undefined
  #compared = false
  #alarm: FaultCode | undefined

  constructor(ports: CheckpointPorts, origin: string) {
    this.#ports = ports
    this.#origin = origin
    this.#witnesses = new Witnesses(
      { clock: ports.clock, witnessAt: ports.witnessAt, alarm: (code) => this.stop(code) },
      origin,
    )
  }

  /** The newest published checkpoint; undefined before the first. */
  get snapshot(): Snapshot | undefined {
    return this.#snapshot
  }

  /** Why nothing is signed any more: the log is behind what was signed in its name, or there are two of it. */
  get alarm(): FaultCode | undefined {
    return this.#alarm
  }

  /** Until enough witnesses have said what they know, nothing may be added. */
  get isComparing(): boolean {
    return !this.#compared
  }

  /** For whoever watches over us. */
  get progress(): Progress {
    return {
      publishedAt: this.#publishedAt,
      awaitedSince: this.#waiting[0]?.since,
      alarm: this.#alarm,
      troubles: this.#witnesses.troubles,
    }
  }

  /**
   * Resolves once a checkpoint of this size or a larger one is published.
   *
   * @throws Fault `registry.read_only` if that will not be in this process's life
   */
  whenPublished(size: number): Promise<void> {
    if ((this.#snapshot?.head.size ?? 0) >= size) return Promise.resolve()
    if (this.#alarm !== undefined) return Promise.reject(new Fault('registry.read_only'))
    const since = this.#ports.clock.now()
    return new Promise((resolve, reject) => this.#waiting.push({ size, since, resolve, reject }))
  }

  /** Tells all who wait that it will not be. */
  close(): void {
    for (const { reject } of this.#waiting.splice(0)) reject(new Fault('registry.read_only'))
  }

  /** Takes what is published already for the newest checkpoint, if it is of this head. */
  async adopt(sealed: Sealed): Promise<void> {
    const note = await this.#ports.tiles.published()
    if (note === undefined) return
    const { size, root } = parseCheckpoint(parseNote(note).text)
    if (size !== sealed.head.size || !equalHash(root, sealed.head.root)) return
    this.#snapshot = this.#snapshotOf(sealed, note, sealed.seal.time)
  }

  /** Signs and publishes a head; false if too few cosign it now, or none may: then nothing was published. */
  async publish(sealed: Sealed): Promise<boolean> {
    this.#witnesses.follow(sealed.policy)
    const head = { ...sealed.head, tree: sealed.tree }
    this.#compared ||= !this.#witnesses.isNeeded || (await this.#witnesses.compare(head))
    if (!this.#compared || this.#alarm !== undefined) return false
    const now = this.#ports.clock.now()
    const note = await this.#cosigned(sealed, now)
    // An alarm may have come while others signed: nothing is shown that may be one of two views.
    if (note === undefined || this.#isStopped()) return false
    await this.#ports.tiles.publish(note)
    if ((await this.#ports.tiles.published()) !== note) throw new Fault('log.damaged', { at: 'checkpoint' })
    this.#snapshot = this.#snapshotOf(sealed, note, now)
    this.#publishedAt = now
    this.#answer(sealed.head, now)
    return true
  }

  async #cosigned({ head, epoch, tree }: Sealed, now: Instant): Promise<string | undefined> {
    const own = await this.#ports.signer.sign(head, epoch, now)
    const text = formatCheckpoint({ origin: this.#origin, ...head })
    const note = formatNote({ text, signatures: own })
    const lines = await this.#witnesses.cosign(note, { ...head, tree })
    return lines && formatNote({ text, signatures: [...own, ...lines] })
  }

  #isStopped(): boolean {
    return this.#alarm !== undefined
  }

  #snapshotOf({ log, head, seal, map, tree }: Sealed, note: string, stampedAt: Instant): Snapshot {
    return { log, origin: this.#origin, head, seal, map, tree, note, stampedAt }
  }

  #answer({ size, root }: Head, time: Instant): void {
    this.#ports.tell({ type: 'checkpoint', size, root: encodeBase64url(root), time })
    const [done, open] = [
      this.#waiting.filter((each) => each.size <= size),
      this.#waiting.filter((each) => each.size > size),
    ]
    this.#waiting = open
    for (const { resolve } of done) resolve()
  }

  /** Nothing is signed any more in this life: `registry.behind`, or `log.fork`. */
  stop(code: FaultCode): void {
    // Two histories are worse than one that was cut short.
    if (this.#alarm !== 'log.fork') this.#alarm = code
    this.close()
  }
}
