import { beforeEach, describe, expect, it, vi } from 'vitest'
import { builtPages, loneEngine, startDesktop, withNews } from '../../fixtures/desktop.ts'
import { fake, FakeContents, FakeWindow, reset } from '../../fixtures/fake-electron.ts'

vi.mock('electron', async () => (await import('../../fixtures/fake-electron.ts')).electron)
beforeEach(reset)

const settle = () => new Promise((resolve) => setTimeout(resolve, 0))

describe('a page of the desktop wallet', () => {
  it('is isolated, sandboxed, and kept from screenshots', async () => {
    const { main } = await startDesktop(loneEngine())
    expect(main.isProtected).toBe(true)
    expect(main.options.webPreferences).toMatchObject({
      ...{ contextIsolation: true, sandbox: true, webSecurity: true, devTools: false },
      ...{ nodeIntegration: false, nodeIntegrationInWorker: false, nodeIntegrationInSubFrames: false },
      ...{ webviewTag: false, navigateOnDragDrop: false, spellcheck: false, allowRunningInsecureContent: false },
    })
    expect(main.options.webPreferences.preload).toMatch(/preload-wallet\.cjs$/)
  })

  it('goes nowhere, opens nothing and holds no other page', async () => {
    const { contents } = await startDesktop(loneEngine())
    // The control: one that nobody confines does all of it.
    const free = new FakeContents()
    expect([free.tries('will-navigate'), free.opens('https://a.example/')]).toEqual([true, true])
    expect(contents.tries('will-navigate', 'https://a.example/')).toBe(false)
    expect(contents.tries('will-navigate', 'app://fujie/wallet/index.html?again')).toBe(false)
    expect(contents.tries('will-redirect', 'https://a.example/')).toBe(false)
    expect(contents.tries('will-frame-navigate', 'https://a.example/', { isMainFrame: false })).toBe(false)
    expect(contents.tries('will-attach-webview')).toBe(false)
    expect(contents.opens('https://a.example/')).toBe(false)
    expect(contents.opens('app://fujie/consent/index.html')).toBe(false)
  })

  it('downloads nothing', async () => {
    expect(fake.session.downloads()).toBe(true)
    await startDesktop(loneEngine())
    expect(fake.session.downloads()).toBe(false)
  })

  it('has the camera while it scans, and no other permission ever', async () => {
    const { contents } = await startDesktop(loneEngine())
    const at = (url: string) => ((contents.url = url), fake.session.grants(contents, 'media', ['video']))
    const yes = { asked: true, looked: true }
    const no = { asked: false, looked: false }
    expect(at('app://fujie/wallet/index.html#/scan')).toEqual(yes)
    expect(at('app://fujie/wallet/index.html#/home')).toEqual(no)
    expect(at('app://fujie/consent/index.html#/scan')).toEqual(no)
    expect(at('https://a.example/wallet/index.html#/scan')).toEqual(no)
    contents.url = 'app://fujie/wallet/index.html#/scan'
    expect(fake.session.grants(contents, 'media', ['audio'])).toEqual(no)
    expect(fake.session.grants(contents, 'media', ['video', 'audio']).asked).toBe(false)
    expect(fake.session.grants(contents, 'media', ['video'], false).asked).toBe(false)
    for (const permission of [
      'geolocation',
      'notifications',
      'midi',
      'clipboard-read',
      'display-capture',
      'hid',
      'unknown',
    ])
      expect(fake.session.grants(contents, permission)).toEqual(no)
    expect(fake.session.device?.()).toBe(false)
    expect(fake.session.grants(contents, 'media', ['video'])).toEqual(yes)
  })

  it.each([
    ['https://hotel.example/back', 1, ['https://hotel.example/back']],
    ['https://hotel.example/back', 0, []],
    ['http://hotel.example/back', 1, []],
    ['https://somebody@hotel.example/', 1, []],
    ['file:///etc/passwd', 1, []],
    ['ms-settings:', 1, []],
    ['nothing', 1, []],
  ] as const)('hands %s outside when the person presses %i: %j', async (address, presses, outside) => {
    const { contents } = await startDesktop(loneEngine())
    fake.presses = presses
    contents.opens(address)
    await settle()
    expect(fake.outside).toEqual(outside)
    const isAsked = address.startsWith('https://hotel')
    expect(fake.said).toEqual(isAsked ? [expect.stringContaining('hotel.example')] : [])
  })
})

describe('what is served to them', () => {
  const policy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; " +
    "media-src 'self' blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; " +
    'trusted-types svelte-trusted-html fujie-script-url'

  it('is a fixed list of files, under the policy of the security design', async () => {
    await startDesktop(loneEngine())
    const get = async (url: string, method = 'GET') => (await fake.pages?.({ method, url }))?.status
    const page = await fake.pages?.({ method: 'GET', url: 'app://fujie/wallet/index.html' })
    expect(page?.headers.get('content-security-policy')).toBe(policy)
    expect(page?.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await get('app://fujie/consent/assets/main-AAAAAAAA.js')).toBe(200)
    for (const url of [
      'app://fujie/secret.js',
      'app://fujie/wallet/../secret.js',
      'app://fujie/wallet/%2e%2e/secret.js',
      'app://fujie/wallet/..%2fsecret.js',
      'app://fujie/wallet/assets/notes.txt',
      'app://fujie/wallet/assets/constructor',
      'app://fujie/',
      'app://other/wallet/index.html',
      'file:///wallet/index.html',
    ])
      expect(`${url} ${await get(url)}`).toBe(`${url} 404`)
    expect(await get('app://fujie/wallet/index.html', 'POST')).toBe(404)
  })

  it('is listed once: what turns up later is not served', async () => {
    const { servePages } = await import('@fujie/wallet/electron/page-scheme.ts')
    const { writeFile } = await import('node:fs/promises')
    const folder = await builtPages()
    const serve = servePages(folder)
    await writeFile(`${folder}/wallet/assets/planted.js`, 'x')
    const status = async (path: string) => (await serve({ method: 'GET', url: `app://fujie/${path}` })).status
    expect(await status('wallet/assets/planted.js')).toBe(404)
    expect(await status('wallet/assets/main-AAAAAAAA.js')).toBe(200)
  })
})

describe('the windows', () => {
  it('answer a request in one of its own, which is gone with the vault', async () => {
    const { engine, tell } = withNews(loneEngine())
    const { main } = await startDesktop(engine)
    await engine.wallet['vault.create']({ demo: true, language: 'en' })
    tell({ kind: 'request', id: 'r1', state: 'arrived' })
    const consent = await vi.waitFor(() => FakeWindow.all[1] ?? Promise.reject(new Error('no window')))
    expect(consent.webContents.url).toBe('app://fujie/consent/index.html#/consent/r1')
    expect(consent.options.webPreferences.preload).toMatch(/preload-consent\.cjs$/)
    expect(consent.isProtected).toBe(true)

    const view = (from: FakeWindow, channel: string) =>
      fake.ask(channel, from.webContents, from.webContents.frame(), 'request.view', { id: 'r1' })
    expect(await view(consent, 'consent')).toEqual({ ok: false, code: 'consent.unknown' })
    expect(await view(consent, 'wallet')).toEqual({ ok: false, code: 'request.malformed' })
    expect(await view(main, 'consent')).toEqual({ ok: false, code: 'request.malformed' })

    tell({ kind: 'request', id: 'r1', state: 'arrived' })
    tell({ kind: 'vault' })
    await vi.waitFor(async () => expect((await engine.wallet['vault.state']({})).state).toBe('open'))
    expect(FakeWindow.all).toEqual([main, consent])
    await engine.wallet['vault.lock']({})
    tell({ kind: 'vault' })
    await vi.waitFor(() => expect(FakeWindow.all).toEqual([main]))
  })

  it('share nothing when one is closed', async () => {
    const declined: string[] = []
    const { engine, tell } = withNews(loneEngine())
    const decline = ({ id }: { readonly id: string }) => {
      declined.push(id)
      return Promise.resolve({})
    }
    await startDesktop({ ...engine, consent: { ...engine.consent, 'request.decline': decline } })
    tell({ kind: 'request', id: 'r1', state: 'arrived' })
    const consent = await vi.waitFor(() => FakeWindow.all[1] ?? Promise.reject(new Error('no window')))
    expect(declined).toEqual([])
    consent.close()
    expect(declined).toEqual(['r1'])
  })
})

describe('the system', () => {
  it.each(['suspend', 'lock-screen'])('locks the vault on %s', async (event) => {
    const engine = loneEngine()
    await startDesktop(engine)
    await engine.wallet['vault.create']({ demo: true, language: 'en' })
    fake.power.emit(event)
    expect((await engine.wallet['vault.state']({})).state).toBe('locked')
  })

  it('locks the vault on leaving, and leaves when the last window is closed', async () => {
    const engine = loneEngine()
    await startDesktop(engine)
    await engine.wallet['vault.create']({ demo: true, language: 'en' })
    fake.app.emit('before-quit')
    expect((await engine.wallet['vault.state']({})).state).toBe('locked')
    fake.app.emit('window-all-closed')
    expect(fake.app.ended).toEqual(['quit'])
  })
})
