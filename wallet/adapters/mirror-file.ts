import { mkdir, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncFolder, writeSynced } from '@fujie/shared/adapters/durable-file.ts'
import type { Mirror, MirrorStore } from '../engine/ports.ts'

/** The newest state seen, in a file of the system's state folder: apart from the vault, so both must be put back to cheat. */
export function createMirrorFile(file: string): MirrorStore {
  return {
    async get() {
      try {
        return parseMirror(await readFile(file, 'utf8'))
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw thrown
      }
    },
    async put(mirror) {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 })
      await writeSynced(`${file}.new`, JSON.stringify(mirror))
      await rename(`${file}.new`, file)
      // Unsynced, some writes in a row could be forgotten at once, and the vault would look rolled back.
      await syncFolder(dirname(file))
    },
  }
}

/** What cannot be read is no mirror: the vault is then treated as one of unknown age. */
function parseMirror(text: string): Mirror | undefined {
  try {
    const { vaultId, generation, headerHash } = JSON.parse(text) as Partial<Mirror>
    if (typeof vaultId !== 'string' || typeof headerHash !== 'string' || !Number.isSafeInteger(generation))
      return undefined
    return { vaultId, generation: generation as number, headerHash }
  } catch {
    return undefined
  }
}
