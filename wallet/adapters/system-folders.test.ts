import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { mirrorFile, usualFolder } from './system-folders.ts'

describe('where a wallet lies', () => {
  it('follows the system', () => {
    expect(usualFolder({ platform: 'linux', env: {} })).toBe(join(homedir(), '.local/share/fujie/wallet'))
    expect(usualFolder({ platform: 'linux', env: { XDG_DATA_HOME: '/kept' } })).toBe('/kept/fujie/wallet')
    expect(usualFolder({ platform: 'linux', env: { XDG_DATA_HOME: 'kept' } })).toContain('.local/share')
    expect(usualFolder({ platform: 'darwin', env: {} })).toContain('Application Support')
    expect(usualFolder({ platform: 'win32', env: { APPDATA: '/roaming' } })).toBe(join('/roaming', 'Fujie', 'wallet'))
  })

  it.each(['linux', 'darwin', 'win32'] as const)('keeps the mirror on %s apart from the vault', (platform) => {
    const system = { platform, env: { APPDATA: '/roaming', LOCALAPPDATA: '/local' } }
    const folder = usualFolder(system)
    const mirror = mirrorFile(folder, system)
    expect(mirror.startsWith(dirname(folder) + '/')).toBe(false)
    expect(mirrorFile('/elsewhere', system)).not.toBe(mirror)
    expect(mirrorFile(`${folder}/../wallet`, system)).toBe(mirror)
  })
})
