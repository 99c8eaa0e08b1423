import { execFileSync } from 'node:child_process'
import os from 'node:os'
import { join } from 'node:path'

/** Where a figure was measured: the first line of every output in lines. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly system: string
  readonly node: string
  readonly commit: string
  readonly at: string
}

/** This machine, now. */
export function describeMachine(): Machine {
  return {
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.platform()} ${os.release()} ${os.arch()}`,
    node: process.version,
    commit: commit(),
    at: new Date().toISOString(),
  }
}

function commit(): string {
  try {
    const options = { cwd: join(import.meta.dirname, '..'), encoding: 'utf8', stdio: 'pipe' } as const
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], options).trim()
  } catch {
    return 'unknown' // an archive without git
  }
}
