import type { Fault } from '@fujie/shared/core/fault.ts'
import { toHex } from '@fujie/shared/core/encoding/bytes.ts'
import type { Head } from '@fujie/shared/core/log/checkpoint.ts'
import { entryKind } from '@fujie/shared/core/log/seal.ts'
import type { SignedRecord } from '@fujie/shared/core/record/record.ts'
import { headInSqlite } from '../../../registry/adapters/head-sqlite.ts'
import { journalledSigner } from '../../../registry/adapters/journal-sqlite.ts'
import { mapInSqlite } from '../../../registry/adapters/map-sqlite.ts'
import { demoPolicy, firstPolicy } from '../../../registry/log/genesis.ts'
import type { HeadRow, HeadSigner, HeadStore, StageStore, TileStore } from '../../../registry/log/ports.ts'
import { Sequencer } from '../../../registry/log/sequence.ts'
import { namedKey, testOrigin } from '../../fixtures/registry.ts'

/** What a group of crashes came to. */
export interface CrashReport {
  readonly group: string
  readonly cycles: number
  readonly lost: number
  readonly forks: number
  readonly duplicates: number
  readonly controlFailedAsItMust: boolean
}

export const start = 1_795_392_000

/** Which defence is left out, for the control. */
export interface Weakness {
  /** Files stay in a cache for so many steps before they are durable. */
  readonly cached?: number
  /** The head is set without a look at what it was, and each process has a journal of its own. */
  readonly unguarded?: boolean
}

/** A machine that lives on when its process dies: what was durable is there for the next one. */
export class Machine {
  readonly weakness: Weakness
  readonly #files = new Map<string, Uint8Array>()
  readonly #cache = new Map<string, { readonly bytes: Uint8Array | undefined; age: number }>()
  readonly #heads: HeadStore
  readonly #states = mapInSqlite(':memory:')
  readonly #signer = penOf()
  readonly #signed = new Map<number, Set<string>>()
  readonly acknowledged = new Map<string, number>()

  constructor(weakness: Weakness = {}) {
    this.weakness = weakness
    this.#heads = weakness.unguarded === true ? unguardedHeads() : headInSqlite(':memory:')
  }

  /** Starts a process that dies at its n-th step; without a number it lives. */
  async boot(dieAt = Infinity): Promise<Process> {
    const life = new Life(dieAt, () => this.#grow())
    const states = this.#states
    const heads = this.#heads
    const signer = this.weakness.unguarded === true ? penOf() : this.#signer
    const sequencer = await Sequencer.open(
      {
        clock: { now: () => start },
        timer: { after: () => () => undefined },
        stage: this.#stage(life),
        tiles: this.#tiles(life),
        heads: {
          load: () => heads.load(),
          takeOver: () => heads.takeOver(),
          swap: (seen, next) => life.stepNow(() => heads.swap(seen, next)),
        },
        states: { ...states, apply: (batch) => life.stepNow(() => states.apply(batch)) },
        signer: {
          latest: () => signer.latest(),
          sign: (head, epoch, now) =>
            life.step(async () => {
              const signatures = await signer.sign(head, epoch, now)
              this.#note(head)
              return signatures
            }),
        },
        witnessAt: () => {
          throw new Error('nobody is asked')
        },
        halt: () => undefined,
        tell: () => undefined,
      },
      {
        origin: testOrigin,
        batchInterval: 10,
        firstPolicy: () =>
          firstPolicy(demoPolicy(testOrigin, namedKey('log'), namedKey('admin')), [namedKey('admin')], start),
      },
    )
    return { sequencer, life }
  }

  /** Power is gone: what was only cached is lost. */
  crash(): void {
    this.#cache.clear()
  }

  /** Records of the log that do not stand where they were said to. */
  lost(): number {
    return [...this.acknowledged].filter(([id, index]) => this.#states.record(id)?.index !== index).length
  }

  /** Sizes for which more than one root was signed. */
  forks(): number {
    return [...this.#signed.values()].filter((roots) => roots.size > 1).length
  }

  /** Records that stand in the log twice. */
  async duplicates(sequencer: Sequencer): Promise<number> {
    const texts: string[] = []
    for (let index = 0; index < sequencer.entries.size; index++) {
      const entry = await sequencer.entries.read(index)
      if (entryKind(entry) === 'record') texts.push(toHex(entry))
    }
    return texts.length - new Set(texts).size
  }

  #note({ size, root }: Head): void {
    const roots = this.#signed.get(size) ?? new Set()
    this.#signed.set(size, roots.add(toHex(root)))
  }

  #stage(life: Life): StageStore {
    const path = (size: number) => `stage/${size}`
    return {
      write: (size, bytes) => life.step(() => this.#put(path(size), bytes)),
      read: (size) => Promise.resolve(this.#get(path(size))),
      remove: (size) => life.step(() => this.#put(path(size), undefined)),
      sizes: () =>
        Promise.resolve(this.#names().flatMap((name) => (name.startsWith('stage/') ? [Number(name.slice(6))] : []))),
    }
  }

  #tiles(life: Life): TileStore {
    return {
      write: (path, bytes) => life.step(() => this.#put(path, bytes)),
      read: (path) => Promise.resolve(this.#get(path)),
      readNow: (path) => this.#get(path),
      publish: (note) => life.step(() => this.#put('checkpoint', new TextEncoder().encode(note))),
      published: () => {
        const bytes = this.#get('checkpoint')
        return Promise.resolve(bytes && new TextDecoder().decode(bytes))
      },
    }
  }

  #put(name: string, bytes: Uint8Array | undefined): void {
    if (this.weakness.cached === undefined) this.#write(name, bytes)
    else this.#cache.set(name, { bytes, age: 0 })
  }

  #write(name: string, bytes: Uint8Array | undefined): void {
    if (bytes === undefined) this.#files.delete(name)
    else this.#files.set(name, bytes.slice())
  }

  #get(name: string): Uint8Array | undefined {
    return this.#cache.has(name) ? this.#cache.get(name)?.bytes : this.#files.get(name)
  }

  #names(): readonly string[] {
    return [...new Set([...this.#files.keys(), ...this.#cache.keys()])].filter((name) => this.#get(name) !== undefined)
  }

  #grow(): void {
    for (const [name, cached] of this.#cache) {
      if (++cached.age < (this.weakness.cached ?? 0)) continue
      this.#write(name, cached.bytes)
      this.#cache.delete(name)
    }
  }
}

export interface Process {
  readonly sequencer: Sequencer
  readonly life: Life
}

/** Counts the steps of a process; at one of them it is no more, before the step or after it. */
export class Life {
  readonly #dieAt: number
  readonly #beat: () => void
  steps = 0

  constructor(dieAt: number, beat: () => void) {
    this.#dieAt = dieAt
    this.#beat = beat
  }

  get isOver(): boolean {
    return this.steps >= this.#dieAt
  }

  async step<T>(effect: () => T | Promise<T>): Promise<T> {
    this.#tick()
    const value = await effect()
    this.#tick()
    return value
  }

  stepNow<T>(effect: () => T): T {
    this.#tick()
    const value = effect()
    this.#tick()
    return value
  }

  #tick(): void {
    this.steps++
    this.#beat()
    if (this.isOver) throw new Error('the process is no more')
  }
}

/** Submits records one batch each; what was acknowledged is kept outside. */
export async function submit(machine: Machine, { sequencer, life }: Process, record: SignedRecord): Promise<void> {
  const answer = sequencer.submit(record).then(
    ({ index }) => index,
    (_fault: Fault) => undefined,
  )
  await sequencer.sealBatch()
  const index = life.isOver ? undefined : await answer
  if (index !== undefined) machine.acknowledged.set(record.id, index)
}

function penOf(): HeadSigner & { close(): void } {
  return journalledSigner(':memory:', testOrigin, namedKey('log'))
}

function unguardedHeads(): HeadStore {
  let row: HeadRow | undefined
  return {
    load: () => row,
    takeOver: () => 1,
    swap(_seen, next) {
      row = { ...next, epoch: 1 }
      return true
    },
  }
}
