import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { formatPolicy } from '@fujie/shared/core/trust/policy.ts'
import { startWalletHost, type WalletHost } from '@fujie/wallet/main.ts'
import { writeShell } from '../../scripts/app-shell.ts'
import { freePorts } from '../fixtures/free-ports.ts'
import { makeOffer } from '../flow/roles.ts'
import { enterStage, type Stage } from './stage.ts'

const built = join(import.meta.dirname, '../../dist/pages/wallet')
const phone = { width: 375, height: 740 }
const patience = 15_000
const residentId = '[data-document="urn:fujie:cn:resident-id:1"]'

let stage: Stage
let folder: string
let host: WalletHost
let port: number
let context: BrowserContext

beforeAll(async () => {
  stage = await enterStage()
}, 120_000)
afterAll(() => stage.leave())

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fujie-wallet-'))
  cpSync(built, folder, { recursive: true })
  port = await freePorts(1)
  host = await startHost()
  context = await stage.browser.newContext({ viewport: phone, locale: 'zh-CN' })
  context.setDefaultTimeout(patience)
})
afterEach(async () => {
  await context.close()
  await host.stop().catch(() => undefined)
  rmSync(folder, { recursive: true, force: true })
})

/** A wallet as anybody would host it: no workbench around it. */
function startHost(): Promise<WalletHost> {
  const { panes, policy } = stage.world
  const places = { registry: new URL(panes.registry).origin, relay: new URL(panes.hotel).origin }
  return startWalletHost({
    port,
    pages: folder,
    page: { ...places, policy: formatPolicy(policy), insecureLoopback: true },
  })
}

/** Another build of the same page: its title is longer. */
function publishNext(): void {
  const file = join(folder, 'index.html')
  writeFileSync(file, readFileSync(file, 'utf8').replace('</title>', ' 2</title><meta name="build" content="2" />'))
  writeShell(folder)
}

async function openWallet(): Promise<Page> {
  const page = await context.newPage()
  await page.goto(host.url)
  return page
}

async function makeDemoWallet(page: Page): Promise<void> {
  await page.locator('[data-act="try-demo"]').click()
  await page.locator('[data-act="scan"]').first().waitFor()
}

/** The worker has fetched all there is and stands between page and network. */
function whenKept(page: Page): Promise<unknown> {
  return page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
}

const buildOf = (page: Page) =>
  page.evaluate(() => document.querySelector('meta[name="build"]')?.getAttribute('content'))
const unlock = (page: Page) => page.locator('[data-act="unlock-demo"]').click()

describe('the installed wallet', () => {
  it('opens without a network and shows a document', async () => {
    const page = await openWallet()
    await makeDemoWallet(page)
    const { link, txCode } = await makeOffer({ issuer: stage.world.panes.issuer }, 'wang')
    await page.locator('[data-act="scan"]:visible').first().click()
    await page.locator('[data-door="paste"]').click()
    await page.locator('textarea').fill(link)
    await page.locator('textarea').press('Enter')
    await page.locator('[data-act="tx-code-input"]').fill(txCode)
    await page.locator('[data-act="accept-offer"]').click()
    await page.locator('[data-act="offer-kept"]').click()
    await page.locator(residentId).first().waitFor()
    await whenKept(page)

    // Nobody listens any more, and the browser has no network either.
    await host.stop()
    await context.setOffline(true)
    await page.goto(host.url)
    await unlock(page)
    await page.locator(residentId).first().click()
    await page.getByText('王小明').first().waitFor()
    // A part that is loaded on demand is here too.
    await page.goto(`${host.url}#/scan`)
    await page.locator('[data-door="camera"]').waitFor()
  }, 90_000)

  it('fails to open without a network where it was never kept', async () => {
    await host.stop()
    const page = await context.newPage()
    await expect(page.goto(host.url)).rejects.toThrow('ERR_CONNECTION_REFUSED')
  })

  it('is renewed when it is locked, and never while it is open', async () => {
    const page = await openWallet()
    await makeDemoWallet(page)
    await whenKept(page)
    publishNext()
    await page.evaluate(() => navigator.serviceWorker.getRegistration().then((found) => found?.update()))
    await page.getByText('新版本已就绪').waitFor()
    expect(await buildOf(page)).toBeUndefined()
    // In the middle of scanning nothing is said of it.
    await page.evaluate(() => (location.hash = '#/scan'))
    await page.getByText('新版本已就绪').waitFor({ state: 'detached' })
    await page.evaluate(() => (location.hash = '#/home'))
    await page.getByText('锁定并更新').click()
    await page.waitForFunction(() => document.querySelector('meta[name="build"]') !== null)
    await unlock(page)
    await page.locator('[data-act="scan"]').first().waitFor()
    expect(await page.getByText('新版本已就绪').count()).toBe(0)
  }, 60_000)

  it('refuses a build one of whose files is not what its list says', async () => {
    const page = await openWallet()
    await makeDemoWallet(page)
    await whenKept(page)
    publishNext()
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>other</title>')
    const installed = await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration()
      await registration?.update().catch(() => undefined)
      const worker = registration?.installing
      return new Promise((resolve) => {
        if (worker) worker.addEventListener('statechange', () => resolve(worker.state))
        else resolve(registration?.waiting ? 'installed' : 'none')
      })
    })
    expect(installed).toBe('redundant')
    await page.reload()
    expect(await page.title()).not.toBe('other')
  }, 60_000)

  it('says in a second tab that the wallet is open in the first', async () => {
    const first = await openWallet()
    await makeDemoWallet(first)
    const second = await openWallet()
    await second.getByText('钱包已在别处打开').first().waitFor()
    await first.close()
    await second.getByRole('button', { name: '重试' }).click()
    await unlock(second)
    await second.locator('[data-act="scan"]').first().waitFor()
  }, 60_000)
})

describe('the manifest', () => {
  it('names icons of the sizes they have, with and without a mask', async () => {
    const page = await openWallet()
    const href = await page.locator('link[rel="manifest"]').getAttribute('href')
    const manifest = (await (await page.request.get(new URL(href ?? '', host.url).href)).json()) as {
      readonly display: string
      readonly start_url: string
      readonly icons: readonly { readonly src: string; readonly sizes: string; readonly purpose: string }[]
    }
    expect(manifest).toMatchObject({ display: 'standalone', start_url: '/', id: '/' })
    for (const { src, sizes } of manifest.icons.filter(({ sizes }) => sizes !== 'any')) {
      const { width, height } = await page.evaluate(async (address) => {
        const bitmap = await createImageBitmap(await (await fetch(address)).blob())
        return { width: bitmap.width, height: bitmap.height }
      }, src)
      expect(`${width}x${height}`, src).toBe(sizes)
    }
    const purposes = new Set(manifest.icons.map(({ sizes, purpose }) => `${sizes} ${purpose}`))
    for (const wanted of ['192x192 any', '512x512 any', '192x192 maskable', '512x512 maskable'])
      expect(purposes).toContain(wanted)
  })
})
