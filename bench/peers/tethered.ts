import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'

/** A program that ends when whoever started it ends, however that ends. */
export interface Tethered {
  readonly output: Readable
  stop(): Promise<void>
}

/** The shell holds the program's id and reads a pipe of ours; at its end, which our death brings too, it ends that id. */
const tether = '"$0" "$@" </dev/null & pid=$!; exec >&-; while read -r _; do :; done; kill -9 $pid; wait $pid'

export function startTethered(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Tethered {
  const shell = spawn('sh', ['-c', tether, program, ...args], { stdio: ['pipe', 'pipe', 'ignore'], env })
  const ended = new Promise<void>((resolve, reject) => {
    shell.once('error', reject)
    shell.once('close', () => resolve())
  })
  // Told once more by whoever waits for it.
  ended.catch(() => undefined)
  return {
    output: shell.stdout,
    async stop() {
      shell.stdin.end()
      shell.stdout.resume()
      await ended
    },
  }
}
