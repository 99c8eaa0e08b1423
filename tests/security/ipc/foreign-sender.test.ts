import { beforeEach, describe, expect, it, vi } from 'vitest'
import { loneEngine, startDesktop } from '../../fixtures/desktop.ts'
import { fake, FakeContents, FakeWindow, reset } from '../../fixtures/fake-electron.ts'

vi.mock('electron', async () => (await import('../../fixtures/fake-electron.ts')).electron)
beforeEach(reset)

const refused = { ok: false, code: 'request.malformed' }
const absent = { ok: true, value: { state: 'absent', demo: false, rolledBack: false } }

describe('who may ask', () => {
  it('answers the page of its window, and nobody else', async () => {
    const { contents } = await startDesktop(loneEngine())
    const ask = (sender = contents, frame: ReturnType<FakeContents['frame']> | null = sender.frame()) =>
      fake.ask('wallet', sender, frame, 'vault.state', {})
    expect(await ask()).toEqual(absent)

    const stranger = new FakeContents()
    stranger.url = contents.url
    expect(await ask(stranger)).toEqual(refused)
    // A frame that is gone, one inside the page, and a page that went elsewhere.
    expect(await ask(contents, null)).toEqual(refused)
    const inner = contents.frame()
    inner.parent = contents.frame()
    expect(await ask(contents, inner)).toEqual(refused)
    expect(await ask()).toEqual(absent)
  })

  it.each([
    'app://fujie/consent/index.html',
    'app://fujie/wallet/other.html',
    'app://fujie.example/wallet/index.html',
    'app://x@fujie/wallet/index.html',
    'https://fujie/wallet/index.html',
    'file:///app/pages/wallet/index.html',
    'about:blank',
    'not an address',
  ])('refuses the same window at %s', async (url) => {
    const { contents } = await startDesktop(loneEngine())
    const here = contents.url
    contents.url = url
    expect(await fake.ask('wallet', contents, contents.frame(), 'vault.state', {})).toEqual(refused)
    contents.url = here
    expect(await fake.ask('wallet', contents, contents.frame(), 'vault.state', {})).toEqual(absent)
  })

  it('refuses a window that was closed', async () => {
    const { main, contents } = await startDesktop(loneEngine())
    const frame = contents.frame()
    main.close()
    expect(await fake.ask('wallet', contents, frame, 'vault.state', {})).toEqual(refused)
    expect(FakeWindow.all).toEqual([])
  })
})
