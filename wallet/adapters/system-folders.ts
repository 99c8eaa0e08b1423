import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { toHex, utf8 } from '@fujie/shared/core/encoding/bytes.ts'

/** What the system says of itself: `process.platform` and `process.env`. */
export interface SystemFolders {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Where a wallet lies unless its folder is named: the place the system has for what programs keep. */
export function usualFolder(system: SystemFolders): string {
  return join(keptIn(system), 'wallet')
}

/**
 * Where the newest state of the vault in a folder is noted. Never in the folder itself, so that a copy of it put back
 * later is noticed.
 */
export function mirrorFile(folder: string, system: SystemFolders): string {
  const name = toHex(sha256(utf8(resolve(folder)))).slice(0, 32)
  return join(stateIn(system), 'mirrors', `${name}.json`)
}

function keptIn({ platform, env }: SystemFolders): string {
  if (platform === 'win32') return join(env.APPDATA ?? homedir(), 'Fujie')
  if (platform === 'darwin') return join(homedir(), 'Library/Application Support/Fujie')
  return join(absolute(env.XDG_DATA_HOME) ?? join(homedir(), '.local/share'), 'fujie')
}

function stateIn({ platform, env }: SystemFolders): string {
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? homedir(), 'Fujie')
  if (platform === 'darwin') return join(homedir(), 'Library/Application Support/Fujie State')
  return join(absolute(env.XDG_STATE_HOME) ?? join(homedir(), '.local/state'), 'fujie')
}

/** XDG base directories: a path that is not absolute counts as absent. */
function absolute(path: string | undefined): string | undefined {
  return path?.startsWith('/') === true ? path : undefined
}
