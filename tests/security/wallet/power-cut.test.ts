import { describe, expect, it, vi } from 'vitest'
import { systemRandom as random } from '@fujie/shared/adapters/random-system.ts'
import { utf8, utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { createMirrorFile } from '@fujie/wallet/adapters/mirror-file.ts'
import { createVaultFile } from '@fujie/wallet/adapters/vault-file.ts'
import { drawVault } from '@fujie/wallet/engine/new-vault.ts'
import { leastCost } from '@fujie/wallet/engine/vault-kdf.ts'
import { createVault, openVault, type Vault, type VaultPorts } from '@fujie/wallet/engine/vault.ts'
import { PowerCut, SimulatedDisk, type Luck, type Trouble } from './simulated-disk.ts'

/*
 * A vault on a disk that loses what was not synchronised. The power is cut before every write, sync and rename of some
 * commits, and each time in every state the disk may be in then.
 */

const present = vi.hoisted(() => ({ disk: undefined as unknown as { promises: Record<string, unknown> } }))
vi.mock('node:fs/promises', () => {
  const call =
    (name: string) =>
    (...args: unknown[]) =>
      (present.disk.promises[name] as (...given: unknown[]) => unknown)(...args)
  const names = ['mkdir', 'open', 'readFile', 'rename', 'rm', 'stat', 'link']
  return Object.fromEntries(names.map((name) => [name, call(name)]))
})
vi.mock('hash-wasm', () => import('../../fixtures/cheap-argon2.ts'))

const entropy = new Uint8Array(32).fill(9)
const words = { kind: 'recovery' as const, entropy }
const secrets = { passphrase: 'x', demo: true, cost: leastCost, device: undefined, entropy }
/** The number of the last commit. */
const last = 4
const drawn = await drawVault(random, secrets)

/** A disk with a vault of which `commits` commits were acknowledged, the n-th of which wrote n. */
async function diskWith(commits: number): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk()
  present.disk = disk
  const vault = await createVault(ports(), { ...drawn, vaultKey: drawn.vaultKey.slice() })
  await writeUpTo(vault, commits)
  return disk
}

function ports(): VaultPorts {
  return { store: createVaultFile('/vault'), mirror: createMirrorFile('/state/mirror.json'), random }
}

async function writeUpTo(vault: Vault, commits: number, acknowledge: (n: number) => void = () => undefined) {
  for (let n = written(vault) + 1; n <= commits; n++) {
    await vault.commit([
      { store: 'history', id: `${n}`, value: utf8('x'.repeat(200)) },
      { store: 'settings', id: 'n', value: utf8(`${n}`) },
    ])
    acknowledge(n)
  }
}

function written(vault: Vault): number {
  return Number(utf8Text(vault.get('settings', 'n') ?? utf8('0')))
}

/** Commits two to four under trouble: how many were acknowledged, and how it ended. */
async function commitUnder(disk: SimulatedDisk, trouble: Trouble): Promise<{ acknowledged: number; error: unknown }> {
  const vault = await openVault(ports(), words)
  let acknowledged = written(vault)
  disk.expect(trouble)
  try {
    await writeUpTo(vault, last, (n) => (acknowledged = n))
    return { acknowledged, error: undefined }
  } catch (error) {
    return { acknowledged, error }
  }
}

/** Opens what is there and compares it with what was acknowledged. */
async function judge(acknowledged: number): Promise<'kept' | 'lost' | 'rolled back' | 'torn'> {
  try {
    const vault = await openVault(ports(), words)
    const n = written(vault)
    const isWhole = Array.from({ length: n }, (_, i) => vault.get('history', `${i + 1}`)).every(Boolean)
    if (!isWhole || vault.all('history').size !== n) return 'torn'
    if (n < acknowledged || n > acknowledged + 1) return 'lost'
    await vault.commit([])
    return 'kept'
  } catch (thrown) {
    return thrown instanceof Fault && thrown.code === 'vault.rolled_back' ? 'rolled back' : 'lost'
  }
}

const stepsOfAll = await (async () => {
  const disk = await diskWith(1)
  await commitUnder(disk, {})
  return disk.steps
})()

/** Every cut of every step of these commits. */
async function* cuts(trouble: Trouble = {}): AsyncGenerator<Awaited<ReturnType<typeof judge>>> {
  for (let cutAt = 1; cutAt <= stepsOfAll + 1; cutAt++) {
    for (let namings = 0; ; namings++) {
      let most = 0
      for (const contents of ['none', 'half', 'all'] as const) {
        const disk = await diskWith(1)
        const { acknowledged, error } = await commitUnder(disk, { ...trouble, cutAt })
        expect(error === undefined || error instanceof PowerCut || cutAt > stepsOfAll).toBe(true)
        most = disk.pendingNamings
        disk.cut({ namings, contents } satisfies Luck)
        yield judge(acknowledged)
      }
      if (namings >= most) break
    }
  }
}

describe('vault/power-cut', () => {
  it('loses nothing that was acknowledged, whenever the power is cut and whatever reached the disk', async ({
    task,
  }) => {
    const ends: string[] = []
    for await (const end of cuts()) ends.push(end)
    expect(ends.filter((end) => end !== 'kept')).toEqual([])
    expect(ends.length).toBeGreaterThan(200)
    // The control: a disk that says synchronised before it is.
    const lied: string[] = []
    for await (const end of cuts({ lying: true })) lied.push(end)
    const lost = lied.filter((end) => end !== 'kept').length
    Object.assign(task.meta, {
      crash: {
        group: 'vault/power-cut',
        cycles: ends.length,
        lost: 0,
        forks: 0,
        duplicates: 0,
        controlFailedAsItMust: lost > 0,
      },
    })
    expect(lost).toBeGreaterThan(0)
  })

  it.each(['ENOSPC', 'EDQUOT'])(
    'stays as it was when a step fails with %s, and goes on with room again',
    async (code) => {
      for (let failAt = 1; failAt <= stepsOfAll; failAt++) {
        const disk = await diskWith(1)
        const vault = await openVault(ports(), words)
        disk.expect({ failAt, code })
        const acknowledged: number[] = []
        const error: unknown = await writeUpTo(vault, last, (n) => acknowledged.push(n)).catch(
          (thrown: unknown) => thrown,
        )
        // A mirror that could not be written is owed, and written before the next commit.
        if (error !== undefined) expect(error, `step ${failAt}`).toMatchObject({ code: 'store.full' })
        disk.expect({})
        expect(written(vault)).toBe(acknowledged.at(-1) ?? 1)
        expect(await judgeStored(written(vault)), `step ${failAt}`).toBe('kept')
        await writeUpTo(vault, last)
        expect(await judge(last), `step ${failAt}`).toBe('kept')
      }
    },
  )

  it('is no vault at all, or a whole one, after a cut in its very first write', async () => {
    const make = (disk: SimulatedDisk) => {
      present.disk = disk
      return createVault(ports(), { ...drawn, vaultKey: drawn.vaultKey.slice() }, [
        { store: 'settings', id: 'n', value: utf8('0') },
      ])
    }
    const probe = new SimulatedDisk()
    await make(probe)
    for (let cutAt = 1; cutAt <= probe.steps; cutAt++) {
      for (const namings of [0, 1, 2, 9]) {
        const disk = new SimulatedDisk()
        disk.expect({ cutAt })
        await make(disk).catch(() => undefined)
        disk.cut({ namings, contents: 'half' })
        const ended = await openVault(ports(), words).then(
          () => 'whole',
          (thrown: unknown) => (thrown instanceof Fault ? thrown.code : String(thrown)),
        )
        expect(['whole', 'vault.absent'], `step ${cutAt}, ${namings}`).toContain(ended)
        if (ended === 'vault.absent') await make(disk)
        expect(await openVault(ports(), words)).toBeDefined()
      }
    }
  })
})

/** As `judge`, without a commit of its own beside the open vault. */
async function judgeStored(acknowledged: number): Promise<string> {
  const vault = await openVault(ports(), words).catch((thrown: unknown) => thrown)
  return vault instanceof Error ? String(vault) : written(vault as Vault) === acknowledged ? 'kept' : 'lost'
}
