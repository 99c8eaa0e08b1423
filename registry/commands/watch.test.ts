import { spawn, type ChildProcess } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freePorts } from '../../tests/fixtures/free-ports.ts'
import { createOf, logKeys, Stage, trustOf, until } from '../../tests/fixtures/witnessed.ts'

const fujie = join(import.meta.dirname, '../../scripts/fujie.ts')

let stage: Stage
const children: ChildProcess[] = []

beforeEach(async () => {
  stage = await Stage.open()
})

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await stage.close()
})

/** Starts `fujie registry …` and waits for what it says of itself. */
async function run(...words: readonly string[]) {
  const child = spawn(process.execPath, [fujie, 'registry', ...words, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const said = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (bytes) => resolve(String(bytes)))
    void ended.then((code) => reject(new Error(`fujie registry ${words.join(' ')} left with ${code}`)))
  })
  return { ...(JSON.parse(said) as { url: string; vkey?: string }), child, ended }
}

describe('watching from the command line', () => {
  it('runs a witness, an auditor and a monitor as processes of their own', async () => {
    const policy = stage.path('policy')
    await writeFile(policy, `log ${logKeys[0]}\nquorum none\n`)
    const port = await freePorts(1)
    const witness = await run('witness', stage.path('w'), '--policy', policy, '--name', 'w.test', '--port', '0')
    const trust = trustOf([{ url: witness.url, vkey: witness.vkey ?? '' }], 1)
    const registry = await stage.registry('log', trust, { port })
    await registry.submit((await createOf(registry.log, 'a')).text)

    const told = ['--policy', policy, '--log', registry.log, '--registry', registry.url, '--insecure-loopback']
    const auditor = await run('auditor', stage.path('a'), ...told, '--name', 'a.test', '--port', '0')
    await until(async () => ((await (await fetch(`${auditor.url}/healthz`)).json()) as { size: number }).size === 4)
    await writeFile(policy, await (await fetch(`${registry.url}/policy.txt`)).text())
    const monitor = await run('monitor', stage.path('m'), ...told, '--port', '0')
    await until(async () => (await fetch(`${monitor.url}/healthz`)).status === 200)
    for (const each of [auditor, monitor, witness]) {
      each.child.kill('SIGTERM')
      expect(await each.ended).toBe(0)
    }
  }, 40_000)
})
