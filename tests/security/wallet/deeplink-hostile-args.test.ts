import { beforeEach, describe, expect, it, vi } from 'vitest'
import { loneEngine } from '../../fixtures/desktop.ts'
import { fake, FakeWindow, reset } from '../../fixtures/fake-electron.ts'

vi.mock('electron', async () => (await import('../../fixtures/fake-electron.ts')).electron)
beforeEach(() => {
  reset()
  process.argv.splice(0, process.argv.length, '/opt/fujie/fujie')
})

const link = 'openid4vp://?client_id=x509_hash%3AA&request_uri=https%3A%2F%2Fhotel.example%2Fr'

describe('words of a command line', () => {
  it.each([
    [[link], link],
    [['--some-switch', link], link],
    [[`OpenID-Credential-Offer://?credential_offer_uri=a`], 'OpenID-Credential-Offer://?credential_offer_uri=a'],
    [['fujie://show?r=a'], 'fujie://show?r=a'],
    [[link, link], undefined],
    [['--config=/tmp/evil.json', '--remote-debugging-port=9222'], undefined],
    [['https://a.example/', 'file:///etc/passwd', 'javascript:alert(1)'], undefined],
    [[`fujie://show?${'a'.repeat(40_000)}`], undefined],
    [[], undefined],
  ])('%j give %j', async (words, expected) => {
    const { linkAmong } = await import('@fujie/wallet/electron/links.ts')
    expect(linkAmong(words)).toBe(expected)
  })
})

describe('another program', () => {
  const listen = async (open: (link: string | undefined) => void) =>
    (await import('@fujie/wallet/electron/links.ts')).listenForLinks(open)

  it('is heard by the wallet that runs, and starts no second', async () => {
    const heard: (string | undefined)[] = []
    expect(await listen((text) => heard.push(text))).toBe(true)
    fake.app.emit('second-instance', {}, ['/opt/fujie/fujie', '--switch', link])
    fake.app.emit('second-instance', {}, ['/opt/fujie/fujie', 'https://a.example/'])
    let stopped = false
    fake.app.emit('open-url', { preventDefault: () => (stopped = true) }, link)
    expect([heard, stopped]).toEqual([[link, undefined, link], true])
    expect(fake.app.protocols).toEqual([
      ...['openid4vp', 'haip-vp', 'eudi-openid4vp', 'openid-credential-offer', 'haip-vci', 'fujie'],
    ])
    fake.app.isFirst = false
    expect(await listen(() => heard.push('second'))).toBe(false)
    expect(heard).toHaveLength(3)
  })

  it('opens the wallet with a link it was started by', async () => {
    process.argv.push(link)
    const heard: (string | undefined)[] = []
    await listen((text) => heard.push(text))
    expect(heard).toEqual([link])
  })

  it('is no program of ours in development', async () => {
    fake.app.isPackaged = false
    await listen(() => undefined)
    expect(fake.app.protocols).toEqual([])
  })

  it('has its link handed to the page as text, which asks once the vault is open', async () => {
    const { Desktop } = await import('@fujie/wallet/electron/desktop.ts')
    const { builtPages } = await import('../../fixtures/desktop.ts')
    const desktop = new Desktop(loneEngine())
    desktop.start(await builtPages())
    desktop.open('fujie://show?r=a#/consent/r1')
    const [window] = FakeWindow.all
    expect(window?.webContents.url).toBe(
      `app://fujie/wallet/index.html#${encodeURIComponent('fujie://show?r=a#/consent/r1')}`,
    )
    expect(window?.focused).toBe(1)
    expect(FakeWindow.all).toHaveLength(1)
    window?.close()
    desktop.open(undefined)
    expect(FakeWindow.all[0]?.webContents.url).toBe('app://fujie/wallet/index.html')
  })
})
