import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Campaign, type Life } from '../crash/campaign.ts'
import type { Weakness } from '../crash/real-log.ts'

/** What changes a disk, or makes a change durable. */
const changing = ['write', 'pwrite64', 'fsync', 'fdatasync', 'rename', 'unlink', 'ftruncate', 'mkdir', 'openat']

/** One call to the system by a process that commits: the n-th of its kind on its path. */
export interface Call {
  readonly name: string
  /** In the folder; empty: the folder itself. */
  readonly path: string
  readonly n: number
  /** Whether the thread of the databases makes it; files are another's. */
  readonly isOfDatabases: boolean
}

/** What happens to a call instead of what was asked for, in the words of strace. */
export type Injection = `signal=${string}` | `error=${string}`

/** One life under the tracer, and what it wrote down. */
export interface Traced {
  readonly life: Life
  readonly status: number | null
  readonly trace: string
}

/** A log with a few names in it, copies of which are put through one commit each. */
export class Bench {
  readonly #place: string
  readonly #before: Campaign
  #copies = 0

  private constructor(place: string, before: Campaign) {
    this.#place = place
    this.#before = before
  }

  static async open(): Promise<Bench> {
    const place = await mkdtemp(join(tmpdir(), 'fujie-traced-'))
    const before = new Campaign(join(place, 'before'))
    await cp(import.meta.dirname, before.folder, { recursive: true, filter: (path) => path === import.meta.dirname })
    if ((await before.live(4, { perBatch: 2 }).ended) !== 0) throw new Error('the log did not begin')
    return new Bench(place, before)
  }

  close(): Promise<void> {
    return rm(this.#place, { recursive: true, force: true })
  }

  /** A copy of the log with all that was promised of it, for one test. */
  async with<T>(use: (campaign: Campaign) => Promise<T>): Promise<T> {
    const campaign = this.#before.copy(join(this.#place, `copy-${this.#copies++}`))
    await cp(this.#before.folder, campaign.folder, { recursive: true })
    try {
      return await use(campaign)
    } finally {
      await rm(campaign.folder, { recursive: true, force: true })
    }
  }

  /** Every changing call of a life that commits one batch, in order. */
  record(): Promise<readonly Call[]> {
    return this.with(async (campaign) => {
      const { status, trace } = await traced(campaign, [])
      if (status !== 0) throw new Error(`the life that was recorded ended with ${status}`)
      return callsIn(trace, campaign.folder)
    })
  }
}

/** Lives one life of one batch in which something happens to one call. */
export function struck(
  campaign: Campaign,
  { name, path, n }: Call,
  injection: Injection,
  weak?: Weakness,
): Promise<Traced> {
  return traced(campaign, ['-P', join(campaign.folder, path), '-e', `inject=${name}:${injection}:when=${n}`], weak)
}

/** Lives one life of one batch under strace; one thread does the work on files, so that its calls can be counted. */
export async function traced(campaign: Campaign, rules: readonly string[], weak?: Weakness): Promise<Traced> {
  const file = `${campaign.folder}.trace`
  const under = ['strace', '-f', '-y', '-o', file, '-e', `trace=${changing.join(',')}`, '-e', 'signal=none', ...rules]
  const life = campaign.live(1, { under, weak, env: { UV_THREADPOOL_SIZE: '1' } })
  const status = await life.ended
  const trace = await readFile(file, 'utf8')
  await rm(file)
  return { life, status, trace }
}

/**
 * The changing calls of a trace within a folder.
 *
 * The memory that SQLite shares between processes (`-shm`) is none of them: it is made anew at each start.
 */
export function callsIn(trace: string, folder: string): readonly Call[] {
  const counts = new Map<string, number>()
  const ofDatabases = /^(\d+) +pwrite64\(/m.exec(trace)?.[1]
  return trace.split('\n').flatMap((line) => {
    const [, thread, name] = /^(\d+) +(\w+)\(/.exec(line) ?? []
    const path = pathIn(line)
    if (name === undefined || path === undefined || !`${path}/`.startsWith(`${folder}/`)) return []
    const key = `${thread} ${name} ${path}`
    const n = (counts.get(key) ?? 0) + 1
    counts.set(key, n)
    if (path.endsWith('-shm') || (name === 'openat' && !line.includes('O_CREAT'))) return []
    return [{ name, path: path.slice(folder.length + 1), n, isOfDatabases: thread === ofDatabases }]
  })
}

/** Where a call goes: `fsync(3</a/b>)`, `openat(AT_FDCWD</x>, "/a/b", …)`, `rename("/a/b", …)`. */
function pathIn(line: string): string | undefined {
  const [, ofFile] = /^\d+ +\w+\(\d+<([^>]*)>/.exec(line) ?? []
  if (ofFile !== undefined) return ofFile
  return /^\d+ +\w+\([^"]*"([^"]*)"/.exec(line)?.[1]
}

/** Each k-th, from the first: so many that a commit has time for them. */
export function sampled<T>(all: readonly T[], most: number): readonly T[] {
  const step = Math.max(1, Math.ceil(all.length / most))
  return all.filter((_, i) => i % step === 0)
}
