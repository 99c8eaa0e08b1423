import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { linkSchemes } from '@fujie/wallet/electron/links.ts'
import { root } from '../../house/planted.ts'
import { vi } from 'vitest'

vi.mock('electron', async () => (await import('../../fixtures/fake-electron.ts')).electron)

const text = readFileSync(join(root, 'electron-builder.yml'), 'utf8')

/** The indented lines under a name of the first level. */
function under(name: string): readonly string[] {
  const lines = text.split('\n')
  const start = lines.indexOf(`${name}:`)
  const rest = start < 0 ? [] : lines.slice(start + 1)
  const end = rest.findIndex((line) => !line.startsWith(' '))
  return rest.slice(0, end < 0 ? rest.length : end).map((line) => line.trim())
}

describe('what is packed', () => {
  it('has every fuse of the security design set, each as it says', () => {
    const fuses = Object.fromEntries(under('electronFuses').map((line) => line.split(': ')))
    expect(fuses).toEqual({
      ...{ runAsNode: 'false', enableNodeOptionsEnvironmentVariable: 'false', enableNodeCliInspectArguments: 'false' },
      ...{ grantFileProtocolExtraPrivileges: 'false', enableCookieEncryption: 'true', onlyLoadAppFromAsar: 'true' },
      ...{ enableEmbeddedAsarIntegrityValidation: 'true', loadBrowserProcessSpecificV8Snapshot: 'true' },
    })
  })

  it('is the built folder alone, in an archive, of the version that is installed here', () => {
    expect(under('directories')).toContain('app: dist/desktop')
    expect(text).toMatch(/^asar: true$/m)
    expect(text).not.toMatch(/asarUnpack|extraFiles|extraResources/)
    const { version } = JSON.parse(readFileSync(join(root, 'node_modules/electron/package.json'), 'utf8')) as {
      version: string
    }
    expect(text).toContain(`\nelectronVersion: ${version}\n`)
  })

  it('opens the links that the wallet reads, and no others', () => {
    const named = under('protocols').filter((line) => line.startsWith('- ') && !line.includes(':'))
    expect(named.map((line) => line.slice(2)).toSorted()).toEqual([...linkSchemes].toSorted())
  })

  it('brings the snapshot that a fuse makes the browser process start from', async () => {
    const { default: afterPack } = createRequire(import.meta.url)(join(root, '.ci/release/after-pack.cjs')) as {
      default: (context: { appOutDir: string }) => void
    }
    const folder = await mkdtemp(join(tmpdir(), 'fujie-packed-'))
    expect(() => afterPack({ appOutDir: folder })).toThrow(/no v8_context_snapshot/)
    await mkdir(join(folder, 'Resources'))
    await writeFile(join(folder, 'v8_context_snapshot.bin'), 'x')
    await writeFile(join(folder, 'Resources/v8_context_snapshot.arm64.bin'), 'x')
    afterPack({ appOutDir: folder })
    const files = (await readdir(folder, { recursive: true })).filter((file) => file.includes('browser_'))
    expect(files.toSorted()).toEqual([
      join('Resources', 'browser_v8_context_snapshot.arm64.bin'),
      'browser_v8_context_snapshot.bin',
    ])
  })
})
