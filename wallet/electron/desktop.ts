import { app, BrowserWindow, ipcMain, powerMonitor, protocol, session, type IpcMainInvokeEvent } from 'electron'
import type { WebContents } from 'electron'
import type { Language } from '@fujie/shared/ui/messages.ts'
import { consent, wallet, type NewsItem } from '../engine/contract.ts'
import type { WalletEngine } from '../engine/wallet.ts'
import { serveChannel } from '../transport/ipc.ts'
import { openOutside } from './outside.ts'
import { pageOf, pageScheme, servePages, type PageName } from './page-scheme.ts'
import { restrictPermissions } from './permissions.ts'
import { confine, openWindow } from './windows.ts'

/** The wallet on a screen: one window for it, and one more for each request while that is answered. */
export class Desktop {
  readonly #engine: WalletEngine
  readonly #pages = new Map<WebContents, PageName>()
  readonly #consents = new Map<string, BrowserWindow>()
  #main: BrowserWindow | undefined

  constructor(engine: WalletEngine) {
    this.#engine = engine
  }

  /** Everything a page could do is settled before there is one. */
  start(pagesFolder: string): void {
    protocol.handle(pageScheme, servePages(pagesFolder))
    restrictPermissions(session.defaultSession)
    app.on('web-contents-created', (_event, contents) => {
      confine(contents, (address) => void this.#leave(contents, address))
    })
    serveChannel(ipcMain, {
      ...{ name: 'wallet', methods: wallet, answers: this.#engine.wallet },
      isOurs: (event: IpcMainInvokeEvent) => this.#isFrom('wallet', event),
    })
    serveChannel(ipcMain, {
      ...{ name: 'consent', methods: consent, answers: this.#consentAnswers() },
      isOurs: (event: IpcMainInvokeEvent) => this.#isFrom('consent', event),
    })
    this.#lockWithTheSystem()
    void this.#followNews()
    this.open(undefined)
  }

  /** Shows the wallet, and hands its page a link from another program: nothing is fetched before the vault is open. */
  open(link: string | undefined): void {
    this.#show(link === undefined ? '' : encodeURIComponent(link))
  }

  #show(fragment: string): void {
    if (this.#main === undefined) {
      this.#main = this.#add(openWindow('wallet', fragment), 'wallet')
      this.#main.on('closed', () => (this.#main = undefined))
      return
    }
    if (fragment !== '') void this.#main.loadURL(addressWith(this.#main, fragment))
    if (this.#main.isMinimized()) this.#main.restore()
    this.#main.focus()
  }

  #add(window: BrowserWindow, page: PageName): BrowserWindow {
    const contents = window.webContents
    this.#pages.set(contents, page)
    window.on('closed', () => this.#pages.delete(contents))
    return window
  }

  /** A question counts if the page of its channel asks it, in a window that was opened for that page. */
  #isFrom(page: PageName, { sender, senderFrame }: IpcMainInvokeEvent): boolean {
    if (this.#pages.get(sender) !== page || senderFrame === null) return false
    return senderFrame.parent === null && pageOf(senderFrame.url) === page
  }

  async #followNews(): Promise<void> {
    for (let seen = 0; ;) {
      const told = await this.#engine.wallet['news.after']({ seen })
      seen = told.seen
      for (const item of told.news) await this.#hear(item)
    }
  }

  async #hear(item: NewsItem): Promise<void> {
    if (item.kind === 'request' && item.state === 'arrived') this.#openConsent(item.id)
    const locked = item.kind === 'vault' && (await this.#engine.wallet['vault.state']({})).state !== 'open'
    // A locked wallet shows nothing.
    if (locked) for (const window of this.#consents.values()) window.close()
  }

  #openConsent(id: string): void {
    if (this.#consents.has(id)) return
    const window = this.#add(openWindow('consent', `/consent/${encodeURIComponent(id)}`, this.#main), 'consent')
    this.#consents.set(id, window)
    window.on('closed', () => {
      this.#consents.delete(id)
      // Whoever closes the window has not agreed; if it is answered already, there is nothing left to decline.
      void this.#engine.consent['request.decline']({ id }).catch(() => undefined)
    })
  }

  /** An answer that is to be shown as a code is shown by the wallet; the window where it was approved has done its part. */
  #consentAnswers(): WalletEngine['consent'] {
    return {
      ...this.#engine.consent,
      'request.approve': async (approval) => {
        const answer = await this.#engine.consent['request.approve'](approval)
        if (answer.showing !== undefined) {
          this.#show(`/showing/${encodeURIComponent(answer.showing)}`)
          this.#consents.get(approval.id)?.close()
        }
        return answer
      },
    }
  }

  #lockWithTheSystem(): void {
    const lock = () => void this.#engine.wallet['vault.lock']({})
    powerMonitor.on('suspend', lock)
    powerMonitor.on('lock-screen', lock)
    app.on('before-quit', lock)
    app.on('window-all-closed', () => app.quit())
    app.on('activate', () => this.open(undefined))
  }

  async #leave(contents: WebContents, address: string): Promise<void> {
    const window = BrowserWindow.fromWebContents(contents)
    if (window !== null) await openOutside(address, window, await this.#language())
  }

  async #language(): Promise<Language> {
    const settings = await this.#engine.wallet['settings.get']({})
    return settings.language
  }
}

/** The same page with another fragment: it stays loaded, and reads the link. */
function addressWith(window: BrowserWindow, fragment: string): string {
  const [page = ''] = window.webContents.getURL().split('#')
  return `${page}#${fragment}`
}
