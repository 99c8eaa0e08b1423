import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it, vi } from 'vitest'
import { demoPolicyFile } from '../../fixtures/desktop.ts'
import type * as pageScheme from '@fujie/wallet/electron/page-scheme.ts'
import { fake, FakeWindow, reset } from '../../fixtures/fake-electron.ts'

vi.mock('electron', async () => (await import('../../fixtures/fake-electron.ts')).electron)

/** Runs main as a fresh process would, over a folder of its own, and waits until it has shown something or ended. */
async function run(prepare: (state: typeof fake) => void = () => undefined) {
  vi.resetModules()
  reset()
  fake.app.userData = folder
  prepare(fake)
  await import('@fujie/wallet/electron/main.ts')
  await vi.waitFor(() => {
    if (FakeWindow.all.length + fake.app.ended.length + fake.said.length === 0) throw new Error('not yet')
  })
  await new Promise((resolve) => setTimeout(resolve, 50))
  return { fake: { ...fake }, windows: FakeWindow.all }
}

let folder: string
const pages = vi.hoisted(() => ({ served: [] as string[] }))
vi.mock('../../../wallet/electron/page-scheme.ts', async (original) => ({
  ...(await original<typeof pageScheme>()),
  servePages: (at: string) => {
    pages.served.push(at)
    return () => Promise.resolve(new Response())
  },
}))

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fujie-desktop-'))
  await mkdir(join(folder, 'wallet'))
  await writeFile(join(folder, 'wallet', 'wallet.json'), JSON.stringify(demoPolicyFile))
})

it('settles sandbox and scheme before anything is ready, then opens one window', async () => {
  const { fake, windows } = await run()
  expect(fake.app.isSandboxed).toBe(true)
  expect(fake.schemes).toEqual([
    {
      scheme: 'app',
      privileges: { standard: true, secure: true, supportFetchAPI: true },
      wasReady: false,
    },
  ])
  expect(windows.map(({ webContents }) => webContents.url)).toEqual(['app://fujie/wallet/index.html'])
  expect(pages.served.at(-1)).toMatch(/pages$/)
})

it('leaves at once where another wallet runs', async () => {
  const { fake, windows } = await run((state) => (state.app.isFirst = false))
  expect([fake.app.ended, windows, fake.handlers.size]).toEqual([['quit'], [], 0])
})

it.each(['remote-debugging-port', 'remote-debugging-pipe', 'load-extension', 'disable-web-security', 'js-flags'])(
  'refuses to run with --%s once released, and runs without',
  async (name) => {
    const opened = await run((state) => state.app.switches.add(name))
    expect([opened.fake.app.ended, opened.windows]).toEqual([['exit 1'], []])
    const developing = await run((state) => {
      state.app.switches.add(name)
      state.app.isPackaged = false
    })
    expect(developing.windows).toHaveLength(1)
    expect((await run()).windows).toHaveLength(1)
  },
)

it('takes no folder and no settings from the environment once released', async () => {
  vi.stubEnv('FUJIE_WALLET_CONFIG', join(folder, 'nothing.json'))
  expect((await run()).windows).toHaveLength(1)
  const developing = await run((state) => (state.app.isPackaged = false))
  expect([developing.fake.app.ended, developing.windows]).toEqual([['exit 1'], []])
  expect(developing.fake.said).toEqual([expect.stringMatching(/设置文件|settings file/)])
  vi.unstubAllEnvs()
})

it('says why it cannot start: settings that are not whole', async () => {
  await writeFile(join(folder, 'wallet', 'wallet.json'), JSON.stringify({ ...demoPolicyFile, policy: { v: 1 } }))
  const { fake, windows } = await run()
  expect([fake.app.ended, windows]).toEqual([['exit 1'], []])
})

it.runIf(process.platform === 'linux')(
  'tells of a keychain that protects nothing before a passphrase is chosen',
  async () => {
    const { fake, windows } = await run((state) => (state.storage.backend = 'basic_text'))
    expect(fake.said).toEqual(['This computer has no usable keychain'])
    expect(windows).toHaveLength(1)
    expect((await run()).fake.said).toEqual([])
  },
)
