import { BrowserWindow, app, type WebContents } from 'electron'
import { join } from 'node:path'
import { pageUrl, type PageName } from './page-scheme.ts'

/** What no page of ours may ever be given (security design, 4.1). They stand here and nowhere else. */
export function webPreferences(page: PageName) {
  return {
    preload: join(import.meta.dirname, `preload-${page}.cjs`),
    contextIsolation: true,
    sandbox: true,
    webSecurity: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    navigateOnDragDrop: false,
    spellcheck: false,
    enableWebSQL: false,
    // Not to be had in what is released.
    devTools: !app.isPackaged,
  }
}

const sizes = {
  wallet: { width: 1_100, height: 800, minWidth: 360, minHeight: 560 },
  consent: { width: 480, height: 780, minWidth: 360, minHeight: 560 },
} as const

/** Opens one of our pages in a window that screenshots leave black where the system can. */
export function openWindow(page: PageName, fragment: string, parent?: BrowserWindow): BrowserWindow {
  const window = new BrowserWindow({
    ...sizes[page],
    show: false,
    autoHideMenuBar: true,
    webPreferences: webPreferences(page),
    ...(parent === undefined ? {} : { parent }),
  })
  window.setContentProtection(true)
  window.once('ready-to-show', () => window.show())
  void window.loadURL(pageUrl(page, fragment))
  return window
}

/**
 * Keeps a page where it is: it opens nothing, goes nowhere, and takes nothing in. An address that it wanted to go to is
 * handed to `leave`.
 */
export function confine(contents: WebContents, leave: (address: string) => void): void {
  const stay = (event: { preventDefault(): void }, address: string) => {
    event.preventDefault()
    leave(address)
  }
  contents.on('will-navigate', (event) => stay(event, event.url))
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame) event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    leave(url)
    return { action: 'deny' }
  })
}
