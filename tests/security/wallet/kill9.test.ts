import { spawn, type ChildProcess } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemRandom as random } from '@fujie/shared/adapters/random-system.ts'
import { utf8, utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { createMirrorFile } from '@fujie/wallet/adapters/mirror-file.ts'
import { createVaultFile } from '@fujie/wallet/adapters/vault-file.ts'
import { drawVault } from '@fujie/wallet/engine/new-vault.ts'
import { leastCost } from '@fujie/wallet/engine/vault-kdf.ts'
import { createVault, openVault } from '@fujie/wallet/engine/vault.ts'
import { drawn, isFull } from '../crash/campaign.ts'

const writer = join(import.meta.dirname, 'writer.ts')
const NODE_COMPILE_CACHE = join(import.meta.dirname, '../../../node_modules/.cache/fujie-crash')
const entropy = new Uint8Array(32).fill(9)
const cycles = isFull ? 200 : 12
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fujie-kill-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function portsIn(place: string) {
  return {
    store: createVaultFile(join(place, 'vault')),
    mirror: createMirrorFile(join(place, 'state/mirror.json')),
    random,
  }
}

async function newPlace(name: string): Promise<string> {
  const place = join(folder, name)
  await mkdir(place)
  const secrets = { passphrase: 'x', demo: true, cost: leastCost, device: undefined, entropy }
  const vault = await createVault(portsIn(place), await drawVault(random, secrets))
  vault.close()
  return place
}

interface Life {
  readonly child: ChildProcess
  readonly said: string[]
  readonly opened: Promise<void>
  /** Something was acknowledged in this life. */
  readonly acknowledged: Promise<void>
  readonly ended: Promise<void>
}

function live(place: string, weak = ''): Life {
  const child = spawn(process.execPath, [writer, place, weak], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE },
  })
  const said: string[] = []
  const lines = createInterface(child.stdout as NodeJS.ReadableStream)
  const opened = new Promise<void>((resolve) => lines.once('line', () => resolve()))
  const acknowledged = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      said.push(line)
      if (said.length > 1) resolve()
    })
    lines.once('close', resolve)
  })
  const ended = new Promise<void>((resolve) => lines.once('close', () => resolve()))
  return { child, said, opened, acknowledged, ended }
}

/** Kills a writer again and again; how many acknowledged commits were not there afterwards. */
async function kill(place: string, times: number, weak = ''): Promise<{ lost: number; acknowledged: number }> {
  const draw = drawn(5)
  let [lost, last] = [0, 0]
  for (let i = 0; i < times; i++) {
    const { child, said, opened, acknowledged, ended } = live(place, weak)
    // Every fourth may still be mending what the one before left.
    await (i % 4 === 3 ? opened : acknowledged)
    await new Promise((resolve) => setTimeout(resolve, draw() * (weak === '' ? 40 : 4)))
    child.kill('SIGKILL')
    await ended
    last = Math.max(last, ...said.map(Number).filter(Number.isFinite))
    const vault = await openVault(portsIn(place), { kind: 'recovery', entropy })
    const n = Number(utf8Text(vault.get('settings', 'n') ?? utf8('0')))
    if (n < last || vault.all('history').size !== n) lost++
    vault.close()
    last = n
  }
  return { lost, acknowledged: last }
}

describe('vault/kill9', () => {
  it(
    `a vault whose process is killed ${cycles} times at any point of a commit loses nothing it acknowledged`,
    { timeout: 60_000 + cycles * 3_000 },
    async ({ task }) => {
      const { lost, acknowledged } = await kill(await newPlace('sound'), cycles)
      expect(acknowledged).toBeGreaterThan(cycles / 2)
      // The control: acknowledged before it is written.
      const control = await kill(await newPlace('early'), 12, 'early')
      const controlFailedAsItMust = control.lost > 0
      const crash = { group: 'vault/kill9', cycles, lost, forks: 0, duplicates: 0, controlFailedAsItMust }
      Object.assign(task.meta, { crash })
      expect(lost).toBe(0)
      expect(controlFailedAsItMust).toBe(true)
    },
  )

  it('leaves the vault to one process, and to the next once that is gone', { timeout: 60_000 }, async () => {
    const place = await newPlace('busy')
    const first = live(place)
    await first.opened
    const second = live(place)
    await second.ended
    expect(second.said).toEqual(['busy'])
    first.child.kill('SIGKILL')
    await first.ended
    const third = live(place)
    await third.opened
    expect(third.said[0]).toBe('open')
    third.child.kill('SIGKILL')
    await third.ended
  })
})
