import { spawnSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { chromium } from 'playwright'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']

const usualPlaces: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
}

/** The browser for tests and demonstrations: `FUJIE_CHROMIUM`, playwright's own, then the usual names and places. */
export function findChromium(): string | undefined {
  const named = process.env.FUJIE_CHROMIUM
  if (named !== undefined && named !== '') return existsSync(named) ? named : undefined
  return [...ownBrowsers(), ...onPath(), ...(usualPlaces[process.platform] ?? [])].find((file) => existsSync(file))
}

/**
 * Flags of every test browser. No name but loopback resolves, so that a page which reaches for a CDN, a font
 * or telemetry fails its test.
 */
export function chromiumArgs(): string[] {
  return [
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost',
    '--disable-dev-shm-usage',
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ]
}

/**
 * Fetches playwright's browser where none is found; undefined if it cannot or may not be fetched.
 *
 * `FUJIE_NO_DOWNLOAD=1` forbids it.
 */
export function installChromium(): string | undefined {
  if (process.env.FUJIE_NO_DOWNLOAD === '1') return undefined
  console.error('No Chromium found; fetching one (FUJIE_NO_DOWNLOAD=1 forbids it) …')
  const cli = join(import.meta.dirname, '../node_modules/playwright/cli.js')
  const options = { stdio: ['ignore', 2, 2] as ['ignore', 2, 2], timeout: 180_000 }
  spawnSync(process.execPath, [cli, 'install', '--only-shell', 'chromium'], options)
  return findChromium()
}

/** Playwright's full browser, then its shell, which has another name in another folder. */
function ownBrowsers(): string[] {
  const full = chromium.executablePath()
  const cache = dirname(dirname(dirname(full)))
  const shells = globSync('chromium_headless_shell-*/*/{chrome-headless-shell,headless_shell}{,.exe}', { cwd: cache })
  return [full, ...shells.map((file) => join(cache, file))]
}

function onPath(): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  return names.flatMap((name) => folders.map((folder) => join(folder, name)))
}
