import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { orFull, syncFolder, writeSynced } from '@fujie/shared/adapters/durable-file.ts'
import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { equalBytes } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import type { VaultStore, VaultWrite } from '../engine/ports.ts'

const current = 'vault.fujie'
const fresh = 'vault.new'
const former = 'vault.prev'
const damaged = 'vault.damaged'
const lock = 'vault.lock'

/**
 * The vault as a file of a folder (security design, 5).
 *
 * A write goes to `vault.new` first and takes its place by two renames, so at every instant one of the three files is
 * whole. A file that turns out broken is kept, as `vault.damaged` once another takes its place.
 */
export function createVaultFile(folder: string): VaultStore & { release(): Promise<void> } {
  let owned = false
  return {
    async claim() {
      if (!owned) owned = await takeLock(folder)
      return owned
    },
    /** Lets another process have it; the lock of one that ended without is taken over too. */
    async release() {
      if (owned) await rm(join(folder, lock), { force: true })
      owned = false
    },
    async load() {
      return (await readStored(folder)).map(({ bytes }) => bytes)
    },
    replace: (before, next) => replaceFile(folder, before, next),
    async remove() {
      for (const name of [former, fresh, current]) await rm(join(folder, name), { force: true })
      await syncFolder(folder)
    },
  }
}

async function replaceFile(folder: string, before: Uint8Array | undefined, next: VaultWrite): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const stored = await readStored(folder)
  if (!beginsWith(stored.find(isWhole)?.bytes, before)) throw new Fault('vault.busy')
  await writeSynced(join(folder, fresh), next.bytes())
  const first = stored.find(({ name }) => name === current)
  if (first !== undefined) await moveAside(folder, isWhole(first) ? former : damaged)
  try {
    // A crash here leaves `vault.new`, whole and newer, to be opened.
    await rename(join(folder, fresh), join(folder, current))
    await syncFolder(folder)
  } catch (thrown) {
    if (first !== undefined) await putBack(folder, isWhole(first) ? former : damaged)
    throw orFull(thrown as NodeJS.ErrnoException)
  }
}

async function moveAside(folder: string, name: string): Promise<void> {
  await rename(join(folder, current), join(folder, name)).catch((thrown: NodeJS.ErrnoException) => {
    throw orFull(thrown)
  })
}

/** Whoever asked is told that the write failed: the state before takes its place again, so that both say the same. */
async function putBack(folder: string, name: string): Promise<void> {
  await rename(join(folder, name), join(folder, current)).catch(() => undefined)
  await rm(join(folder, fresh), { force: true }).catch(() => undefined)
}

interface StoredFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** A lone `vault.new` is the very first write, cut off before anybody was told of it: nothing is stored. */
async function readStored(folder: string): Promise<readonly StoredFile[]> {
  const read = await Promise.all(
    [current, fresh, former].map(async (name) => ({ name, bytes: await readIfThere(join(folder, name)) })),
  )
  const stored = read.filter((file): file is StoredFile => file.bytes !== undefined)
  return stored.some(({ name }) => name !== fresh) ? stored : []
}

function isWhole({ bytes }: StoredFile): boolean {
  const end = bytes.length - 32
  return end >= 0 && equalBytes(sha256(bytes.subarray(0, end)), bytes.subarray(end))
}

function beginsWith(stored: Uint8Array | undefined, head: Uint8Array | undefined): boolean {
  if (stored === undefined || head === undefined) return stored === head
  return equalBytes(stored.subarray(0, head.length), head)
}

async function readIfThere(file: string): Promise<Uint8Array | undefined> {
  try {
    if ((await stat(file)).size > limits.vault) throw new Fault('limit.exceeded', { limit: 'vault' })
    return new Uint8Array(await readFile(file))
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw thrown
  }
}

/** One process at a time: the lock names it, and a lock of a process that is gone is taken over. */
async function takeLock(folder: string): Promise<boolean> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, lock)
  for (const again of [true, false]) {
    try {
      const handle = await open(file, 'wx', 0o600)
      await handle.writeFile(String(process.pid))
      await handle.close()
      return true
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown
      const owner = Number((await readIfThere(file))?.reduce((digits, byte) => digits + String.fromCharCode(byte), ''))
      if (owner === process.pid || isRunning(owner)) return owner === process.pid
      if (again) await rm(file, { force: true })
    }
  }
  return false
}

function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    return process.kill(pid, 0)
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM'
  }
}
