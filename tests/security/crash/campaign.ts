import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { parseCheckpoint } from '@fujie/shared/core/log/checkpoint.ts'
import { parseNote } from '@fujie/shared/core/log/note.ts'
import { isReached, replayLog } from '@fujie/shared/core/log/replay.ts'
import { entryKind } from '@fujie/shared/core/log/seal.ts'
import { parseRecord } from '@fujie/shared/core/record/record.ts'
import { tilesInFiles } from '../../../registry/adapters/tiles-files.ts'
import type { Line, Orders, SaidHead } from './committer.ts'
import type { CrashReport } from './crashing.ts'
import { openRealLog, recordOf, type RealLog, type Weakness } from './real-log.ts'

const committer = join(import.meta.dirname, 'committer.ts')
/** Compiled modules from one life to the next: a process that lives 50 ms should not read TypeScript for 200. */
const NODE_COMPILE_CACHE = join(import.meta.dirname, '../../../node_modules/.cache/fujie-crash')

export type Counts = Pick<CrashReport, 'lost' | 'forks' | 'duplicates'>

/** How long a test that was asked for by name, or runs by night, may be: `npm test -- --only crash`. */
export const isFull = process.env.FUJIE_DEPTH === 'full'

/** One process that commits, and what it has said so far. */
export interface Life {
  readonly child: ChildProcess
  /** Resolves once the log stands, or the process is no more. */
  readonly opened: Promise<void>
  /** Resolves with its exit status once all it said was heard; null: it was killed. */
  readonly ended: Promise<number | null>
  readonly lines: readonly Line[]
}

export interface LifeOptions {
  readonly perBatch?: number
  readonly weak?: Weakness | undefined
  /** A program and its arguments that runs the committer, such as a tracer. */
  readonly under?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** Lives of processes over one folder, and what they were heard to promise: kept outside of them. */
export class Campaign {
  readonly folder: string
  readonly #acknowledged = new Map<number, { readonly id: string; readonly index: number }>()
  readonly #heads = new Map<number, Set<string>>()
  #next = 0
  #open: number[] = []

  constructor(folder: string) {
    this.folder = folder
  }

  get acknowledged(): number {
    return this.#acknowledged.size
  }

  /** A campaign that has heard the same, over a copy of the folder. */
  copy(folder: string): Campaign {
    const copy = new Campaign(folder)
    for (const [n, row] of this.#acknowledged) copy.#acknowledged.set(n, row)
    for (const [size, roots] of this.#heads) copy.#heads.set(size, new Set(roots))
    copy.#next = this.#next
    copy.#open = [...this.#open]
    return copy
  }

  /** Starts a process that asks for what nobody acknowledged yet, and for more, up to so many names. */
  live(names: number, { perBatch = 3, weak, under = [], env = {} }: LifeOptions = {}): Life {
    const orders: Orders = { ...this.orders(names, perBatch), ...(weak && { weak }) }
    const [program = process.execPath, ...args] = [...under, process.execPath, committer, JSON.stringify(orders)]
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_COMPILE_CACHE, ...env },
    })
    return this.listen(child)
  }

  /** What nobody acknowledged yet, and more, up to so many names. */
  orders(names: number, perBatch: number): Orders {
    const retried = this.#open.filter((n) => !this.#acknowledged.has(n))
    const fresh = Array.from({ length: Math.max(0, names - retried.length) }, () => this.#next++)
    this.#open = [...retried, ...fresh]
    return { folder: this.folder, names: this.#open, perBatch }
  }

  /** Hears what a process says, among what others say on the same output. */
  listen(child: ChildProcess): Life {
    const lines: Line[] = []
    let [rest, tellOpened] = ['', () => {}]
    const opened = new Promise<void>((resolve) => (tellOpened = resolve))
    child.stdout?.on('data', (data: Buffer) => {
      const parts = (rest + String(data)).split('\n')
      rest = parts.pop() ?? ''
      for (const part of parts) {
        const [said] = /\{"(open|ack|halt)":.*\}(?=\r?$)/.exec(part) ?? []
        if (said !== undefined) lines.push(this.#hear(JSON.parse(said) as Line))
      }
      if (lines.length > 0) tellOpened()
    })
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => {
        tellOpened()
        resolve(code)
      })
    })
    return { child, opened, ended, lines }
  }

  #hear(line: Line): Line {
    if (line.ack !== undefined) {
      const [n, id, index] = line.ack
      this.#acknowledged.set(n, { id, index })
    }
    for (const head of [line.open, line.head]) if (head !== undefined) this.#see(head)
    return line
  }

  #see({ size, root }: SaidHead): void {
    this.#heads.set(size, (this.#heads.get(size) ?? new Set()).add(root))
  }

  /** Opens the log once more and compares it with what was heard. A log that does not open has lost all. */
  async judge(): Promise<Counts> {
    try {
      await this.#readPublished()
      const log = await openRealLog(this.folder, () => undefined)
      await this.#askAgain(log)
      return await this.#compare(log)
    } catch {
      return { lost: Math.max(1, this.acknowledged), forks: this.#forks(), duplicates: 0 }
    }
  }

  /** What was left published is a promise too. */
  async #readPublished(): Promise<void> {
    const note = await tilesInFiles(this.folder).published()
    if (note === undefined) return
    const { size, root } = parseCheckpoint(parseNote(note).text)
    this.#see({ size, root: encodeBase64url(root) })
  }

  /** Whoever got no answer asks again, and whoever got one may do so too. */
  async #askAgain({ sequencer }: RealLog): Promise<void> {
    const records = await Promise.all(this.#open.map((n) => recordOf(sequencer.log, n)))
    const answers = records.map((record) => sequencer.submit(record))
    await sequencer.sealBatch()
    for (const [i, { index }] of (await Promise.all(answers)).entries()) {
      const [n, { id }] = [this.#open[i] as number, records[i] as { id: string }]
      if (!this.#acknowledged.has(n)) this.#acknowledged.set(n, { id, index })
      else if (this.#acknowledged.get(n)?.index !== index) throw new Error('another answer than before')
    }
  }

  async #compare(log: RealLog): Promise<Counts> {
    const { sequencer, states } = log
    const entries: Uint8Array[] = []
    for (let i = 0; i < sequencer.entries.size; i++) entries.push(await sequencer.entries.read(i))
    const ids = entries.map((entry) => (entryKind(entry) === 'record' ? parseRecord(utf8Text(entry) ?? '').id : ''))
    const records = ids.filter((id) => id !== '')
    const stands = ({ id, index }: { id: string; index: number }) =>
      ids[index] === id && states.record(id)?.index === index
    const lost = [...this.#acknowledged.values()].filter((row) => !stands(row)).length
    const isWhole = await replays(entries, log)
    for (const [size, roots] of this.#heads)
      roots.add(size <= sequencer.head.size ? encodeBase64url(sequencer.rootAt(size)) : 'beyond the end')
    await log.close()
    const duplicates = records.length - new Set(records).size
    return { lost: isWhole ? lost : Math.max(1, lost), forks: this.#forks(), duplicates }
  }

  /** Sizes at which more than one head was seen. */
  #forks(): number {
    return [...this.#heads.values()].filter((roots) => roots.size > 1).length
  }
}

/** Whether the log, record by record and seal by seal, leads to its head. */
async function replays(entries: readonly Uint8Array[], { sequencer }: RealLog): Promise<boolean> {
  async function* all() {
    yield* entries
  }
  const replayed = await replayLog(all(), () => undefined)
  return replayed.disagreement === undefined && isReached(replayed, sequencer.head)
}

export function plus(a: Counts, b: Counts): Counts {
  return { lost: a.lost + b.lost, forks: a.forks + b.forks, duplicates: a.duplicates + b.duplicates }
}

export const nothing: Counts = { lost: 0, forks: 0, duplicates: 0 }

/** Numbers in [0, 1) that look random and are the same each time. */
export function drawn(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
