import { open } from 'node:fs/promises'
import { Fault } from '../core/fault.ts'

/**
 * Writes a file and waits until the disk has it; its name is durable once its folder is synchronised too.
 *
 * @throws Fault `store.full`
 */
export async function writeSynced(file: string, content: Uint8Array | string): Promise<void> {
  try {
    const handle = await open(file, 'w', 0o600)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (thrown) {
    throw orFull(thrown as NodeJS.ErrnoException)
  }
}

/** A disk without room is `store.full`; anything else that went wrong stays what it is. */
export function orFull(cause: NodeJS.ErrnoException): Error {
  const isFull = cause.code === 'ENOSPC' || cause.code === 'EDQUOT'
  return isFull ? new Fault('store.full', {}, { cause }) : cause
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
