import { join } from 'node:path'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { consent, wallet } from '@fujie/wallet/engine/contract.ts'
import type { WalletEngine } from '@fujie/wallet/engine/wallet.ts'
import { servePages } from '@fujie/wallet/electron/page-scheme.ts'
import { dispatch } from '@fujie/wallet/transport/dispatch.ts'
import { buildPages } from '../../scripts/build.ts'
import { chromiumArgs, findChromium } from '../../scripts/chromium.ts'
import { Counter, makeOffer, startRoles, type Roles } from '../flow/roles.ts'
import { picture } from './stage.ts'

/*
 * The two pages of the desktop wallet in a real browser: as they are built, under the policy they are served with, each
 * over the one channel that its preload lends it. What Electron alone does is not here.
 */

let roles: Roles
let browser: Browser
let serve: ReturnType<typeof servePages>
beforeAll(async () => {
  await buildPages({ desktop: true })
  serve = servePages(join(import.meta.dirname, '../../dist/pages/desktop'))
  roles = await startRoles()
  const executablePath = findChromium()
  browser = await chromium.launch({ args: chromiumArgs(), ...(executablePath ? { executablePath } : {}) })
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await roles?.stop()
})

const origin = 'https://fujie.test'
const complaints: string[] = []

/** Our pages under an origin that a browser knows; everything else stays unanswered. */
async function openContext(): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: 'zh-CN' })
  await context.route('**/*', async (route) => {
    const { url, method } = { url: route.request().url(), method: route.request().method() }
    if (!url.startsWith(origin)) return route.abort()
    const answer = await serve({ method, url: url.replace(origin, 'app://fujie') })
    return route.fulfill({
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: Buffer.from(await answer.arrayBuffer()),
    })
  })
  return context
}

async function openPage(
  context: BrowserContext,
  name: 'wallet' | 'consent',
  engine: WalletEngine,
  fragment = '',
  viewport = { width: 1100, height: 800 },
): Promise<Page> {
  const page = await context.newPage()
  await page.setViewportSize(viewport)
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  await page.exposeFunction('askEngine', (method: string, input: unknown) =>
    name === 'wallet'
      ? dispatch(wallet, engine.wallet, method, input)
      : dispatch(consent, engine.consent, method, input),
  )
  await page.addInitScript('globalThis.fujie = { ask: (method, input) => askEngine(method, input) }')
  await page.goto(`${origin}/${name}/index.html#${fragment}`)
  return page
}

it('receives in one window and answers a request in the other', async () => {
  const engine = roles.wallet()
  const context = await openContext()
  const main = await openPage(context, 'wallet', engine)
  await main.locator('[data-act="try-demo"]').click()
  await main.locator('[data-act="show"]').first().waitFor()
  const { link: offer, txCode } = await makeOffer(roles, 'wang')
  const { id } = await engine.wallet['receive.open']({ text: offer })
  await engine.wallet['receive.accept']({ id, txCode })
  await main.getByText('王小明').first().waitFor()

  // A link from another program reaches the page as its fragment.
  const counter = await Counter.open(roles.hotel, 'hotel-check-in')
  const { link } = await counter.news(({ state }) => state === 'waiting')
  await main.evaluate((text) => (location.hash = encodeURIComponent(text)), link as string)
  await main.getByText('请在另一个窗口确认').waitFor()
  expect(await main.locator('[data-act="share"]').count()).toBe(0)
  await picture(main, 'desktop-wallet')
  const request = new URL(main.url()).hash.replace(/^#/, '')
  expect(request).toMatch(/^\/consent\//)

  const asked = await openPage(context, 'consent', engine, request, { width: 480, height: 780 })
  await asked.locator('[data-act="share"]').waitFor()
  expect(await asked.getByText('来自其他程序').count()).toBe(1)
  await picture(asked, 'desktop-consent')
  await asked.locator('[data-act="share"]').click()
  const { result } = await counter.news(({ state }) => state === 'judged')
  expect(result?.outcome).toBe('accepted')
  await asked.locator('[data-outcome="sent"]').waitFor()
  await picture(asked, 'desktop-shared')
  await main.getByText('已在另一个窗口完成').waitFor()

  // The window of requests has no other question than those of its list.
  const ask = (method: string) => asked.evaluate((name) => (globalThis as never as Bridge).fujie.ask(name, {}), method)
  expect(await ask('documents.list')).toEqual({ ok: false, code: 'request.malformed' })
  expect(complaints).toEqual([])
  await context.close()
})

it('locks, and a request refused in its window is refused', async () => {
  const engine = roles.wallet()
  const context = await openContext()
  await engine.wallet['vault.create']({ demo: true, language: 'zh-CN' })
  const counter = await Counter.open(roles.shop, 'age')
  const { link } = await counter.news(({ state }) => state === 'waiting')
  const found = await engine.wallet['scan.open']({ text: link as string, source: 'link' })
  if (found.kind !== 'request') throw new Error(found.kind)
  const asked = await openPage(context, 'consent', engine, `/consent/${found.id}`)
  await asked.locator('[data-act="decline"]').click()
  await asked.locator('[data-outcome="declined"]').waitFor()
  expect(await counter.news(({ state }) => state === 'declined')).toMatchObject({ state: 'declined' })
  expect(complaints).toEqual([])
  await context.close()
})

interface Bridge {
  readonly fujie: { ask(method: string, input: unknown): Promise<unknown> }
}
