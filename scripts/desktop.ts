// npm run desktop -- [--config FILE|URL] [--insecure-loopback] [--folder FOLDER] [--yes]: the wallet in a window of its own.
// Without --config it turns to the workbench that runs on this machine (npm start). Electron is fetched at the first run.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { parseArgs } from 'node:util'
import { faultCode } from '@fujie/shared/core/fault.ts'
import { fetchSettings } from '@fujie/wallet/adapters/settings-file.ts'
import { startWalletHost } from '@fujie/wallet/main.ts'
import { findChromium } from './chromium.ts'
import { buildDesktop, desktopFolder } from './desktop/build.ts'
import { electronUrl, fetchElectron, findElectron, sizeOf, type ElectronPlace } from './desktop/electron.ts'

const root = join(import.meta.dirname, '..')
const workbench = 'http://127.0.0.1:4604/config.json'
const { values } = parseArgs({
  options: {
    config: { type: 'string' },
    'insecure-loopback': { type: 'boolean', default: false },
    folder: { type: 'string', default: join(root, 'data/desktop') },
    yes: { type: 'boolean', default: false },
  },
})
const config = values.config ?? workbench
const insecureLoopback = values['insecure-loopback'] || values.config === undefined
const settings = await fetchSettings(config, insecureLoopback).catch((thrown: unknown) =>
  stop(
    `No settings from ${config} (${faultCode(thrown)}). Run \`npm start\` beside this, or name a file with --config.`,
  ),
)

const place: ElectronPlace = {
  folder: join(root, 'node_modules/electron'),
  env: process.env,
  platform: process.platform,
  arch: process.arch,
}
const program = findElectron(place) ?? (await offerElectron())
if (program === undefined) await openInBrowser()
else await openInElectron(program)

/** Nothing of that size is fetched unasked. */
async function offerElectron(): Promise<string | undefined> {
  const url = electronUrl(place)
  if (process.env.FUJIE_NO_DOWNLOAD === '1') {
    console.error('Electron is not here, and FUJIE_NO_DOWNLOAD=1 forbids to fetch it.')
    return undefined
  }
  console.error(`Electron is not here yet: ${await sizeOf(url)} from ${url} (ELECTRON_MIRROR names another place)`)
  if (!values.yes && !(await isAgreed())) return undefined
  const fetched = fetchElectron(place)
  if (fetched === undefined)
    console.error(
      `Electron could not be fetched. Where ${new URL(url).host} cannot be reached, set ELECTRON_MIRROR to a mirror of its ` +
        'releases, or ELECTRON_OVERRIDE_DIST_PATH to a folder with Electron in it.',
    )
  return fetched
}

async function isAgreed(): Promise<boolean> {
  if (!process.stdin.isTTY) {
    console.error('Say --yes to fetch it.')
    return false
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  return lines.question('Fetch it? [y/N] ').then((answer) => (lines.close(), /^y(es)?$/i.test(answer.trim())))
}

async function openInElectron(electron: string): Promise<void> {
  await buildDesktop()
  const child = spawn(electron, [desktopFolder], {
    stdio: 'inherit',
    env: {
      ...process.env,
      FUJIE_WALLET_FOLDER: values.folder,
      FUJIE_WALLET_CONFIG: config,
      ...(insecureLoopback ? { FUJIE_WALLET_INSECURE_LOOPBACK: '1' } : {}),
    },
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  child.on('exit', (code) => process.exit(code ?? 1))
}

/** The web wallet in a browser's window without a bar: what there is where Electron is not. */
async function openInBrowser(): Promise<void> {
  const chromium = findChromium()
  if (chromium === undefined) return stop('There is no Chromium either: install one, or set FUJIE_CHROMIUM.')
  const { buildPages } = await import('./build.ts')
  await buildPages()
  const { workbench: _around, client, ...rest } = settings
  const page = { ...rest, ...(client && { client }) }
  const host = await startWalletHost({ port: 4610, pages: join(root, 'dist/pages/wallet'), page })
  console.log(`The wallet of the web instead, in a window of the browser: ready ${host.url}/`)
  const child = spawn(chromium, [`--app=${host.url}/`, `--user-data-dir=${join(values.folder, 'browser')}`], {
    stdio: 'ignore',
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  child.on('exit', () => void host.stop().finally(() => process.exit(0)))
}

function stop(message: string): never {
  console.error(message)
  process.exit(1)
}
