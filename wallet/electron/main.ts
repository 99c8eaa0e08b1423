import { app, dialog, Menu, protocol, safeStorage } from 'electron'
import { join } from 'node:path'
import { faultCode } from '@fujie/shared/core/fault.ts'
import { say, type Language } from '@fujie/shared/ui/messages.ts'
import { fetchSettings, readSettings } from '../adapters/settings-file.ts'
import type { HostConfig } from '../engine/host-config.ts'
import type { WalletEngine } from '../engine/wallet.ts'
import { Desktop } from './desktop.ts'
import { createEngine } from './engine.ts'
import { hasKeychain } from './keyring.ts'
import { listenForLinks } from './links.ts'
import { pageScheme } from './page-scheme.ts'

/** Switches of the browser that would let somebody else look into its pages; the fuses shut those of Node. */
const openDoors = [
  'remote-debugging-port',
  'remote-debugging-pipe',
  'load-extension',
  'disable-web-security',
  'js-flags',
]

app.enableSandbox()
// Before anything is ready: a scheme that is not secure by then has no camera and no storage.
protocol.registerSchemesAsPrivileged([
  { scheme: pageScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
])

let desktop: Desktop | undefined
let early: string | undefined
const isAlone = listenForLinks((link) => {
  if (desktop === undefined) early = link ?? early
  else desktop.open(link)
})

if (!isAlone) app.quit()
else if (app.isPackaged && openDoors.some((name) => app.commandLine.hasSwitch(name))) app.exit(1)
else
  app
    .whenReady()
    .then(start)
    .catch(() => {
      dialog.showErrorBox(app.getName(), say(sessionLanguage(), 'desktop.noSettings'))
      app.exit(1)
    })

async function start(): Promise<void> {
  Menu.setApplicationMenu(Menu.buildFromTemplate([{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }]))
  const folder = folderOfVault()
  const engine = createEngine(folder, await settingsOf(folder))
  await tellOfKeychain(engine)
  desktop = new Desktop(engine)
  desktop.start(join(import.meta.dirname, 'pages'))
  if (early !== undefined) desktop.open(early)
}

function folderOfVault(): string {
  const named = inDevelopment('FUJIE_WALLET_FOLDER')
  return named ?? join(app.getPath('userData'), 'wallet')
}

/** The person's own settings, else those that were packed. */
async function settingsOf(folder: string): Promise<HostConfig> {
  const given = inDevelopment('FUJIE_WALLET_CONFIG')
  if (given !== undefined) return fetchSettings(given, inDevelopment('FUJIE_WALLET_INSECURE_LOOPBACK') === '1')
  return readSettings(folder).catch((thrown: unknown) => {
    if (faultCode(thrown) === 'vault.absent') return readSettings(import.meta.dirname)
    throw thrown
  })
}

/** Released, no environment says where the vault lies or whom it believes. */
function inDevelopment(name: string): string | undefined {
  return app.isPackaged ? undefined : process.env[name]
}

/** Before the first passphrase is chosen: it will be all there is. */
async function tellOfKeychain({ wallet }: WalletEngine): Promise<void> {
  if (await hasKeychain(safeStorage, process.platform)) return
  if ((await wallet['vault.state']({})).state !== 'absent') return
  const language = sessionLanguage()
  await dialog.showMessageBox({
    type: 'warning',
    message: say(language, 'first.noKeychain'),
    detail: say(language, 'desktop.noKeychainText'),
  })
}

function sessionLanguage(): Language {
  return app.getLocale().toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}
