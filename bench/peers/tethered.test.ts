import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { startTethered } from './tethered.ts'

const program = ['-c', 'echo $$; exec sleep 600']
const line = async (stream: NodeJS.ReadableStream) => String(await once(stream, 'data')).trim()

/** A process that starts one, tells its id and waits. */
const starter = `
import { startTethered } from ${JSON.stringify(join(import.meta.dirname, 'tethered.ts'))}
startTethered('sh', ${JSON.stringify(program)}, process.env).output.pipe(process.stdout)
setInterval(() => undefined, 1000)`

async function gone(pid: number): Promise<boolean> {
  for (let waited = 0; waited < 200; waited++) {
    try {
      process.kill(pid, 0)
    } catch {
      return true
    }
    await setTimeout(50)
  }
  return false
}

describe.skipIf(process.platform === 'win32')('a program on a tether', () => {
  it('ends when it is told to', async () => {
    const { output, stop } = startTethered('sh', program, process.env)
    const pid = Number(await line(output))
    expect(() => process.kill(pid, 0)).not.toThrow()
    await stop()
    expect(await gone(pid)).toBe(true)
  })

  it('ends with whoever started it, though that was killed outright', async () => {
    const parent = spawn(process.execPath, ['--input-type=module', '-e', starter], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const pid = Number(await line(parent.stdout))
    expect(() => process.kill(pid, 0)).not.toThrow()
    parent.kill('SIGKILL')
    expect(await gone(pid)).toBe(true)
  })

  it('tells by the end of its output that it ended by itself', async () => {
    const { output, stop } = startTethered('sh', ['-c', 'exit 3'], process.env)
    output.resume()
    await once(output, 'end')
    await stop()
  })
})
