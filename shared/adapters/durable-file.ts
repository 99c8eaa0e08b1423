import { open } from 'node:fs/promises'
import { Fault } from '../core/fault.ts'

/**
 * Writes a file and waits until the disk has it; its name is durable once its folder is synchronised too.
 *
 * @throws Fault `store.full`
 */
export async function writeSynced(file: string, content: Uint8Array | string): Promise<void> {
  const handle = await open(file, 'w', 0o600).catch(orFull)
  try {
    await handle.writeFile(content).catch(orFull)
    await handle.sync().catch(orFull)
  } finally {
    await handle.close()
  }
}

function orFull(cause: NodeJS.ErrnoException): never {
  if (cause.code === 'ENOSPC' || cause.code === 'EDQUOT') throw new Fault('store.full', {}, { cause })
  throw cause
}

/** Renames are durable once the folder is. Windows opens no folders and needs no such step. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
