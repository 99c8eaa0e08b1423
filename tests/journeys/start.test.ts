import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findAnvil } from '../../scripts/anvil.ts'
import { buildPages } from '../../scripts/build.ts'
import { freePorts } from '../fixtures/free-ports.ts'
import { needs } from '../house/needs.ts'

const root = join(import.meta.dirname, '../..')
/** Workbench, roles, witnesses and auditor. */
const roles = 10
const folder = mkdtempSync(join(tmpdir(), 'fujie-start-'))
let port: number

beforeAll(async () => {
  await buildPages()
  port = await freePorts(roles)
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Ran {
  readonly exit: number | null
  readonly said: string
}

/** `npm start` as anybody would start it, until it ends; one that gets ready is told to stop. */
function start(
  language: string,
  data: string,
  more: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<Ran> {
  const words = ['start', '--no-open', '--port', String(port), '--lang', language, '--data', data, ...more]
  const child = spawn(process.execPath, [join(root, 'scripts/run.mjs'), ...words], {
    ...{ cwd: root, env: { ...process.env, ...env } },
  })
  let said = ''
  const hear = (part: Buffer) => {
    said += part.toString()
    if (said.includes('ready http://')) child.kill('SIGINT')
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  return new Promise((resolve) => child.on('close', (exit) => resolve({ exit, said })))
}

function occupy(taken: number): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(taken, '127.0.0.1', () => resolve(server))
  })
}

describe.each([
  {
    language: 'zh-CN',
    taken: ['端口已被占用', '用 --port 换一个端口'],
    unwritable: ['数据文件夹不能写入', '用 --data 换一个文件夹'],
  },
  {
    language: 'en',
    taken: ['The port is in use', 'Choose another with --port'],
    unwritable: ['The data folder cannot be written', 'Choose another with --data'],
  },
])('npm start, in $language', ({ language, taken, unwritable }) => {
  it.each([0, 2, 5, 9])(
    'says which of its ports is in use, be it the first or another (%i)',
    async (offset) => {
      const other = await occupy(port + offset)
      const { exit, said } = await start(language, join(folder, 'data'))
      await new Promise((resolve) => other.close(resolve))
      expect(exit, said).toBe(1)
      for (const words of [...taken, 'start.port_in_use', String(port + offset)]) expect(said).toContain(words)
      expect(said).not.toContain('    at ')
    },
    40_000,
  )

  it('says that the data folder cannot be written', async () => {
    const file = join(folder, 'a-file')
    writeFileSync(file, 'kept')
    const { exit, said } = await start(language, join(file, 'data'))
    expect(exit, said).toBe(1)
    for (const words of [...unwritable, 'start.folder_not_writable', join(file, 'data')]) expect(said).toContain(words)
    expect(said).not.toContain('    at ')
  }, 40_000)
})

it('starts with the same words where port and folder are free, and Ctrl+C ends it', async () => {
  const { exit, said } = await start('en', join(folder, 'data'))
  expect(said).toContain(`ready http://127.0.0.1:${port}/?lang=en`)
  expect(exit).toBe(0)
}, 60_000)

describe('npm start -- --ledger anvil', () => {
  it('says what is missing and what to do, where the node is absent', async () => {
    const missing = { FUJIE_ANVIL: join(folder, 'absent') }
    const english = await start('en', join(folder, 'ledger'), ['--ledger', 'anvil'], missing)
    expect(english.exit).toBe(1)
    expect(english.said).toContain('The development node anvil is not installed here')
    expect(english.said).toContain('Set FUJIE_ANVIL')
    const chinese = await start('zh-CN', join(folder, 'ledger'), ['--ledger', 'anvil'], missing)
    expect(chinese.said).toContain('本机没有开发用的链节点')
  }, 60_000)

  it.skipIf(!needs('anvil'))(
    'anchors on a real node, and leaves none behind',
    async () => {
      // A node that tells which process it is.
      const [node, pids] = [join(folder, 'anvil'), join(folder, 'pids')]
      writeFileSync(node, `#!/bin/sh\necho $$ >> '${pids}'\nexec '${findAnvil()}' "$@"\n`, { mode: 0o755 })
      for (const round of [1, 2]) {
        const ran = await start('en', join(folder, 'ledger'), ['--ledger', 'anvil'], { FUJIE_ANVIL: node })
        expect(ran.said).toContain('ready http://')
        expect(ran.exit).toBe(0)
        const started = readFileSync(pids, 'utf8').trim().split('\n').map(Number)
        expect(started.length).toBe(round)
        for (const pid of started) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
      }
    },
    120_000,
  )
})
