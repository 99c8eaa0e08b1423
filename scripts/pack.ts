// npm run pack -- [--settings FILE] [--unpacked] [--target linux|mac|win]: the desktop wallet as a program, in dist/packed.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readSettings } from '@fujie/wallet/adapters/settings-file.ts'
import { buildDesktop, desktopFolder } from './desktop/build.ts'

const root = join(import.meta.dirname, '..')
const builder = join(root, '.ci/release/node_modules/electron-builder/cli.js')

const { values } = parseArgs({
  options: {
    settings: { type: 'string' },
    unpacked: { type: 'boolean', default: false },
    target: {
      type: 'string',
      default: { darwin: 'mac', win32: 'win' }[process.platform as 'darwin' | 'win32'] ?? 'linux',
    },
  },
})
if (!['linux', 'mac', 'win'].includes(values.target)) stop(`No target is called ${values.target}: linux, mac or win.`)
if (!existsSync(builder)) stop('electron-builder is not installed: run `npm ci` in .ci/release.')

await buildDesktop({ settings: values.settings })
// Settings that nobody could start with are found here, not by the first person who starts it.
if (values.settings !== undefined) await readSettings(desktopFolder)

const words = ['--config', 'electron-builder.yml', '--projectDir', root, `--${values.target}`]
const packed = spawnSync(process.execPath, [builder, ...words, ...(values.unpacked ? ['--dir'] : [])], {
  cwd: root,
  stdio: 'inherit',
})
if (packed.status !== 0)
  stop(
    'Nothing was packed. electron-builder fetches Electron 45.4.1 and its own tools: where github.com cannot be reached, ' +
      'set ELECTRON_MIRROR and ELECTRON_BUILDER_BINARIES_MIRROR.',
  )
console.log(`packed in ${join(root, 'dist/packed')}`)

function stop(message: string): never {
  console.error(message)
  process.exit(1)
}
