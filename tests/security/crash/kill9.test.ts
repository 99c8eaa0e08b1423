import { spawn, type ChildProcess } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { derivePrivateJwk, signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import { thumbprint } from '@fujie/shared/core/crypto/key.ts'
import { formatEntryBundle, parseEntryBundle } from '@fujie/shared/core/log/tile.ts'
import { decodeBase64url, encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8Text, utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import type { CreateOperation } from '@fujie/shared/core/record/operation.ts'
import { signRecord } from '@fujie/shared/ports/sign-record.ts'
import { Campaign, drawn, isFull, type Counts } from './campaign.ts'
import type { Weakness } from './real-log.ts'

/** The command line with the registry's commands alone: it starts faster. */
const entry = `
  import { runCli } from ${JSON.stringify(join(import.meta.dirname, '../../../shared/cli/run.ts'))}
  import { commands } from ${JSON.stringify(join(import.meta.dirname, '../../../registry/commands.ts'))}
  const streams = { out: (text) => process.stdout.write(text), err: (text) => process.stderr.write(text), language: 'en' }
  process.exitCode = await runCli(commands, process.argv.slice(1), streams)
`
/** All of them where crashes were asked for by name, and by night. */
const cycles = Number(process.env.FUJIE_CRASH_CYCLES ?? (isFull ? 500 : 60))
/** Whole servers, killed while they answer over HTTP. */
const served = isFull ? 12 : 3

interface Served {
  readonly url: string
  readonly log: string
  readonly child: ChildProcess
}

let folder: string
const children: ChildProcess[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fujie-kill-'))
})

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

function run(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, ['--input-type=module', '-e', entry, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  return child
}

async function serve(): Promise<Served> {
  const child = run('registry', 'serve', folder, '--port', '0', '--batch-interval', '5', '--json')
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (data: Buffer) => resolve(String(data)))
    child.once('exit', (code) => reject(new Error(`exit ${code}`)))
  })
  return { ...(JSON.parse(line) as { url: string; log: string }), child }
}

async function audit(): Promise<{ ok: boolean; size: number; disagreement?: { index: number; code: string } }> {
  const child = run('registry', 'audit', folder, '--json')
  let out = ''
  child.stdout?.on('data', (data: Buffer) => (out += String(data)))
  await new Promise((resolve) => child.once('close', resolve))
  return JSON.parse(out) as never
}

function create(log: string, name: string) {
  const key = (part: string) => signerOfJwk(derivePrivateJwk('kill', `${name}/${part}`, 'Ed25519'))
  const next = (part: string) => ({ threshold: 1, thumbprints: [thumbprint(key(part).publicJwk)] })
  const [signer] = [key('first')]
  return signRecord<CreateOperation>(
    {
      ...{ v: 1, kind: 'create', log, class: 'machine', keys: [signer.publicJwk], doc: { keys: [] } },
      next: { update: next('update'), recovery: next('recovery') },
    },
    [{ signer }],
  )
}

/** Submits until the registry is gone; keeps what was acknowledged, outside of it. */
async function load({ url, log }: Served, cycle: number, acknowledged: Map<string, number>): Promise<void> {
  for (let i = 0; ; i++) {
    const { id, text } = await create(log, `${cycle}/${i}`)
    try {
      const answer = await fetch(`${url}/ops`, {
        method: 'POST',
        headers: { 'content-type': 'application/jose' },
        body: text,
      })
      if (answer.status === 201) acknowledged.set(id, ((await answer.json()) as { index: number }).index)
    } catch {
      return
    }
  }
}

/**
 * Kills the registry in the middle of its work, again and again, and counts what that came to.
 *
 * @param forgets what the folder was before the life that ends: as if nothing written since had reached the disk
 */
async function killCycles(lives: number, forgets: boolean): Promise<Counts> {
  const acknowledged = new Map<string, number>()
  const heads = new Map<number, Set<string>>()
  for (let cycle = 0; cycle < lives; cycle++) {
    const before = `${folder}-before`
    if (forgets) await cp(folder, before, { recursive: true })
    const served = await serve()
    const { size, root } = (await (await fetch(`${served.url}/stats`)).json()) as { size: number; root: string }
    heads.set(size, (heads.get(size) ?? new Set()).add(root))
    const loading = load(served, cycle, acknowledged)
    // Once something was acknowledged, any moment will do, also on a machine that is busy.
    const known = acknowledged.size
    await vi.waitUntil(() => acknowledged.size > known + 1, { timeout: 20_000, interval: 5 })
    await new Promise((resolve) => setTimeout(resolve, (cycle * 37) % 170))
    served.child.kill('SIGKILL')
    await loading
    if (!forgets) continue
    await rm(folder, { recursive: true })
    await rename(before, folder)
  }
  const last = await serve()
  const lost = await countLost(last.url, acknowledged)
  for (const [size, roots] of heads) roots.add(await rootAt(last.url, size))
  const duplicates = await countDuplicates(last.url)
  last.child.kill('SIGKILL')
  expect(acknowledged.size).toBeGreaterThan(lives)
  return { lost, forks: [...heads.values()].filter((roots) => roots.size > 1).length, duplicates }
}

async function countLost(url: string, acknowledged: ReadonlyMap<string, number>): Promise<number> {
  let lost = 0
  for (const [id, index] of acknowledged) {
    const found = (await (await fetch(`${url}/ops/${id}`)).json()) as { index?: number }
    if (found.index !== index) lost++
  }
  return lost
}

async function rootAt(url: string, size: number): Promise<string> {
  return ((await (await fetch(`${url}/checkpoints/${size}`)).json()) as { root: string }).root
}

async function countDuplicates(url: string): Promise<number> {
  const ids: string[] = []
  for (let before = Number.MAX_SAFE_INTEGER; ;) {
    const page = await (await fetch(`${url}/records?limit=100&before=${before}`)).json()
    const rows = page as { id: string; index: number }[]
    ids.push(...rows.map(({ id }) => id))
    before = rows.at(-1)?.index ?? 0
    if (rows.length < 100) return ids.length - new Set(ids).size
  }
}

/**
 * Processes that commit, each killed at a moment of its own: most while a batch is being committed, every eighth while
 * it starts and may still be mending what the one before left.
 */
async function kill(campaign: Campaign, lives: number, weak?: Weakness): Promise<void> {
  const draw = drawn(9)
  // One that ends by itself, and so leaves its compiled modules to the others.
  await campaign.live(1, { weak }).ended
  for (let i = 0; i < lives; i++) {
    const life = campaign.live(60, { weak })
    if (i % 8 === 7) await pause(draw() * 120)
    else await life.opened
    await pause(draw() * 40)
    life.child.kill('SIGKILL')
    await life.ended
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

describe('crash/kill9', () => {
  it(
    `a log killed ${cycles} times at any point of a commit loses nothing it acknowledged, forks and doubles nothing`,
    { timeout: 60_000 + cycles * 2_000 },
    async ({ task }) => {
      const campaign = new Campaign(join(folder, 'sound'))
      await mkdir(campaign.folder)
      await kill(campaign, cycles)
      const counts = await campaign.judge()
      expect(campaign.acknowledged).toBeGreaterThan(cycles / 2)
      // The controls: what is acknowledged when it is taken; a head that moves before its batch is on the disk.
      const [early, unstaged] = [new Campaign(join(folder, 'early')), new Campaign(join(folder, 'unstaged'))]
      for (const each of [early, unstaged]) await mkdir(each.folder)
      await kill(early, 12, 'early')
      await kill(unstaged, 24, 'unstaged')
      const failed = [(await early.judge()).lost > 0, (await unstaged.judge()).lost > 0]
      const controlFailedAsItMust = failed.every(Boolean)
      Object.assign(task.meta, { crash: { group: 'crash/kill9', cycles, ...counts, controlFailedAsItMust } })
      expect(counts).toEqual({ lost: 0, forks: 0, duplicates: 0 })
      expect(failed).toEqual([true, true])
    },
  )

  it(
    `a registry killed ${served} times while it serves loses nothing it acknowledged, and never shows a second head`,
    { timeout: 60_000 + served * 10_000 },
    async ({ task }) => {
      const counts = await killCycles(served, false)
      expect(counts).toEqual({ lost: 0, forks: 0, duplicates: 0 })
      expect(await audit()).toMatchObject({ ok: true })
      await rm(folder, { recursive: true })
      await mkdir(folder)
      // The control: a store that had acknowledged before it wrote.
      const control = await killCycles(2, true)
      const controlFailedAsItMust = control.lost > 0
      const crash = { group: 'crash/kill9-served', cycles: served, ...counts, controlFailedAsItMust }
      Object.assign(task.meta, { crash })
      expect(control.lost).toBeGreaterThan(0)
    },
  )

  it('is found out by an audit if one record is altered, even under its old id', { timeout: 60_000 }, async () => {
    const served = await serve()
    const { id, text } = await create(served.log, 'a')
    await fetch(`${served.url}/ops`, { method: 'POST', headers: { 'content-type': 'application/jose' }, body: text })
    served.child.kill('SIGKILL')
    const { size } = await audit()
    const file = join(folder, `tile/entries/000.p/${size}`)
    const entries = parseEntryBundle(new Uint8Array(gunzipSync(await readFile(file)))).map((entry) => {
      const [header, payload, signature = ''] = (utf8Text(entry) ?? '').split('.')
      if ((utf8Text(entry) ?? '') !== text) return entry
      const bytes = decodeBase64url(signature)?.map((byte, i) => (i === 0 ? byte ^ 1 : byte)) ?? new Uint8Array()
      return utf8([header, payload, encodeBase64url(bytes)].join('.'))
    })
    await writeFile(file, gzipSync(formatEntryBundle(entries)))
    expect(id).toHaveLength(43)
    expect(await audit()).toMatchObject({ ok: false, disagreement: { index: 2, code: 'operation.signature_invalid' } })
  })
})
