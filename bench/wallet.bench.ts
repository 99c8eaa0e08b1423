import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { chromium, type Browser, type Page } from 'playwright'
import { buildPages } from '../scripts/build.ts'
import { chromiumArgs, findChromium } from '../scripts/chromium.ts'
import { formatPolicy } from '../shared/core/trust/policy.ts'
import { freePorts } from '../tests/fixtures/free-ports.ts'
import { World } from '../tests/fixtures/world.ts'
import { startWalletHost, type WalletHost } from '../wallet/main.ts'
import { median } from './measure.ts'
import { makeRow, type Row } from './row.ts'

const pages = join(import.meta.dirname, '../dist/pages/wallet')
const kib = 1_024
/** KiB before the first picture (house design, 9). */
const firstLoadLimit = 150
const unlocks = 7
/** Milliseconds of rest before memory is read. */
const rest = 3_000

/** The web wallet in Chromium, from its host on loopback: what its first load weighs, how it unlocks, what it holds idle. */
export async function* rows(): AsyncIterable<Row> {
  const executablePath = findChromium()
  if (executablePath === undefined) return console.error('SKIPPED bench wallet: no Chromium')
  await buildPages()
  const host = await startHost()
  const browser = await chromium.launch({ executablePath, args: chromiumArgs() })
  try {
    yield* loadRows(browser, host)
    yield* openRows(browser, host)
  } finally {
    await browser.close()
    await host.stop()
  }
}

async function startHost(): Promise<WalletHost> {
  const world = await World.make()
  const nowhere = 'http://127.0.0.1:9'
  const page = { registry: nowhere, relay: nowhere, policy: formatPolicy(world.policy()), insecureLoopback: true }
  return startWalletHost({ port: await freePorts(1), pages, page })
}

/** Everything the page asked for before there was a button to press, each as a server would compress it. */
async function* loadRows(browser: Browser, host: WalletHost): AsyncIterable<Row> {
  const context = await browser.newContext({ serviceWorkers: 'block' })
  const page = await context.newPage()
  const bodies = new Map<string, Promise<Buffer>>()
  page.on('response', (response) => void bodies.set(new URL(response.url()).pathname, response.body()))
  await page.goto(host.url)
  await page.locator('[data-act="try-demo"]').waitFor()
  const ofPage = [...bodies].filter(([path]) => !path.includes('engine-worker')).map(([, body]) => body)
  const weight = sum((await Promise.all(ofPage)).map(weigh))
  await context.close()
  yield figure('first-load-gzip', 'KiB', weight, firstLoadLimit)
  yield figure('engine-gzip', 'KiB', sum(engineScripts().map((file) => weigh(readFileSync(file)))))
}

function engineScripts(): readonly string[] {
  return globSync('assets/engine-worker-*.js', { cwd: pages }).map((file) => join(pages, file))
}

function weigh(body: Uint8Array): number {
  return gzipSync(body, { level: 9 }).length / kib
}

function sum(figures: readonly number[]): number {
  return figures.reduce((all, each) => all + each, 0)
}

/** A vault under a passphrase, opened over and over; then the open wallet left alone. */
async function* openRows(browser: Browser, host: WalletHost): AsyncIterable<Row> {
  // Questions are put to the engine itself, from beside the page.
  const context = await browser.newContext({ serviceWorkers: 'block', bypassCSP: true })
  const page = await context.newPage()
  const [engine = ''] = globSync('assets/engine-worker-*.js', { cwd: pages })
  await page.goto(new URL('/icon.svg', host.url).href)
  await page.evaluate(`(${connectEngine})(${JSON.stringify(new URL(engine, host.url).href)})`)
  const passphrase = 'correct horse battery staple under the seventh bridge'
  await ask(page, 'vault.create', { passphrase, language: 'en' })
  const times: number[] = []
  for (let i = 0; i < unlocks; i++) {
    await ask(page, 'vault.lock', {})
    const start = performance.now()
    await ask(page, 'vault.unlock', { passphrase })
    times.push(performance.now() - start)
  }
  yield figure('unlock', 'ms', median(times))
  await context.close()
  yield* memoryRows(browser, host)
}

/** What the processes of the page and its worker hold for themselves, as the system counts it. */
async function* memoryRows(browser: Browser, host: WalletHost): AsyncIterable<Row> {
  const before = await renderers(browser)
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(host.url)
  await page.locator('[data-act="try-demo"]').click()
  await page.locator('[data-act="scan"]').first().waitFor()
  await page.waitForTimeout(rest)
  const held = (await renderers(browser)).filter((pid) => !before.includes(pid)).map(privateMiB)
  if (held.some((figures) => figures === undefined)) console.error('SKIPPED row idle-memory: no /proc here')
  else yield figure('idle-memory', 'MiB', sum(held.map((mib) => mib ?? 0)))
  await context.close()
}

async function renderers(browser: Browser): Promise<readonly number[]> {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id)
}

function privateMiB(pid: number): number | undefined {
  const file = `/proc/${pid}/smaps_rollup`
  if (!existsSync(file)) return undefined
  const lines = readFileSync(file, 'utf8').matchAll(/^Private_(?:Clean|Dirty): +(\d+) kB$/gm)
  return sum(Array.from(lines, ([, kilobytes]) => Number(kilobytes))) / kib
}

function figure(row: string, unit: string, ours: number, limit?: number): Row {
  return makeRow({ bench: 'wallet', row, unit, better: 'less', ours, ...(limit === undefined ? {} : { limit }) })
}

async function ask(page: Page, method: string, input: object): Promise<void> {
  const reply = await page.evaluate<{ readonly ok: boolean }>(`ask(${JSON.stringify({ method, input })})`)
  if (!reply.ok) throw new Error(`${method}: ${JSON.stringify(reply)}`)
}

/** The other end of `wallet/transport/worker.ts`. */
const connectEngine = `(url) => {
  const worker = new Worker(url, { type: 'module' })
  let last = 0
  globalThis.ask = (question) =>
    new Promise((resolve) => {
      const id = ++last
      worker.addEventListener('message', ({ data }) => data.id === id && resolve(data.reply))
      worker.postMessage({ id, channel: 'wallet', ...question })
    })
}`
