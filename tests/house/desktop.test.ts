import { spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildDesktop, desktopFolder, entries } from '../../scripts/desktop/build.ts'
import { electronUrl, findElectron } from '../../scripts/desktop/electron.ts'
import { demoPolicyFile } from '../fixtures/desktop.ts'
import { root } from './planted.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fujie-desktop-'))
  await buildDesktop()
}, 120_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

const read = (name: string) => readFile(join(desktopFolder, `${name}.cjs`), 'utf8')
const required = (code: string) => [
  ...new Set(Array.from(code.matchAll(/\brequire\("([^"]+)"\)/g), ([, name]) => name)),
]

describe('the desktop build', () => {
  it.each(entries.filter((name) => name !== 'main'))(
    '%s is at most 8 KiB and requires Electron alone',
    async (name) => {
      expect((await stat(join(desktopFolder, `${name}.cjs`))).size).toBeLessThanOrEqual(8 * 1024)
      expect(required(await read(name))).toEqual(['electron'])
    },
  )

  it('main is one file that requires Electron and Node, and no module by a path', async () => {
    const modules = required(await read('main'))
    expect(modules).toContain('electron')
    const others = modules.filter(
      (name) => name !== 'electron' && !builtinModules.includes((name ?? '').replace('node:', '')),
    )
    expect(others).toEqual([])
  })

  it('names what to start, and holds no packages', async () => {
    const manifest = JSON.parse(await readFile(join(desktopFolder, 'package.json'), 'utf8')) as object
    expect(manifest).toMatchObject({ main: 'main.cjs', private: true })
    expect(manifest).not.toHaveProperty('dependencies')
    expect(manifest).not.toHaveProperty('type')
  })

  it('starts as built, makes a vault over its channel and locks it, under an Electron that is not one', async () => {
    await mkdir(join(folder, 'node_modules/electron'), { recursive: true })
    await writeFile(join(folder, 'node_modules/electron/index.js'), standIn)
    await mkdir(join(folder, 'wallet'))
    await writeFile(join(folder, 'wallet/wallet.json'), JSON.stringify(demoPolicyFile))
    // Outside the repository: in it, Electron's own package would be found first, and fetch its program.
    await cp(desktopFolder, join(folder, 'app'), { recursive: true })
    const child = spawn(process.execPath, [join(folder, 'app/main.cjs')], {
      env: { PATH: process.env.PATH, HOME: folder, TEST_USER_DATA: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let out = ''
    child.stdout.on('data', (bytes) => (out += String(bytes)))
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0)
    const said = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object)
    expect(said).toMatchObject([
      { page: 200 },
      { ok: true, value: { state: 'absent' } },
      { ok: true, value: { words: expect.any(Array) as string[] } },
      { ok: true, value: { technical: { deviceBound: true } } },
      { ok: true, value: { state: 'locked' } },
    ])
  })
})

describe('Electron', () => {
  const place = (more: Readonly<Record<string, string>> = {}) => ({
    ...{ folder: join(root, 'node_modules/electron'), env: more, platform: 'linux' as const, arch: 'x64' },
  })

  it('is fetched from its releases, or from the mirror that is named', () => {
    expect(electronUrl(place())).toBe(
      'https://github.com/electron/electron/releases/download/v45.4.1/electron-v45.4.1-linux-x64.zip',
    )
    expect(electronUrl(place({ ELECTRON_MIRROR: 'https://mirror.example/electron/' }))).toBe(
      'https://mirror.example/electron/v45.4.1/electron-v45.4.1-linux-x64.zip',
    )
  })

  it('is found where it was put, and nowhere before', async () => {
    expect(findElectron(place({ ELECTRON_OVERRIDE_DIST_PATH: folder }))).toBeUndefined()
    await writeFile(join(folder, 'electron'), '')
    expect(findElectron(place({ ELECTRON_OVERRIDE_DIST_PATH: folder }))).toBe(join(folder, 'electron'))
  })
})

/** As much of Electron as a start needs. Its one page asks four questions and leaves. */
const standIn = `
const { EventEmitter } = require('node:events')
const app = Object.assign(new EventEmitter(), {
  isPackaged: true, enableSandbox() {}, requestSingleInstanceLock: () => true, setAsDefaultProtocolClient() {},
  commandLine: { hasSwitch: () => false }, whenReady: () => Promise.resolve(), getPath: () => process.env.TEST_USER_DATA,
  getName: () => 'Fujie', getLocale: () => 'en', quit() {}, exit: (code) => process.exit(code),
})
const handlers = new Map()
let serve
class BrowserWindow extends EventEmitter {
  webContents = Object.assign(new EventEmitter(), { setWindowOpenHandler() {}, getURL: () => this.url })
  setContentProtection() {}
  show() {}
  focus() {}
  isMinimized() { return false }
  async loadURL(url) {
    this.url = url
    app.emit('web-contents-created', {}, this.webContents)
    setTimeout(() => this.play(), 0)
  }
  async play() {
    const page = await serve({ method: 'GET', url: this.url })
    console.log(JSON.stringify({ page: page.status }))
    const event = { sender: this.webContents, senderFrame: { url: this.url, parent: null } }
    const ask = async (method, input) => console.log(JSON.stringify(await handlers.get('wallet')(event, method, input)))
    await ask('vault.state', {})
    await ask('vault.create', { passphrase: 'grove paper lantern tide copper moss', language: 'en' })
    await ask('identity.view', {})
    app.emit('before-quit')
    await ask('vault.state', {})
    process.exit(0)
  }
}
module.exports = {
  app, BrowserWindow, powerMonitor: new EventEmitter(),
  protocol: { registerSchemesAsPrivileged() {}, handle: (_scheme, handler) => (serve = handler) },
  session: { defaultSession: Object.assign(new EventEmitter(), {
    setPermissionRequestHandler() {}, setPermissionCheckHandler() {}, setDevicePermissionHandler() {} }) },
  ipcMain: { handle: (name, handler) => handlers.set(name, handler) },
  safeStorage: {
    isAsyncEncryptionAvailable: async () => true, getSelectedStorageBackend: () => 'gnome_libsecret',
    encryptStringAsync: async (text) => Buffer.from(text),
    decryptStringAsync: async (box) => ({ result: box.toString(), shouldReEncrypt: false }),
  },
  dialog: { showErrorBox: (title, text) => console.error(title, text), showMessageBox: async () => ({ response: 0 }) },
  shell: { openExternal() {} }, Menu: { buildFromTemplate: () => ({}), setApplicationMenu() {} },
}
`
